from odoo import api, fields, models
from odoo.tools import SQL

SOURCES = {
    1: ("sale.order.line", "order_id"), 2: ("sale.order", ""), 3: ("sale.order", ""),
    4: ("account.move.line", "move_id"), 5: ("crm.collection", "move_id"), 6: ("crm.lead", ""),
    7: ("stock.move", "picking_id"), 8: ("account.move", ""), 9: ("crm.visit", ""),
    10: ("crm.target.line", "target_id"), 11: ("crm.forecast.line", "forecast_id"),
}  # fmt: skip
"""Code of a part -> where its rows come from, and the field of the document to open."""
ATTAINED = {"attainment": ("ordered", "target_ordered"), "attainment_collected": ("collected", "target_collected")}


class CrmPerformance(models.Model):
    """What was sold, by whom, where and when: visits, opportunities, quotations, orders, shipments, invoices, money,
    beside target and forecast. One row per source record (order line, invoice line, payment part, visit ...).

    Signs: + = sold, shipped, invoiced, received; returns, credit notes and refunds reduce. Amounts untaxed in company
    currency, except collected money, which is what was received. Territory: that of the customer on the day.
    Days judge in one time zone (the user's, else UTC).
    """

    _name = "crm.performance"
    _inherit = ["crm.performance.parts"]
    _description = "Sales Performance"
    _auto = False
    _rec_name = "user_id"
    _order = "date DESC, id DESC"

    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    territory_id = fields.Many2one("crm.territory", readonly=True, help="Of the customer on the day.")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, help="The commercial entity.")
    partner_user_id = fields.Many2one("res.users", "Customer's Salesperson", readonly=True)
    customer_role = fields.Selection(
        selection=lambda self: self.env["res.partner"]._fields["customer_role"]._description_selection(self.env),
        string="Channel",
        readonly=True,
    )
    product_categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    currency_id = fields.Many2one("res.currency", "Company Currency", readonly=True)
    visits = fields.Integer(readonly=True)
    opportunities = fields.Integer(readonly=True)
    quotations = fields.Integer(readonly=True, help="All that were made, also those that became orders.")
    orders = fields.Integer(readonly=True)
    new_customers = fields.Integer(readonly=True, help="First invoice of a customer in the company.")
    quantity = fields.Float("Ordered Quantity", digits="Product Unit", readonly=True)
    ordered = fields.Monetary(readonly=True)
    margin = fields.Monetary(readonly=True)
    shipped = fields.Monetary(readonly=True, help="Goods shipped less returned, at the price of the order.")
    invoiced = fields.Monetary(readonly=True)
    collected = fields.Monetary(readonly=True)
    forecast = fields.Monetary(readonly=True, help="Weighted pipeline, as frozen last before the month began.")
    target_ordered = fields.Monetary(readonly=True)
    target_invoiced = fields.Monetary(readonly=True)
    target_collected = fields.Monetary(readonly=True)
    attainment = fields.Float("Ordered % of Target", readonly=True, digits=(16, 1), aggregator="avg")
    attainment_collected = fields.Float("Collected % of Target", readonly=True, digits=(16, 1), aggregator="avg")

    _depends = {
        "account.move": ["commercial_partner_id", "invoice_date", "invoice_user_id", "move_type", "state", "team_id"],
        "account.move.line": ["balance", "display_type", "parent_state", "product_id"],
        "crm.collection": [],
        "crm.forecast.line": ["date_from", "is_reference", "span", "weighted"],
        "crm.lead": ["create_date", "date_conversion", "partner_id", "team_id", "territory_id", "type", "user_id"],
        "crm.target": ["active", "measure", "parent_id", "state", "team_id", "user_id"],
        "crm.target.line": ["amount", "date_from", "target_id"],
        "crm.territory.member": ["date_from", "date_to", "partner_id", "territory_id"],
        "res.partner": ["commercial_partner_id", "customer_role", "user_id"],
        "sale.order": ["currency_rate", "date_order", "partner_id", "state", "team_id", "user_id"],
        "sale.order.line": ["margin", "price_reduce_taxexcl", "price_subtotal", "product_id", "product_uom_qty"],
        "stock.move": ["date", "quantity", "sale_line_id", "state"],
    }  # fmt: skip

    @property
    def _table_query(self) -> SQL:
        return self._facts()

    @api.model
    def _facts(self, start=None, stop=None, sources=None) -> SQL:
        """The rows of the days from start to stop, of the sources named; all without."""
        parts = self._parts(start, stop)
        chosen = [part for name, part in parts.items() if sources is None or name in sources]
        return SQL(
            """
            SELECT part.id, part.date, part.company_id, part.user_id, part.team_id, part.partner_id,
                   part.product_categ_id, COALESCE(member.territory_id, part.territory_id) AS territory_id,
                   customer.user_id AS partner_user_id, customer.customer_role, company.currency_id,
                   part.visits, part.opportunities, part.quotations, part.orders, part.new_customers, part.quantity,
                   part.ordered, part.margin, part.shipped, part.invoiced, part.collected, part.forecast,
                   part.target_ordered, part.target_invoiced, part.target_collected,
                   NULL::numeric AS attainment, NULL::numeric AS attainment_collected
              FROM (%(parts)s) part
              JOIN res_company company ON company.id = part.company_id
              LEFT JOIN res_partner customer ON customer.id = part.partner_id
              LEFT JOIN LATERAL (%(member)s) member ON TRUE
            """,
            parts=SQL(" UNION ALL ").join(chosen),
            member=self.env["crm.territory.member"]._sql_at(SQL("part.partner_id"), SQL("part.date")),
        )

    def action_open_document(self):
        """Open the order, invoice, payment's invoice, delivery, visit, target or forecast behind the row."""
        self.ensure_one()
        model, field = SOURCES[self.id % 16]
        record = self.env[model].browse(self.id // 16)
        return self._open_form(record.sudo()[field].sudo(False) if field else record)

    def _read_group_select(self, aggregate_spec, query):
        """A ratio of sums, not a mean of ratios; nothing where no target is set."""
        name = aggregate_spec.partition(":")[0]
        if name not in ATTAINED:
            return super()._read_group_select(aggregate_spec, query)
        reached, target = (self._field_to_sql(self._table, field, query) for field in ATTAINED[name])
        return SQL("100.0 * SUM(%s) / NULLIF(SUM(%s), 0)", reached, target)
