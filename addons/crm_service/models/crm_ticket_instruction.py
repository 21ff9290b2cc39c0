from odoo import models


class CrmTicket(models.Model):
    """A ticket shows how its customer is to be served."""

    _name = "crm.ticket"
    _inherit = ["crm.ticket", "crm.instruction.mixin"]
