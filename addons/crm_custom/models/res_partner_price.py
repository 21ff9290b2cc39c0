from odoo import api, models
from odoo.exceptions import UserError

PRICE_LISTS = ("property_product_pricelist", "specific_property_product_pricelist")


class ResPartner(models.Model):
    """A customer's own price list stands above its class: only a sales manager grants one there."""

    _inherit = "res.partner"

    def write(self, vals):
        if any(name in vals for name in PRICE_LISTS):
            self._crm_check_price_list()
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        granted = [
            partner
            for partner, vals in zip(partners, vals_list, strict=True)
            if any(vals.get(name) for name in PRICE_LISTS)
        ]
        if granted:
            self.browse().union(*granted)._crm_check_price_list()
        return partners

    def _crm_check_price_list(self):
        if self.env.su or self.env.user.has_group("sales_team.group_sale_manager"):
            return
        policies = self.env["crm.customer.class.policy"]._for_partners(self, self.env.company)
        if any(policy.pricelist_id for policy in policies.values()):
            raise UserError(
                self.env._("This customer buys at the prices of its class. Ask a sales manager for another price list.")
            )
