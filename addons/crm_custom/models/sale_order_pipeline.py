from odoo import models


class SaleOrder(models.Model):
    """An order may win its opportunity (setting); it passes the same gates, and never fails because of them."""

    _inherit = "sale.order"

    def _action_confirm(self):
        result = super()._action_confirm()
        for order in self.filtered(lambda order: order.company_id.sudo().crm_win_on_order and order.opportunity_id):
            order.opportunity_id.sudo()._win_by_order(order)
        return result

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in ("sent", "sale", "cancel"):
            self.env["crm.proposal"]._follow_order(self, vals["state"])
        return result
