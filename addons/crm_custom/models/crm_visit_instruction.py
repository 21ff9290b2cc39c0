from odoo import models


class CrmVisit(models.Model):
    """A visit shows how its customer is to be served."""

    _name = "crm.visit"
    _inherit = ["crm.visit", "crm.instruction.mixin"]
