from odoo import api, fields, models


class CrmPriceApprovalLine(models.Model):
    """One line of a request: the price due, the price asked (net of discount, order currency), up to a quantity."""

    _name = "crm.price.approval.line"
    _description = "Price Approval Line"

    approval_id = fields.Many2one("crm.price.approval", required=True, index=True, ondelete="cascade")
    order_line_id = fields.Many2one("sale.order.line", index="btree_not_null", ondelete="set null")
    name = fields.Char("Line", required=True)
    product_id = fields.Many2one("product.product")
    product_uom_id = fields.Many2one("uom.uom", "Unit")
    quantity = fields.Float(digits="Product Unit")
    price_due = fields.Float(min_display_digits="Product Price")
    price_asked = fields.Float(min_display_digits="Product Price")
    percent = fields.Float("Deviation %", digits=(16, 2))
    currency_id = fields.Many2one(related="approval_id.currency_id")
    amount_given = fields.Monetary("Given Away", compute="_compute_amount_given")

    @api.depends("price_due", "price_asked", "quantity")
    def _compute_amount_given(self):
        for line in self:
            line.amount_given = (line.price_due - line.price_asked) * line.quantity

    def _covers(self, line, due):
        """Whether this approved line allows the order line as it stands; `due`: the price due today."""
        if (line.product_id, line.product_uom_id) != (self.product_id, self.product_uom_id):
            return False
        actual = line._crm_net_price()
        tolerance = 0.5 * 10 ** -line._crm_price_digits() + 1e-9
        low, high = min(self.price_asked, due), max(self.price_asked, due)
        return low - tolerance <= actual <= high + tolerance and line.product_uom_qty <= self.quantity + 1e-9
