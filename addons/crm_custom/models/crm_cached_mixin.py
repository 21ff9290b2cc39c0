from odoo import api, models


class CrmCachedMixin(models.AbstractModel):
    """Settings that rules read through `ormcache`: every change clears the registry's cache, in all workers."""

    _name = "crm.cached.mixin"
    _description = "Cached Settings"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=True)
    def _unlink_clear_cache(self):
        self.env.registry.clear_cache()
