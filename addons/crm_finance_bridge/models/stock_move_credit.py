from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        """Goods leave for a customer only as its credit allows, judged with what leaves now, under the lock."""
        leaving = self.filtered(
            lambda move: (
                move.sale_line_id and move.state not in ("done", "cancel") and move.location_dest_id.usage == "customer"
            )
        )
        orders = leaving.sale_line_id.order_id._credit_lock_delivery() if leaving else None
        if not orders:
            return super()._action_done(cancel_backorder=cancel_backorder)
        done = super()._action_done(cancel_backorder=cancel_backorder)
        delivered = (done | leaving.exists()).filtered(lambda move: move.state == "done").sale_line_id.order_id
        (orders & delivered)._credit_check_delivery()
        return done
