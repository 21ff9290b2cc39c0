from odoo import fields, models
from odoo.exceptions import UserError


class CrmPriceRequest(models.TransientModel):
    """Ask for prices other than those of the class: which, and why. Prices net of discount, in the order's currency."""

    _name = "crm.price.request"
    _description = "Ask for Approval of Prices"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade")
    reason = fields.Char()
    line_ids = fields.One2many("crm.price.request.line", "request_id")

    def action_ask(self):
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why this customer should have these prices."))
        values = [line._approval_values() for line in self.line_ids if line.percent]
        if not values:
            raise UserError(self.env._("No price departs from what is agreed: nothing to approve."))
        self.order_id._crm_request_price(self.reason.strip(), values)
        return {"type": "ir.actions.act_window_close"}
