from odoo import api, fields, models
from odoo.tools import SQL

from .voice_sql import wilson_of


class CrmLostCustomer(models.Model):
    """Lost customers with the reason found out, else without: one row a company and customer.

    Lost: the lifecycle of the newest scorecard, or somebody wrote down a loss. The share of insufficient care counts
    the customers whose reason is known.
    """

    _name = "crm.lost.customer"
    _description = "Lost Customers"
    _auto = False
    _rec_name = "partner_id"
    _order = "revenue DESC, id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    customers = fields.Integer(readonly=True)
    date = fields.Date("Lost On", readonly=True, help="The day the reason was found out, else the scorecard's.")
    reason_id = fields.Many2one("crm.loss.reason", readonly=True, help="Empty: nobody has asked yet.")
    known = fields.Float("Reason Known %", readonly=True, aggregator="avg", digits=(5, 1))
    care = fields.Float(
        "Insufficient Care %",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Of the customers whose reason is known. Others report two thirds.",
    )
    care_low = fields.Float("Insufficient Care % at Least", readonly=True, aggregator="avg", digits=(5, 1))
    care_high = fields.Float("Insufficient Care % at Most", readonly=True, aggregator="avg", digits=(5, 1))
    revenue = fields.Monetary("Annual Sales", readonly=True, help="Of the newest scorecard.")

    _depends = {
        "crm.customer.loss": ["commercial_partner_id", "company_id", "date", "reason_id"],
        "crm.loss.reason": ["is_care"],
        "crm.scorecard": ["company_id", "date", "is_latest", "lifecycle", "partner_id", "revenue"],
        "res.company": ["currency_id"],
        "res.partner": ["user_id"],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT lost.partner_id::bigint * 4096 + lost.company_id AS id, lost.company_id, company.currency_id,
                   lost.partner_id, partner.user_id, 1 AS customers, lost.date, lost.reason_id, lost.revenue,
                   CASE WHEN lost.reason_id IS NULL THEN 0.0 ELSE 100.0 END AS known,
                   %(care)s AS care, %(care)s AS care_low, %(care)s AS care_high
              FROM (SELECT COALESCE(card.company_id, told.company_id) AS company_id,
                           COALESCE(card.partner_id, told.commercial_partner_id) AS partner_id,
                           COALESCE(told.date, card.date) AS date, told.reason_id,
                           COALESCE(card.revenue, 0) AS revenue
                      FROM (SELECT * FROM crm_scorecard WHERE is_latest AND lifecycle = 'lost') card
                      FULL JOIN (SELECT DISTINCT ON (company_id, commercial_partner_id) company_id,
                                        commercial_partner_id, date, reason_id
                                   FROM crm_customer_loss
                                  ORDER BY company_id, commercial_partner_id, date DESC, id DESC) told
                        ON told.company_id = card.company_id AND told.commercial_partner_id = card.partner_id) lost
              JOIN res_company company ON company.id = lost.company_id
              JOIN res_partner partner ON partner.id = lost.partner_id
              LEFT JOIN crm_loss_reason reason ON reason.id = lost.reason_id
            """,
            care=SQL("CASE WHEN reason.is_care THEN 100.0 WHEN reason.id IS NOT NULL THEN 0.0 END"),
        )

    def _read_group_select(self, aggregate_spec, query):
        """The interval of the share, over the customers whose reason is known."""
        if aggregate_spec not in ("care_low:avg", "care_high:avg"):
            return super()._read_group_select(aggregate_spec, query)
        care = self._field_to_sql(self._table, "care", query)
        return wilson_of(
            SQL("COUNT(*) FILTER (WHERE %s > 0)", care), SQL("COUNT(%s)", care), upper=aggregate_spec == "care_high:avg"
        )

    def action_record_reason(self):
        """Write down why the customer was lost."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why was the customer lost?"),
            "res_model": "crm.customer.loss",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.partner_id.id, "default_company_id": self.company_id.id},
        }

    @api.model
    def _care_share(self, domain=()):
        """Return (customers whose reason is known, share of insufficient care in percent or None)."""
        [(count, share)] = self._read_group([*domain, ("reason_id", "!=", False)], [], ["__count", "care:avg"])
        return count, share if count else None
