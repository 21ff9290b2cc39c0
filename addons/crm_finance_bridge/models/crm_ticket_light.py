from odoo import models


class CrmTicket(models.Model):
    """The agent of a ticket sees the colour, those who may see the customer's credit the amounts."""

    _name = "crm.ticket"
    _inherit = ["crm.ticket", "crm.money.light"]

    def _crm_light_is_mine(self):
        return super()._crm_light_is_mine() and self.env.user.has_group("crm_service.group_service_user")
