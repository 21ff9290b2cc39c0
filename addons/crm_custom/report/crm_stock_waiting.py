from odoo import api, fields, models
from odoo.tools import SQL


class CrmStockWaiting(models.Model):
    """Deliveries that wait for stock, in the order in which they are served; one row per move (id = the move's).

    Rank: class of the customer (stock_priority of its policy, else a=1, b=2, c=3; without class 1000), after urgent
    moves. Quantities in the product's unit; `qty_free` is the free stock of the warehouse, `qty_before` what those
    who stand before still need, `qty_now` what this delivery would get if stock were given out now.
    """

    _name = "crm.stock.waiting"
    _inherit = ["crm.fact"]
    _description = "Waiting Deliveries"
    _auto = False
    _rec_name = "picking_id"
    _order = "product_id, position, id"

    move_id = fields.Many2one("stock.move", readonly=True)
    picking_id = fields.Many2one("stock.picking", "Delivery", readonly=True)
    order_id = fields.Many2one("sale.order", "Sales Order", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    customer_class = fields.Selection([("a", "A"), ("b", "B"), ("c", "C")], "Class", readonly=True)
    rank = fields.Integer("Class Rank", readonly=True, aggregator=None, help="The smaller is served first.")
    position = fields.Integer("Place", readonly=True, aggregator=None, help="Place in the queue for the product.")
    product_id = fields.Many2one("product.product", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Datetime("Scheduled", readonly=True)
    priority = fields.Selection([("0", "Normal"), ("1", "Urgent")], readonly=True)
    qty_asked = fields.Float("Asked", digits="Product Unit", readonly=True)
    qty_reserved = fields.Float("Reserved", digits="Product Unit", readonly=True)
    qty_missing = fields.Float("Missing", digits="Product Unit", readonly=True)
    qty_before = fields.Float("Before It", digits="Product Unit", readonly=True, aggregator=None)
    qty_free = fields.Float("Free Stock", digits="Product Unit", readonly=True, aggregator=None)
    qty_now = fields.Float("Would Get Now", digits="Product Unit", readonly=True)
    is_scarce = fields.Boolean("Scarce", readonly=True, help="Free stock does not reach for all who wait.")

    _depends = {
        "crm.customer.class.policy": ["company_id", "customer_class", "stock_priority"],
        "crm.scorecard": ["company_id", "customer_class", "is_latest", "partner_id"],
        "res.partner": ["commercial_partner_id"],
        "sale.order": ["company_id", "partner_id"],
        "sale.order.line": ["order_id"],
        "stock.location": ["usage", "warehouse_id"],
        "stock.move": [
            "company_id", "date", "location_id", "picking_id", "priority", "procure_method", "product_id",
            "product_qty", "product_uom", "quantity", "sale_line_id", "state",
        ],
        "stock.quant": ["location_id", "product_id", "quantity", "reserved_quantity"],
        "uom.uom": ["factor"],
    }  # fmt: skip

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT queue.*, COALESCE(stock.free, 0) AS qty_free,
                   GREATEST(LEAST(queue.qty_missing, COALESCE(stock.free, 0) - queue.qty_before), 0) AS qty_now,
                   queue.wanted > COALESCE(stock.free, 0) AS is_scarce
              FROM (
                SELECT waiting.*,
                       ROW_NUMBER() OVER place AS position,
                       COALESCE(SUM(qty_missing) OVER (place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
                           AS qty_before,
                       SUM(qty_missing) OVER (PARTITION BY product_id, warehouse_id) AS wanted
                  FROM (%s) waiting
                WINDOW place AS (
                    PARTITION BY product_id, warehouse_id ORDER BY priority DESC, rank, date, id)
              ) queue
              LEFT JOIN (%s) stock
                     ON stock.product_id = queue.product_id AND stock.warehouse_id = queue.warehouse_id
            """,
            self._waiting(),
            self._stock(),
        )

    @api.model
    def _waiting(self) -> SQL:
        """Moves of sales that take goods from a warehouse's stock and are not fully reserved."""
        return SQL(
            """
            SELECT move.id, move.id AS move_id, move.picking_id, line.order_id,
                   partner.commercial_partner_id AS partner_id, card.customer_class,
                   COALESCE(policy.stock_priority, STRPOS('abc', card.customer_class), 1000) AS rank,
                   move.product_id, source.warehouse_id, move.company_id, move.date,
                   COALESCE(move.priority, '0') AS priority, move.product_qty AS qty_asked,
                   COALESCE(move.quantity, 0) * unit.factor / base.factor AS qty_reserved,
                   move.product_qty - COALESCE(move.quantity, 0) * unit.factor / base.factor AS qty_missing
              FROM stock_move move
              JOIN stock_location source ON source.id = move.location_id AND source.usage = 'internal'
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom unit ON unit.id = move.product_uom
              JOIN uom_uom base ON base.id = template.uom_id
              JOIN sale_order_line line ON line.id = move.sale_line_id
              JOIN sale_order sale ON sale.id = line.order_id
              JOIN res_partner partner ON partner.id = sale.partner_id
              LEFT JOIN crm_scorecard card ON card.partner_id = partner.commercial_partner_id
                   AND card.company_id = sale.company_id AND card.is_latest
              LEFT JOIN crm_customer_class_policy policy ON policy.company_id = sale.company_id
                   AND policy.customer_class = card.customer_class
             WHERE move.state IN ('confirmed', 'partially_available') AND move.procure_method = 'make_to_stock'
               AND template.is_storable
               AND NOT EXISTS (SELECT FROM stock_move_move_rel chain WHERE chain.move_dest_id = move.id)
            """
        )

    @api.model
    def _stock(self) -> SQL:
        return SQL(
            """
            SELECT quant.product_id, location.warehouse_id, SUM(quant.quantity - quant.reserved_quantity) AS free
              FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id AND location.usage = 'internal'
             GROUP BY quant.product_id, location.warehouse_id
            """
        )

    def action_open_document(self):
        self.ensure_one()
        return self._open_form(self.picking_id)

    def action_reserve(self):
        """Reserve for this delivery; asks for a reason where better classes would go without."""
        result = self.picking_id.action_assign()
        return result if isinstance(result, dict) else {"type": "ir.actions.client", "tag": "soft_reload"}
