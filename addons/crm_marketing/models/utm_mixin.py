from odoo import api, models


class UtmMixin(models.AbstractModel):
    """Campaign names are unique across companies; campaigns are visible per company.

    Core searches campaigns by name before it makes one. Under the company rule of this
    addon it would miss the campaign of another company and then fail on the unique name,
    so that these two look-ups see all campaigns.
    """

    _inherit = "utm.mixin"

    def _find_or_create_record(self, model_name, name):
        if model_name == "utm.campaign" and name.strip():
            campaign = (
                self.env[model_name]
                .sudo()
                .with_context(active_test=False)
                .search([("name", "=ilike", name.strip())], limit=1)
            )
            if campaign:
                return campaign.sudo(self.env.su)
        return super()._find_or_create_record(model_name, name)

    @api.model
    def _get_unique_names(self, model_name, names):
        if model_name == "utm.campaign":
            self = self.sudo()
        return super()._get_unique_names(model_name, names)
