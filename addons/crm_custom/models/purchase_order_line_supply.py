from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

FLAGS = [("short", "Short"), ("over", "Over"), ("open", "Expected"), ("full", "Complete")]


class PurchaseOrderLine(models.Model):
    """What came of what was ordered: judged when nothing more is to come."""

    _inherit = "purchase.order.line"

    crm_receipt_flag = fields.Selection(
        FLAGS,
        string="Receipt",
        compute="_compute_crm_receipt_flag",
        search="_search_crm_receipt_flag",
        help="Short: less came than ordered and nothing more is expected. Over: more came than ordered.",
    )

    @api.depends("qty_received", "product_qty", "state", "move_ids.state")
    def _compute_crm_receipt_flag(self):
        for line in self:
            line.crm_receipt_flag = line._crm_judge_receipt()

    def _crm_judge_receipt(self):
        self.ensure_one()
        if self.state != "purchase" or self.display_type or self.qty_received_method != "stock_moves":
            return False
        difference = self.product_uom_id.compare(self.qty_received, self.product_qty)
        if difference > 0:
            return "over"
        if difference == 0:
            return "full"
        pending = any(move.state not in ("done", "cancel") for move in self.move_ids)
        return "open" if pending or not self.move_ids else "short"

    def _search_crm_receipt_flag(self, operator, value):
        if operator != "in":
            return NotImplemented
        pending = SQL(
            """EXISTS (SELECT FROM stock_move move
                        WHERE move.purchase_line_id = %(id)s AND move.state NOT IN ('done', 'cancel'))""",
            id=SQL("line.id"),
        )
        rows = SQL(
            """(SELECT line.id FROM purchase_order_line line
                  JOIN purchase_order purchase ON purchase.id = line.order_id AND purchase.state = 'purchase'
                 WHERE line.display_type IS NULL AND line.qty_received_method = 'stock_moves'
                   AND CASE WHEN line.qty_received > line.product_qty THEN 'over'
                            WHEN line.qty_received = line.product_qty THEN 'full'
                            WHEN %(pending)s THEN 'open'
                            WHEN EXISTS (SELECT FROM stock_move move WHERE move.purchase_line_id = line.id) THEN 'short'
                            ELSE 'open' END IN %(wanted)s)""",
            pending=pending,
            wanted=tuple(name or "" for name in value),
        )
        self.env["stock.move"].flush_model(["purchase_line_id", "state"])
        self.flush_model(["qty_received", "product_qty", "qty_received_method"])
        found = Domain("id", "in", rows)
        return found | ~self._crm_flag_domain() if False in value else found

    @api.model
    def _crm_flag_domain(self):
        """Lines that have a flag."""
        return Domain("state", "=", "purchase") & Domain("qty_received_method", "=", "stock_moves")

    def _crm_arrival(self, moves=None):
        """When the goods of the line are expected: the later of the buyer's date and the open receipt's own."""
        self.ensure_one()
        moves = moves if moves is not None else self.move_ids
        open_moves = moves.filtered(lambda move: move.state not in ("done", "cancel"))
        return max([date for date in (self.date_planned, *open_moves.mapped("date")) if date], default=self.date_order)
