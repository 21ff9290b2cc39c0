from odoo import api, fields, models
from odoo.tools import SQL


class CrmDemandProduct(models.Model):
    """Demand beside supply, one row per product and company: what there is, what comes, what goes, when it runs short.

    Sums of crm.demand.line. Shortage dates: the first day on which stock and purchases to come no longer cover the
    open orders (`date_short_firm`), or orders and weighted pipeline (`date_short`); the rule is
    tools.supply.shortage_day. Empty: no shortage in sight.
    """

    _name = "crm.demand.product"
    _inherit = ["crm.fact"]
    _description = "Demand by Product"
    _auto = False
    _rec_name = "product_id"
    _order = "date_short_firm, date_short, product_id"

    product_id = fields.Many2one("product.product", readonly=True)
    product_categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    qty_stock = fields.Float("On Hand", digits="Product Unit", readonly=True)
    qty_incoming = fields.Float("Purchases to Come", digits="Product Unit", readonly=True)
    qty_order = fields.Float("Open Orders", digits="Product Unit", readonly=True)
    qty_pipeline = fields.Float("Pipeline Weighted", digits="Product Unit", readonly=True)
    qty_left = fields.Float("Left in the End", digits="Product Unit", readonly=True)
    qty_to_buy = fields.Float(
        "Short", digits="Product Unit", readonly=True, help="Deepest point below zero, orders and weighted pipeline."
    )
    date_short_firm = fields.Date("Short From (Orders)", readonly=True)
    date_short = fields.Date("Short From (With Pipeline)", readonly=True)

    _depends = {"crm.demand.line": ["company_id", "date", "product_id", "quantity"]}

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT MIN(line.id) AS id, line.product_id, line.product_categ_id, line.company_id,
                   SUM(line.qty_stock) AS qty_stock, SUM(line.qty_incoming) AS qty_incoming,
                   SUM(line.qty_order) AS qty_order, SUM(line.qty_pipeline) AS qty_pipeline,
                   SUM(line.quantity) AS qty_left,
                   GREATEST(-MIN(line.level), 0) AS qty_to_buy,
                   MIN(line.date) FILTER (WHERE line.firm_level < -0.000001) AS date_short_firm,
                   MIN(line.date) FILTER (WHERE line.level < -0.000001) AS date_short
              FROM (%s) line
             GROUP BY line.product_id, line.product_categ_id, line.company_id
            """,
            self.env["crm.demand.line"]._table_query,
        )

    @api.model
    def _line_domain(self, records):
        return [("product_id", "in", records.product_id.ids), ("company_id", "in", records.company_id.ids)]

    def action_open_document(self):
        """The dated rows behind the figures."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Demand and supply: %(product)s", product=self.display_name),
            "res_model": "crm.demand.line",
            "views": [(False, "list"), (False, "pivot"), (False, "graph")],
            "domain": self._line_domain(self),
        }
