from odoo import models
from odoo.exceptions import UserError

from ..tools import credit
from .sale_order import UNCHECKED, CreditCheck


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        """Goods leave for a customer only as its credit allows, judged with what leaves now, under the lock."""
        leaving = self.filtered(
            lambda move: move.state not in ("done", "cancel") and move.location_dest_id._is_outgoing()
        )
        if not leaving:
            return super()._action_done(cancel_backorder=cancel_backorder)
        # Goods added to the delivery of an order have no order line yet; left behind, its own goods take it with them.
        added = {move: move.picking_id.sale_id for move in leaving if not move.sale_line_id}
        orders = (leaving.sale_line_id.order_id | leaving.picking_id.sale_id)._credit_lock_delivery()
        done = super()._action_done(cancel_backorder=cancel_backorder)
        delivered = (done | leaving.exists()).filtered(lambda move: move.state == "done")
        shipped = delivered.sale_line_id.order_id
        for move, order in added.items():
            shipped |= order if move in delivered else order.browse()
        (orders & shipped)._credit_check_delivery()
        if not self.env.su:  # parts used at a visit are booked by the server, and are gone
            (delivered & leaving).filtered(lambda move: not move.sale_line_id)._credit_check_stop()
        return done

    def _credit_check_stop(self):
        """Refuse goods that leave without an order for a customer whose deliveries are stopped."""
        for root, moves in self.sudo().grouped(lambda move: move.company_id.root_id).items():
            partners = moves.picking_id.partner_id.commercial_partner_id
            settings = self.env["crm.credit.limit"].sudo()._settings_of(root, partners) if partners else {}
            for picking in moves.picking_id:
                partner = picking.partner_id.commercial_partner_id
                if not partner or credit.DELIVERY not in credit.STOPS.get(settings[partner.id].stop, ()):
                    continue
                why = self.env["sale.order"]._credit_text_stop(CreditCheck(UNCHECKED, None, None, partner, root))
                raise UserError(self.env._("%(order)s must not be delivered.", order=picking.name) + "\n" + why)
