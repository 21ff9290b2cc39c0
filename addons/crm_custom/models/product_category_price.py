from odoo import fields, models


class ProductCategory(models.Model):
    _inherit = "product.category"

    crm_no_discount = fields.Boolean(
        "No Discount",
        help="Products of this category and those beneath it sell at their list price; a discount is refused.",
    )
