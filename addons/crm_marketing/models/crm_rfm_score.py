from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import rfm

GROUPS = [
    ("champion", "Champions"),
    ("loyal", "Loyal"),
    ("promising", "Promising"),
    ("attention", "Need attention"),
    ("risk", "At risk"),
    ("sleeping", "Sleeping"),
    ("lost", "Lost"),
    ("no_data", "Not enough data"),
]
FIGURES = (
    *("last_date", "recency", "frequency", "monetary", "customers", "r_score", "f_score", "m_score", "cell"),
    "rfm_group",
)  # fmt: skip


class CrmRfmScore(models.Model):
    """How lately, how often and how much a customer buys, in fifths of the company's customers.

    Satellite of res.partner (commercial partners), replaced by each run. Scored is who has an invoice in the months
    that the company looks back. Recency in days, frequency in days with an invoice, monetary untaxed sales less
    credit notes in company currency. Rule: `tools/rfm.py`; any past day can be scored with `_scored`.
    """

    _name = "crm.rfm.score"
    _description = "RFM Score"
    _order = "monetary desc, id"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", string="Customer", required=True, readonly=True, ondelete="cascade")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    date = fields.Date(string="Scored for", required=True, readonly=True)
    last_date = fields.Date(string="Last Purchase", readonly=True)
    recency = fields.Integer(string="Days Since", readonly=True, aggregator="avg")
    frequency = fields.Integer(string="Purchases", readonly=True, aggregator="avg", help="Days with an invoice.")
    monetary = fields.Monetary(string="Sales", readonly=True, help="Untaxed, less credit notes.")
    customers = fields.Integer(string="Compared with", readonly=True, aggregator=None, help="Customers scored.")
    r_score = fields.Integer(string="R", readonly=True, aggregator="avg", help="Recency, 5 is the most recent fifth.")
    f_score = fields.Integer(string="F", readonly=True, aggregator="avg", help="Frequency, 5 is the most frequent.")
    m_score = fields.Integer(string="M", readonly=True, aggregator="avg", help="Monetary value, 5 is the highest.")
    cell = fields.Char(readonly=True, help="The three scores, e.g. 555. 000: not enough customers to compare.")
    rfm_group = fields.Selection(GROUPS, string="Group", readonly=True, default="no_data")
    reason = fields.Char(string="Why", compute="_compute_reason")

    _partner_unique = models.UniqueIndex("(partner_id, company_id)", "A customer has one RFM score in each company.")
    _company_idx = models.Index("(company_id, rfm_group)")

    @api.depends("cell", "recency", "frequency", "monetary")
    @api.depends_context("lang")
    def _compute_reason(self):
        for score in self:
            if score.rfm_group == "no_data":
                score.reason = self.env._(
                    "Not enough data: %(count)s customers bought, at least %(least)s are needed for fifths.",
                    count=score.customers,
                    least=rfm.MIN_CUSTOMERS,
                )
                continue
            score.reason = self.env._(
                "Bought %(days)s days ago (%(r)s of 5), on %(count)s days (%(f)s of 5) for %(amount)s (%(m)s of 5), "
                "against %(customers)s customers",
                days=score.recency,
                r=score.r_score,
                count=score.frequency,
                f=score.f_score,
                amount=score.currency_id.format(score.monetary),
                m=score.m_score,
                customers=score.customers,
            )

    # === SCORING === #

    @api.model
    def _scored(self, companies, day):
        """Query of (company_id, partner_id, *FIGURES) at the end of a day. Why SQL: one pass over all invoices.

        Fifths: 1 + 5 * (customers strictly worse) / customers, whole part; RANK() gives ties the same number.
        """
        return SQL(
            """SELECT fifth.company_id, fifth.partner_id, last_date, recency, frequency, monetary, customers,
                      COALESCE(cell.r, 0) AS r_score, COALESCE(cell.f, 0) AS f_score, COALESCE(cell.m, 0) AS m_score,
                      CONCAT(COALESCE(cell.r, 0), COALESCE(cell.f, 0), COALESCE(cell.m, 0)) AS cell,
                      COALESCE(cell.name, 'no_data') AS rfm_group
                 FROM (SELECT bought.*, COUNT(*) OVER everyone AS customers,
                              1 + 5 * (RANK() OVER (everyone ORDER BY recency DESC) - 1)
                                  / COUNT(*) OVER everyone AS r,
                              1 + 5 * (RANK() OVER (everyone ORDER BY frequency) - 1) / COUNT(*) OVER everyone AS f,
                              1 + 5 * (RANK() OVER (everyone ORDER BY monetary) - 1) / COUNT(*) OVER everyone AS m
                         FROM (%(bought)s) bought
                       WINDOW everyone AS (PARTITION BY company_id)) fifth
                 LEFT JOIN (VALUES %(cells)s) cell (r, f, m, name)
                   ON fifth.customers >= %(least)s AND cell.r = fifth.r AND cell.f = fifth.f AND cell.m = fifth.m""",
            bought=self._bought(companies, day),
            cells=SQL(", ").join(SQL("%s", cell) for cell in rfm.cells()),
            least=rfm.MIN_CUSTOMERS,
        )

    @api.model
    def _bought(self, companies, day):
        """Query of (company_id, partner_id, last_date, recency, frequency, monetary), each company's own months."""
        metric = self.env["crm.metric"]
        parts = [
            SQL(
                """SELECT move.company_id, move.commercial_partner_id AS partner_id,
                          MAX(move.invoice_date) FILTER (WHERE move.move_type <> 'out_refund') AS last_date,
                          %(day)s::date - MAX(move.invoice_date) FILTER (WHERE move.move_type <> 'out_refund')
                              AS recency,
                          COUNT(DISTINCT move.invoice_date) FILTER (WHERE move.move_type <> 'out_refund')
                              AS frequency,
                          SUM(move.amount_untaxed_signed) AS monetary
                     FROM account_move move
                    WHERE %(where)s
                    GROUP BY move.company_id, move.commercial_partner_id
                   HAVING BOOL_OR(move.move_type <> 'out_refund')""",
                day=day,
                where=metric._sales_where(
                    company,
                    day - relativedelta(months=company.crm_rfm_months) + relativedelta(days=1),
                    day + relativedelta(days=1),
                ),
            )
            for company in companies.sudo()
        ]
        return SQL(" UNION ALL ").join(parts)

    @api.model
    def _run(self, company, date=None):
        """Score the customers of the company at the end of a day (default: today); replaces the scores before."""
        day = fields.Date.to_date(date) or fields.Date.context_today(self)
        self.env.flush_all()
        names = SQL(", ").join(SQL.identifier(name) for name in FIGURES)
        self.env.cr.execute(
            SQL(
                """WITH scored AS (%(scored)s),
                        former AS (DELETE FROM crm_rfm_score WHERE company_id = %(company)s
                                      AND partner_id NOT IN (SELECT partner_id FROM scored))
                   INSERT INTO crm_rfm_score (company_id, partner_id, date, create_uid, create_date, %(names)s)
                   SELECT company_id, partner_id, %(day)s, %(uid)s, NOW() AT TIME ZONE 'UTC', %(names)s FROM scored
                       ON CONFLICT (partner_id, company_id) DO UPDATE SET date = EXCLUDED.date, %(updates)s""",
                scored=self._scored(company, day),
                company=company.id,
                names=names,
                day=day,
                uid=self.env.uid,
                updates=SQL(", ").join(SQL("%s = EXCLUDED.%s", SQL.identifier(n), SQL.identifier(n)) for n in FIGURES),
            )
        )
        self.env["res.partner"].invalidate_model(["crm_rfm_cell", "crm_rfm_group"])
        self.invalidate_model()

    @api.model
    def _cron_run(self):
        """Nightly, company by company."""
        companies = self.env["res.company"].sudo().search([])
        for company in self.env["crm.cron.turn"]._each("crm.rfm.score", companies):
            self._run(company)

    def action_compute_now(self):
        """A marketer's button above the list."""
        if not self.env.user.has_groups("mass_mailing.group_mass_mailing_user,sales_team.group_sale_manager"):
            raise UserError(self.env._("Only marketers and sales administrators compute RFM scores."))
        for company in self.env.companies:
            self.sudo()._run(company)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()
