from odoo import api, fields, models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "crm.target.mixin"]

    @api.depends("user_id", "amount_untaxed", "state", "date_order")
    @api.depends_context("uid", "lang")
    def _compute_target_sentence(self):
        return super()._compute_target_sentence()

    def _target_data(self):
        """A quotation would count today; a confirmed order counts already, on its day."""
        if self.state == "sale":
            day = fields.Datetime.context_timestamp(self, self.date_order).date()
            return self.user_id, day, "ordered", 0.0
        amount = self.amount_untaxed / (self.currency_rate or 1.0) if self.state != "cancel" else 0.0
        return self.user_id, fields.Date.context_today(self), "ordered", amount
