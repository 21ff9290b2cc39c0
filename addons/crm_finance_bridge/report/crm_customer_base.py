from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomerBase(models.Model):
    """Customers as assets, by calendar year and company: what was invested in them, what came back, what they are
    worth at the end of the year, and what a retained customer brings.

    Profit = total profit (see `crm.customer.profit`); invested = cost to serve; return = profit in percent of what was
    invested. Buyer = net sales above zero in the year; retained = buyer of the year and of the year before. Value
    (`tools.profit.base_value`): profit * r / (1 + i - r), r the share of last year's buyers that stayed, i the
    company's cost of credit. A year without buyers before it has no retention: not enough data. The current year is
    as far as it goes.
    """

    _name = "crm.customer.base"
    _description = "Value of the Customer Base"
    _auto = False
    _rec_name = "year"
    _order = "year desc, company_id"

    year = fields.Char(readonly=True)
    date = fields.Date("Year Starts", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    state = fields.Selection(
        [("ok", "Full year"), ("running", "Running year"), ("none", "Not enough data")], readonly=True
    )
    buyers = fields.Integer(readonly=True)
    retained = fields.Integer("Retained Customers", readonly=True, help="Bought in the year before as well.")
    retention = fields.Float("Retention %", readonly=True, aggregator="avg", digits=(16, 1))
    sales = fields.Monetary("Net Sales", readonly=True)
    profit = fields.Monetary("Total Profit", readonly=True)
    invested = fields.Monetary(readonly=True, help="Cost to serve: what was spent on the customers.")
    return_rate = fields.Float("Return on Invested %", readonly=True, aggregator="avg", digits=(16, 1))
    retained_profit = fields.Monetary("Profit of Retained Customers", readonly=True)
    retained_mean = fields.Monetary("Profit per Retained Customer", readonly=True, aggregator="avg")
    value = fields.Monetary("Value of the Base", readonly=True, help="Profit * r / (1 + i - r), r retention.")
    value_return = fields.Float(
        "Profit of the Value %", readonly=True, aggregator="avg", digits=(16, 1), help="Return on customer assets."
    )
    reason = fields.Char("How", compute="_compute_reason")

    _depends = {"crm.customer.profit": ["company_id", "cost_to_serve", "date", "partner_id", "sales", "total"]}

    @api.depends("state", "retention", "buyers")
    @api.depends_context("lang")
    def _compute_reason(self):
        for row in self:
            rate = row.company_id.sudo().crm_credit_cost_rate
            if row.state == "none":
                row.reason = self.env._("No buyers in the year before: retention and value are not known.")
            else:
                row.reason = self.env._(
                    "%(retained)s customers stayed (%(rate)s %%); money at %(interest)s %% a year.",
                    retained=row.retained,
                    rate=f"{row.retention:.1f}",
                    interest=f"{rate:g}",
                )

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT base.date_year * %(factor)s + base.company_id AS id, base.date_year::varchar AS year,
                   MAKE_DATE(base.date_year, 1, 1) AS date, base.company_id, company.currency_id,
                   CASE WHEN COALESCE(base.before, 0) = 0 THEN 'none'
                        WHEN base.date_year >= EXTRACT(YEAR FROM %(today)s::date) THEN 'running' ELSE 'ok' END AS state,
                   base.buyers, base.retained, base.sales, base.profit, base.invested, base.retained_profit,
                   COALESCE(100 * base.stayed, 0)::float AS retention,
                   COALESCE(100 * base.profit / NULLIF(GREATEST(base.invested, 0), 0), 0)::float AS return_rate,
                   COALESCE(ROUND(base.retained_profit / NULLIF(base.retained, 0), 2), 0) AS retained_mean,
                   COALESCE(ROUND(base.profit * base.multiple, 2), 0) AS value,
                   COALESCE(100 / NULLIF(base.multiple, 0), 0)::float AS value_return
              FROM (SELECT years.*, stayed / NULLIF(1 + rate - stayed, 0) AS multiple
                      FROM (SELECT year.*, year.retained::numeric / NULLIF(year.before, 0) AS stayed,
                                   owner.crm_credit_cost_rate::numeric / 100 AS rate
                              FROM (%(years)s) year JOIN res_company owner ON owner.id = year.company_id) years) base
              JOIN res_company company ON company.id = base.company_id
            """,
            factor=self.env["crm.customer.profit"]._id_factor(),
            today=fields.Date.context_today(self),
            years=self._years(),
        )

    @api.model
    def _years(self):
        """(company_id, date_year, buyers, before, retained, sales, profit, invested, retained_profit)."""
        return SQL(
            """
            SELECT one.company_id, one.date_year, COUNT(*) FILTER (WHERE one.sales > 0) AS buyers,
                   LAG(COUNT(*) FILTER (WHERE one.sales > 0)) OVER years AS before,
                   COUNT(*) FILTER (WHERE one.retained) AS retained, SUM(one.sales) AS sales,
                   SUM(one.total) AS profit, SUM(one.cost_to_serve) AS invested,
                   COALESCE(SUM(one.total) FILTER (WHERE one.retained), 0) AS retained_profit
              FROM (SELECT company_id, partner_id, date_year, sales, total, cost_to_serve,
                           sales > 0 AND COALESCE(LAG(sales) OVER customer, 0) > 0
                           AND LAG(date_year) OVER customer = date_year - 1 AS retained
                      FROM (SELECT company_id, partner_id, EXTRACT(YEAR FROM date)::int AS date_year,
                                   SUM(sales) AS sales, SUM(total) AS total, SUM(cost_to_serve) AS cost_to_serve
                              FROM (%s) month GROUP BY 1, 2, 3) annual
                    WINDOW customer AS (PARTITION BY company_id, partner_id ORDER BY date_year)) one
             GROUP BY one.company_id, one.date_year
            WINDOW years AS (PARTITION BY one.company_id ORDER BY one.date_year)
            """,
            self.env["crm.customer.profit"]._summed(),
        )

    def action_open_profit(self):
        """The customers of the year, by what they bring."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_customer_profit_action")
        return {
            **action,
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("date", ">=", self.date),
                ("date", "<=", fields.Date.end_of(self.date, "year")),
            ],
            "context": {"search_default_group_partner": 1},
        }
