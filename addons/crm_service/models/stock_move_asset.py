from collections import defaultdict

from odoo import fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        """What is delivered becomes a customer's product, what comes back is one no more."""
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        if self.env["product.template"]._crm_keeps_assets():
            self.env["crm.customer.asset"]._from_moves(moves)
        return moves

    def _crm_quantities_by_lot(self):
        """Return {lot or none: quantity in the product's unit} of this move."""
        self.ensure_one()
        result = defaultdict(float)
        for line in self.move_line_ids:
            result[line.lot_id] += line.quantity_product_uom
        return result

    def _crm_asset_values(self, lot, quantity):
        """Return the values of the customer's product that this delivery brought."""
        self.ensure_one()
        order = self.sale_line_id.order_id
        product = self.product_id
        zone = self.with_context(tz=self.company_id.partner_id.tz or self.env.user.tz or "UTC")
        partner = self.picking_id.partner_id or order.partner_shipping_id or self.partner_id
        return {
            "company_id": self.company_id.id,
            "partner_id": partner.id,
            "product_id": product.id,
            "lot_id": lot.id,
            "quantity": quantity,
            "sale_order_line_id": self.sale_line_id.id,
            "move_id": self.id,
            "date_sold": order and fields.Datetime.context_timestamp(zone, order.date_order).date(),
            "date_delivered": fields.Datetime.context_timestamp(zone, self.date).date(),
            "warranty_months": product.warranty_months,
            "maintenance_months": product.maintenance_months,
        }
