from odoo import api, models

FIELDS = {
    "discount",
    "order_id",
    "price_unit",
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "tax_ids",
    "technical_price_unit",
}


class SaleOrderLine(models.Model):
    """Lines of confirmed orders change under the guard of their order. Costs re-invoiced from a bill or an
    expense do not: the money is spent, and the bill must post.
    """

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        order_ids = {vals["order_id"] for vals in vals_list if vals.get("order_id") and not vals.get("is_expense")}
        confirmed = self.env["sale.order"].browse(order_ids).sudo().filtered(lambda order: order.state == "sale")
        if not confirmed:
            return super().create(vals_list)
        with confirmed.sudo(self.env.su)._credit_guard():
            return super().create(vals_list)

    def write(self, vals):
        if FIELDS.isdisjoint(vals):
            return super().write(vals)
        confirmed = self.filtered(lambda line: line.state == "sale" and not line.is_expense).order_id
        if vals.get("order_id"):
            confirmed |= self.env["sale.order"].browse(vals["order_id"])
        if not confirmed:
            return super().write(vals)
        with confirmed._credit_guard():
            return super().write(vals)

    def unlink(self):
        confirmed = self.filtered(lambda line: line.state == "sale" and not line.is_expense).order_id
        if not confirmed:
            return super().unlink()
        with confirmed._credit_guard():  # a negative line may go
            return super().unlink()
