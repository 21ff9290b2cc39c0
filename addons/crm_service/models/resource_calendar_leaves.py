from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    """Holidays are kept between requests for the service clocks; an employee's own leave is none of them."""

    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._crm_forget_holidays()
        return leaves

    def write(self, vals):
        self._crm_forget_holidays()
        result = super().write(vals)
        self._crm_forget_holidays()
        return result

    def unlink(self):
        self._crm_forget_holidays()
        return super().unlink()

    def _crm_forget_holidays(self):
        if any(not leave.resource_id for leave in self):
            self.env.registry.clear_cache()
