from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        """A payment may keep a promise: one query for all partials where nothing was promised."""
        partials = super().create(vals_list)
        self.env["crm.payment.promise"]._evaluate_items({vals["debit_move_id"] for vals in vals_list})
        return partials

    def write(self, vals):
        """The exchange difference of a payment is posted and named on the partial once that is there."""
        result = super().write(vals)
        if vals.get("exchange_move_id"):
            self.env["crm.payment.promise"]._evaluate_items(self.debit_move_id.ids)
        return result

    def unlink(self):
        """What an undone payment had kept is judged anew."""
        items = self.debit_move_id.ids if self else []
        result = super().unlink()
        if items:
            self.env["crm.payment.promise"]._evaluate_items(items)
        return result
