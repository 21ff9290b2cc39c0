from odoo import api, fields, models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "crm.target.mixin"]

    @api.depends("invoice_user_id", "amount_untaxed_signed", "state", "invoice_date")
    @api.depends_context("uid", "lang")
    def _compute_target_sentence(self):
        sales = self.filtered(lambda move: move.is_sale_document(include_receipts=True))
        (self - sales).target_sentence = False
        return super(AccountMove, sales)._compute_target_sentence()

    def _target_data(self):
        """A draft would count on its date; a posted invoice counts already."""
        day = self.invoice_date or fields.Date.context_today(self)
        return self.invoice_user_id, day, "invoiced", self.amount_untaxed_signed if self.state == "draft" else 0.0
