from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProductTemplate(models.Model):
    _inherit = "product.template"

    crm_upsell_ids = fields.Many2many(
        "product.template",
        "crm_product_upsell_rel",
        "product_tmpl_id",
        "upsell_tmpl_id",
        string="Higher Tier",
        domain="[('sale_ok', '=', True), ('id', '!=', id)]",
        check_company=True,
        help="Newer or better products of the same kind, suggested instead of this one.",
    )
    crm_replacement_months = fields.Integer(
        string="Replaced after (months)", help="A customer needs a new one after so many months; 0 = never."
    )
    crm_portal_hidden = fields.Boolean(string="Not in the portal", help="Dealers do not see it in the portal shop.")

    @api.constrains("crm_replacement_months", "crm_upsell_ids")
    def _check_crm_upsell(self):
        for template in self:
            if template.crm_replacement_months < 0:
                raise ValidationError(self.env._("The months until replacement cannot be negative."))
            if template in template.crm_upsell_ids:
                raise ValidationError(self.env._("A product is no higher tier of itself."))
