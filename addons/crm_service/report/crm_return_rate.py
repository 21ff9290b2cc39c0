from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.after_sales import Z_95


class CrmReturnRate(models.Model):
    """One row per delivery of a product to a customer (a done move, id = the move's), and whether any of it came back.

    The rate of a group is the share of its deliveries of which something came back, in percent, with the lower bound
    of Wilson's 95 % interval beside it: a product that came back once in two deliveries does not stand above one
    with 40 in 100. Quantities in the product's own unit. Returns count at the delivery they came from.
    """

    _name = "crm.return.rate"
    _description = "Return Rate"
    _auto = False
    _rec_name = "product_id"
    _order = "date desc, id desc"

    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    product_categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    picking_id = fields.Many2one("stock.picking", "Delivery", readonly=True)
    date = fields.Datetime("Delivered", readonly=True)
    deliveries = fields.Integer(readonly=True)
    returned = fields.Integer("With a Return", readonly=True)
    quantity = fields.Float("Quantity Delivered", readonly=True)
    quantity_returned = fields.Float(readonly=True)
    rate = fields.Float("Return Rate %", readonly=True, aggregator="avg", digits=(5, 1))
    rate_low = fields.Float(
        "At Least %", readonly=True, aggregator="avg", digits=(5, 1), help="Lower bound of the 95 % interval."
    )

    _depends = {
        "res.partner": ["commercial_partner_id"],
        "sale.order": ["partner_id"],
        "sale.order.line": ["order_id"],
        "stock.location": ["usage"],
        "stock.move": [
            "company_id", "date", "location_dest_id", "location_id", "origin_returned_move_id", "picking_id",
            "product_id", "product_uom", "quantity", "sale_line_id", "state",
        ],
        "stock.picking": ["partner_id"],
        "uom.uom": ["factor"],
    }  # fmt: skip

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT move.id, move.company_id, partner.commercial_partner_id AS partner_id, move.product_id,
                   template.categ_id AS product_categ_id, move.picking_id, move.date, 1 AS deliveries,
                   CASE WHEN back.quantity > 0 THEN 1 ELSE 0 END AS returned,
                   move.quantity * unit.factor / own.factor AS quantity,
                   COALESCE(back.quantity, 0) AS quantity_returned,
                   CASE WHEN back.quantity > 0 THEN 100.0 ELSE 0.0 END AS rate,
                   CASE WHEN back.quantity > 0 THEN 100.0 / (1 + %(square)s) ELSE 0.0 END AS rate_low
              FROM stock_move move
              JOIN stock_location source ON source.id = move.location_id
              JOIN stock_location target ON target.id = move.location_dest_id
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom unit ON unit.id = move.product_uom
              JOIN uom_uom own ON own.id = template.uom_id
              LEFT JOIN stock_picking picking ON picking.id = move.picking_id
              LEFT JOIN sale_order_line line ON line.id = move.sale_line_id
              LEFT JOIN sale_order sale ON sale.id = line.order_id
              LEFT JOIN res_partner partner ON partner.id = COALESCE(sale.partner_id, picking.partner_id)
              LEFT JOIN LATERAL (
                    SELECT SUM(again.quantity * again_unit.factor / own.factor) AS quantity
                      FROM stock_move again
                      JOIN uom_uom again_unit ON again_unit.id = again.product_uom
                     WHERE again.origin_returned_move_id = move.id AND again.state = 'done'
                   ) back ON TRUE
             WHERE move.state = 'done' AND target.usage = 'customer' AND source.usage <> 'customer'
               AND move.quantity > 0
            """,
            square=Z_95 * Z_95,
        )

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        """A rate of a group is one of its deliveries, not a mean of rates."""
        name = aggregate_spec.partition(":")[0]
        if name not in ("rate", "rate_low"):
            return super()._read_group_select(aggregate_spec, query)
        hits = SQL("SUM(%s)::float", self._field_to_sql(self._table, "returned", query))
        trials = SQL("NULLIF(SUM(%s), 0)::float", self._field_to_sql(self._table, "deliveries", query))
        if name == "rate":
            return SQL("100.0 * %s / %s", hits, trials)
        return SQL(
            """100.0 * GREATEST(0, (
                %(hits)s / %(trials)s + %(z)s * %(z)s / (2 * %(trials)s) - %(z)s * SQRT(
                    %(hits)s / %(trials)s * (1 - %(hits)s / %(trials)s) / %(trials)s
                    + %(z)s * %(z)s / (4 * %(trials)s * %(trials)s)
                )
            ) / (1 + %(z)s * %(z)s / %(trials)s))""",
            hits=hits,
            trials=trials,
            z=Z_95,
        )

    def action_open(self):
        return self.picking_id.get_formview_action()
