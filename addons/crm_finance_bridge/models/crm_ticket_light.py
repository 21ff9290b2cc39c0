from odoo import api, models


class CrmTicket(models.Model):
    """The agent of a ticket sees the colour, those who may see the customer's credit the amounts."""

    _name = "crm.ticket"
    _inherit = ["crm.ticket", "crm.money.light"]

    @api.model
    def _crm_light_depends(self):
        return [*super()._crm_light_depends(), "user_id"]

    def _crm_light_is_mine(self):
        user = self.env.user
        return self.user_id == user and user.has_group("crm_service.group_service_user")
