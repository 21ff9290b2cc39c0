from odoo import api, fields, models


class ProductTemplate(models.Model):
    """No-discount products and products sold by weight. The list price of the latter is that of one kilogram."""

    _inherit = "product.template"

    crm_no_discount = fields.Boolean(
        "No Discount", help="Sells at its list price; a quotation with a discount is refused."
    )
    crm_price_by_weight = fields.Boolean(
        "Price per kg",
        help="The sales price is that of one kilogram: a line costs price x kg. The weight of a piece is the start, "
        "the weighed kilograms of a line can be entered on it.",
    )
    crm_discount_barred = fields.Boolean("Discount Barred", compute="_compute_crm_discount_barred")

    @api.depends("crm_no_discount", "categ_id")
    def _compute_crm_discount_barred(self):
        """By the product itself or any category above it; one query for the categories."""
        barred = self.env["product.category"].sudo().search([("crm_no_discount", "=", True)])
        below = (
            set(self.env["product.category"].sudo().search([("id", "child_of", barred.ids)]).ids) if barred else set()
        )
        for template in self:
            template.crm_discount_barred = template.crm_no_discount or template.categ_id.id in below
