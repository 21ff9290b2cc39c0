from odoo import models
from odoo.exceptions import UserError


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def action_crm_dispute(self):
        """Dispute what a short payment left open on the invoices that it paid."""
        self.ensure_one()
        self.check_access("read")
        items = self.reconciled_invoice_ids._crm_receivables()
        if not items:
            raise UserError(self.env._("The invoices that this payment settled have nothing open: it is not short."))
        return self.reconciled_invoice_ids._crm_dispute_action(items, origin="short_payment", payment_id=self.id)
