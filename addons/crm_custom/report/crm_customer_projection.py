from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomerProjection(models.Model):
    """Customers by category in each of the next twelve months, from the last twelve; one row a category and month.

    A customer counts at a date when an invoice lies within the company's 'lost after' days before it. New a month:
    first invoices of the last twelve months / 12. Loss: `tools/projection.py`. Companies whose first invoice is less
    than a year old have no rows: not enough data.
    """

    _name = "crm.customer.projection"
    _description = "Customers of the Next Twelve Months"
    _auto = False
    _order = "company_id, category, date"
    _rec_name = "category"

    company_id = fields.Many2one("res.company", readonly=True)
    category = fields.Selection(
        lambda self: [
            *self.env["res.partner"]._fields["customer_role"]._description_selection(self.env),
            ("none", self.env._("No role")),
        ],
        readonly=True,
    )
    date = fields.Date(string="Month", readonly=True)
    customers = fields.Float(digits=(10, 1), readonly=True, aggregator="sum")
    customers_now = fields.Integer(string="Today", readonly=True, aggregator="max")
    new_a_month = fields.Float(string="New a month", digits=(10, 2), readonly=True, aggregator="avg")
    loss = fields.Float(string="Lost a month %", digits=(5, 2), readonly=True, aggregator="avg")
    top_source_id = fields.Many2one("utm.source", string="Wins most", readonly=True)
    top_source_share = fields.Float(
        string="Share of it %", digits=(5, 1), readonly=True, aggregator="avg", help="Of the new customers of the year."
    )

    _depends = {
        "account.move": ["commercial_partner_id", "company_id", "invoice_date", "move_type", "source_id", "state"],
        "res.partner": ["active", "customer_role"],
        "res.company": ["crm_lost_days"],
    }

    @property
    def _table_query(self):
        today = fields.Date.context_today(self)
        return SQL(
            """
            WITH customer AS (
                SELECT move.company_id, move.commercial_partner_id AS partner_id,
                       COALESCE(partner.customer_role, 'none') AS category, MIN(move.invoice_date) AS first,
                       MAX(move.invoice_date) AS last,
                       MAX(move.invoice_date) FILTER (WHERE move.invoice_date <= %(ago)s) AS last_ago
                  FROM account_move move
                  JOIN res_partner partner ON partner.id = move.commercial_partner_id AND partner.active
                 WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_receipt')
                   AND move.invoice_date <= %(today)s
                 GROUP BY move.company_id, move.commercial_partner_id, partner.customer_role),
            counted AS (
                SELECT customer.company_id, category,
                       COUNT(*) FILTER (WHERE last > %(today)s - crm_lost_days) AS now,
                       COUNT(*) FILTER (WHERE first > %(ago)s) / 12.0 AS new,
                       COUNT(*) FILTER (WHERE last_ago > %(ago)s - crm_lost_days) AS before,
                       COUNT(*) FILTER (WHERE last_ago > %(ago)s - crm_lost_days
                                          AND last <= %(today)s - crm_lost_days) AS lost
                  FROM customer JOIN res_company company ON company.id = customer.company_id
                 GROUP BY customer.company_id, category),
            rate AS (
                SELECT *, CASE WHEN before > 0 THEN 1 - POWER(1 - lost::numeric / before, 1 / 12.0) ELSE 0 END AS loss
                  FROM counted
                 WHERE company_id IN (SELECT company_id FROM customer
                                       GROUP BY company_id HAVING MIN(first) <= %(ago)s)),
            source AS (%(sources)s)
            SELECT (rate.company_id * 1000 + DENSE_RANK() OVER (ORDER BY rate.category) * 20 + month)::int AS id,
                   rate.company_id, rate.category, (%(today)s + MAKE_INTERVAL(months => month))::date AS date,
                   CASE WHEN loss = 0 THEN now + new * month
                        ELSE now * POWER(1 - loss, month) + new * (1 - POWER(1 - loss, month)) / loss END AS customers,
                   now AS customers_now, new AS new_a_month, 100 * loss AS loss,
                   source.source_id AS top_source_id, source.share AS top_source_share
              FROM rate
             CROSS JOIN GENERATE_SERIES(1, 12) month
              LEFT JOIN source ON source.company_id = rate.company_id AND source.category = rate.category
            """,
            today=today,
            ago=today - relativedelta(years=1),
            sources=self._sources(today),
        )

    @api.model
    def _sources(self, today):
        """Query of (company_id, category, source_id, share): the source that won most in the last twelve months."""
        return SQL(
            """
            SELECT DISTINCT ON (company_id, category) company_id, category, source_id,
                       100.0 * COUNT(*) / SUM(COUNT(*)) OVER (PARTITION BY company_id, category) AS share
                  FROM (SELECT company_id, COALESCE(customer_role, 'none') AS category, source_id
                          FROM %(acquisition)s won WHERE won.date > %(ago)s AND won.date <= %(today)s) won
                 GROUP BY company_id, category, source_id
                 ORDER BY company_id, category, (source_id IS NULL), COUNT(*) DESC, source_id
            """,
            today=today,
            ago=today - relativedelta(years=1),
            acquisition=self.env["crm.acquisition"].sudo()._table_sql,
        )

    def action_sources(self):
        """The new customers of the last year in this category, by source."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_acquisition_action")
        ago = fields.Date.context_today(self) - relativedelta(years=1)
        role = False if self.category == "none" else self.category
        return action | {
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("customer_role", "=", role),
                ("date", ">", fields.Date.to_string(ago)),
            ],
            "context": {"search_default_group_source": 1},
            "views": [(False, "graph"), (False, "list"), (False, "pivot")],
        }
