from odoo import api, fields, models
from odoo.tools import SQL

STEP = 5  # percent of the customers a point of the curve


class CrmPareto(models.Model):
    """The 80/20 curve of a month: customers by annual sales, largest first, with cumulative shares.

    Customers with positive sales of the twelve months up to the month's day. Rule: `tools/pareto.py`.
    """

    _name = "crm.pareto"
    _inherit = ["crm.fact"]
    _description = "80/20 Curve of Customers"
    _auto = False
    _order = "period desc, place, id"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    month_id = fields.Many2one("crm.company.scorecard", string="Monthly Scorecard", readonly=True)
    period = fields.Date(string="Month", readonly=True)
    is_latest = fields.Boolean(string="Newest", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    partner_user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    customer_class = fields.Selection(
        lambda self: self.env["crm.scorecard"]._fields["customer_class"]._description_selection(self.env),
        string="Class",
        readonly=True,
    )
    revenue = fields.Monetary(string="Annual sales", readonly=True)
    place = fields.Integer(string="Rank", readonly=True, aggregator=None)
    sales_share = fields.Float(
        string="Share of sales %",
        digits=(5, 2),
        readonly=True,
        aggregator="max",
        help="Percent of the sales made by this customer and all larger ones.",
    )
    customer_share = fields.Float(
        string="Share of customers %",
        digits=(5, 2),
        readonly=True,
        aggregator="max",
        help="Percent of the customers that are as large or larger.",
    )
    step = fields.Integer(string="Customers, top %", readonly=True, aggregator=None)
    is_key = fields.Boolean(
        string="Makes the 80 %",
        readonly=True,
        help="One of the largest customers that together make this share of the sales.",
    )

    _depends = {
        "crm.scorecard": ["company_id", "customer_class", "is_latest", "month_id", "partner_id", "period", "revenue"],
        "res.partner": ["user_id"],
        "res.company": ["crm_pareto_share", "currency_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT curve.id, curve.company_id, company.currency_id, curve.month_id, curve.period, curve.is_latest,
                      curve.partner_id, partner.user_id AS partner_user_id, curve.customer_class, curve.revenue,
                      curve.place, ROUND(100 * curve.running / curve.total, 2) AS sales_share,
                      ROUND(100.0 * curve.place / curve.customers, 2) AS customer_share,
                      CEIL(100.0 * curve.place / curve.customers / %(step)s)::int * %(step)s AS step,
                      curve.place = 1 OR curve.running * 100 <= curve.total * company.crm_pareto_share AS is_key
                 FROM (SELECT card.*, ROW_NUMBER() OVER place AS place, COUNT(*) OVER month AS customers,
                              SUM(card.revenue) OVER place AS running, SUM(card.revenue) OVER month AS total
                         FROM crm_scorecard card WHERE card.revenue > 0
                       WINDOW month AS (PARTITION BY card.month_id),
                              place AS (PARTITION BY card.month_id ORDER BY card.revenue DESC, card.id
                                        ROWS UNBOUNDED PRECEDING)) curve
                 JOIN res_company company ON company.id = curve.company_id
                 JOIN res_partner partner ON partner.id = curve.partner_id""",
            step=STEP,
        )

    @api.model
    def _summaries(self, months):
        """{month: (key customers, customers with sales, share %, sales % of the top 20 % customers)}."""
        rows = self.env.execute_query(
            SQL(
                """SELECT month_id, COUNT(*) FILTER (WHERE is_key), COUNT(*),
                          ROUND(100 * SUM(revenue) FILTER (WHERE place <= ROUND(customers * 0.2)) / SUM(revenue), 1)
                     FROM (SELECT *, COUNT(*) OVER (PARTITION BY month_id) AS customers FROM %s pareto
                            WHERE month_id = ANY(%s)) pareto
                    GROUP BY month_id""",
                self.sudo()._table_sql,
                months.ids,
            )
        )
        return {month: tuple(figures) for month, *figures in rows}

    def action_open_customer(self):
        self.ensure_one()
        return self._open_form(self.partner_id)
