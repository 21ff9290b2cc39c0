from odoo import fields, models
from odoo.tools import SQL

AVERAGES = {
    "margin_rate": ("margin", "amount"),
    "discount_rate": ("discount", "listed"),
}


class CrmOrderMargin(models.Model):
    """Margin and discount of each confirmed order, beside the baseline year and the goal (ISM benefit 4).

    Company currency at the order's own rate, without tax. Listed = what the lines cost before discounts; lines below
    zero that deduct no down payment are discounts. Margin: Odoo's (`sale_margin`). Baseline = margin and discount of
    all orders of the company's baseline year; goal = margin of that year plus the points of the settings. Rates of a
    group are of its sums. An order whose lines all lack a cost has no margin yet and stays out of the rates.
    """

    _name = "crm.order.margin"
    _inherit = ["crm.fact"]
    _description = "Margin and Discount of Orders"
    _auto = False
    _rec_name = "order_id"
    _order = "date desc, id desc"

    order_id = fields.Many2one("sale.order", readonly=True)
    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", readonly=True)
    cost_state = fields.Selection([("known", "Cost known"), ("unknown", "No cost yet")], "Cost", readonly=True)
    listed = fields.Monetary("Before Discount", readonly=True)
    discount = fields.Monetary(readonly=True)
    amount = fields.Monetary("Untaxed Amount", readonly=True)
    margin = fields.Monetary(readonly=True)
    margin_rate = fields.Float("Margin %", readonly=True, aggregator="avg", digits=(16, 2))
    discount_rate = fields.Float("Discount %", readonly=True, aggregator="avg", digits=(16, 2))
    baseline_state = fields.Selection([("ok", "Compared"), ("none", "No baseline year set")], "Baseline", readonly=True)
    baseline_margin = fields.Float("Baseline Margin %", readonly=True, aggregator="avg", digits=(16, 2))
    baseline_discount = fields.Float("Baseline Discount %", readonly=True, aggregator="avg", digits=(16, 2))
    goal_margin = fields.Float("Goal Margin %", readonly=True, aggregator="avg", digits=(16, 2))

    _depends = {
        "sale.order": ["amount_untaxed", "company_id", "currency_rate", "date_order", "margin", "partner_id", "state"],
        "sale.order.line": ["discount", "is_downpayment", "price_subtotal", "price_unit", "product_uom_qty",
                            "purchase_price"],
        "res.company": ["crm_margin_goal", "crm_profit_baseline_year", "currency_id"],
    }  # fmt: skip

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT sold.*, %(margin)s AS margin_rate, %(discount)s AS discount_rate,
                   CASE WHEN past.margin_rate IS NULL THEN 'none' ELSE 'ok' END AS baseline_state,
                   past.margin_rate AS baseline_margin, past.discount_rate AS baseline_discount,
                   past.margin_rate + company.crm_margin_goal AS goal_margin
              FROM (%(orders)s) sold
              JOIN res_company company ON company.id = sold.company_id
              LEFT JOIN (SELECT sold.company_id, (%(margins)s)::float AS margin_rate,
                                (%(discounts)s)::float AS discount_rate
                           FROM (%(orders)s) sold JOIN res_company owner ON owner.id = sold.company_id
                          WHERE sold.cost_state = 'known'
                            AND EXTRACT(YEAR FROM sold.date) = owner.crm_profit_baseline_year
                          GROUP BY sold.company_id) past ON past.company_id = sold.company_id
            """,
            orders=self._orders(),
            margin=SQL("(100 * sold.margin / NULLIF(sold.amount, 0))::float"),
            discount=SQL("(100 * sold.discount / NULLIF(sold.listed, 0))::float"),
            margins=SQL("100 * SUM(sold.margin) / NULLIF(SUM(sold.amount), 0)"),
            discounts=SQL("100 * SUM(sold.discount) / NULLIF(SUM(sold.listed), 0)"),
        )

    def _orders(self):
        """Confirmed orders with what their lines list, take off and bring."""
        return SQL(
            """
            SELECT so.id, so.id AS order_id,
                   (so.date_order AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(home.tz, 'UTC'))::date AS date,
                   so.company_id, company.currency_id, partner.commercial_partner_id AS partner_id, so.user_id,
                   so.team_id, CASE WHEN line.known THEN 'known' ELSE 'unknown' END AS cost_state,
                   ROUND((so.amount_untaxed + line.discount) / rate.value, 2) AS listed,
                   ROUND(line.discount / rate.value, 2) AS discount,
                   ROUND(so.amount_untaxed / rate.value, 2) AS amount,
                   CASE WHEN line.known THEN ROUND(so.margin::numeric / rate.value, 2) END AS margin
              FROM sale_order so
              JOIN res_company company ON company.id = so.company_id
              JOIN res_partner home ON home.id = company.partner_id
              JOIN res_partner partner ON partner.id = so.partner_id
             CROSS JOIN LATERAL (SELECT COALESCE(NULLIF(so.currency_rate, 0), 1)::numeric AS value) rate
              JOIN LATERAL (
                    SELECT BOOL_OR(COALESCE(sol.purchase_price, 0) <> 0) AS known,
                           COALESCE(SUM(CASE WHEN sol.is_downpayment THEN 0
                                WHEN sol.price_subtotal < 0 THEN -sol.price_subtotal
                                WHEN sol.discount >= 100 THEN sol.price_unit * sol.product_uom_qty
                                WHEN sol.discount > 0
                                THEN sol.price_subtotal * (sol.discount / (100 - sol.discount))::numeric
                                ELSE 0 END), 0) AS discount
                      FROM sale_order_line sol WHERE sol.order_id = so.id AND sol.display_type IS NULL
                   ) line ON TRUE
             WHERE so.state = 'sale'
            """
        )

    def _read_group_select(self, aggregate_spec, query):
        name = aggregate_spec.partition(":")[0]
        if name not in AVERAGES or not aggregate_spec.endswith(":avg"):
            return super()._read_group_select(aggregate_spec, query)
        above, below = (self._field_to_sql(self._table, part, query) for part in AVERAGES[name])
        known = SQL("FILTER (WHERE %s IS NOT NULL)", self._field_to_sql(self._table, "margin", query))
        return SQL("100 * SUM(%(above)s) %(known)s / NULLIF(SUM(%(below)s) %(known)s, 0)", above=above, below=below,
                   known=known)  # fmt: skip

    def action_open_order(self):
        self.ensure_one()
        return self._open_form(self.order_id)
