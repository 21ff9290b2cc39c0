from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import price_rules


class CrmPriceRequestLine(models.TransientModel):
    _name = "crm.price.request.line"
    _description = "Price Asked For"

    request_id = fields.Many2one("crm.price.request", required=True, ondelete="cascade")
    order_line_id = fields.Many2one("sale.order.line", "Product", required=True, readonly=True, ondelete="cascade")
    quantity = fields.Float("Up to Quantity", digits="Product Unit")
    price_due = fields.Float(min_display_digits="Product Price", readonly=True)
    price_asked = fields.Float(min_display_digits="Product Price")
    percent = fields.Float("Deviation %", digits=(16, 2), compute="_compute_percent")

    @api.depends("price_due", "price_asked")
    def _compute_percent(self):
        digits = self.env["decimal.precision"].precision_get("Product Price")
        for line in self:
            line.percent = price_rules.deviation(line.price_due, line.price_asked, digits)

    def _approval_values(self):
        """The price due is computed anew: what the dialog carries is not trusted."""
        line = self.order_line_id
        if line.order_id != self.request_id.order_id:
            raise UserError(self.env._("This line belongs to another order."))
        return {
            "order_line_id": line.id,
            "name": line.product_id.display_name or line.name,
            "product_id": line.product_id.id,
            "product_uom_id": line.product_uom_id.id,
            "quantity": self.quantity,
            "price_due": line._crm_due_price(),
            "price_asked": self.price_asked,
            "percent": self.percent,
        }
