from odoo import api, fields, models

from .purchase_order_line_supply import FLAGS


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    crm_receipt_flag = fields.Selection(
        FLAGS,
        string="Receipt",
        compute="_compute_crm_receipt_flag",
        help="The worst of the lines: short, over, expected, complete.",
    )

    @api.depends("order_line.crm_receipt_flag")
    def _compute_crm_receipt_flag(self):
        for order in self:
            flags = set(order.order_line.mapped("crm_receipt_flag"))
            order.crm_receipt_flag = next((flag for flag, _label in FLAGS if flag in flags), False)
