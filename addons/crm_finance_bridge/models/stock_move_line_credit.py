from odoo import api, models


class StockMoveLine(models.Model):
    """More put down on a delivery that is done leaves as the delivery did: only as the customer's credit allows."""

    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        moves = self.env["stock.move"].browse({vals["move_id"] for vals in vals_list if vals.get("move_id")})
        loose = {vals["picking_id"] for vals in vals_list if vals.get("picking_id") and not vals.get("move_id")}
        orders = self._credit_leaving(moves, self.env["stock.picking"].browse(loose))
        lines = super().create(vals_list)
        orders._credit_check_delivery()
        return lines

    def write(self, vals):
        if "quantity" not in vals and "product_uom_id" not in vals:
            return super().write(vals)
        more = self.filtered(lambda line: line.state == "done" and line._credit_grows(vals))
        orders = self._credit_leaving(more.move_id, more.picking_id.browse())
        result = super().write(vals)
        orders._credit_check_delivery()
        return result

    def _credit_grows(self, vals):
        if "product_uom_id" in vals and vals["product_uom_id"] != self.product_uom_id.id:
            return True
        return self.product_uom_id.compare(vals.get("quantity", self.quantity), self.quantity) > 0

    def _credit_leaving(self, moves, pickings):
        """The orders to be judged of goods that went to customers, locked; what is not done yet is judged later."""

        def gone(records):
            return records.sudo().filtered(
                lambda record: record.state == "done" and record.location_dest_id._is_outgoing()
            )

        moves, pickings = gone(moves), gone(pickings)
        orders = moves.sale_line_id.order_id | (moves.picking_id | pickings).sale_id
        return orders._credit_lock_delivery() if orders else orders
