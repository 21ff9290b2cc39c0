from odoo import models


class CrmLead(models.Model):
    """Order-to-cash status of all confirmed orders of the opportunity."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.flow.status.mixin"]
    _flow_field = "opportunity_id"
