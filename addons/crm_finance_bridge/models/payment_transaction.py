from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """A paid order on hold stays a quotation: the money is recorded all the same, and finance is told."""
        held = self.env["sale.order"]
        for tx in self.filtered(lambda tx: len(tx.sale_order_ids) == 1):
            order = tx.sale_order_ids.filtered(lambda so: so.state in ("draft", "sent"))
            if order and order._is_confirmation_amount_reached() and order._credit_held():
                order._credit_leave_on_hold()
                held |= order
        return super(
            PaymentTransaction, self.filtered(lambda tx: not tx.sale_order_ids & held)
        )._check_amount_and_confirm_order()
