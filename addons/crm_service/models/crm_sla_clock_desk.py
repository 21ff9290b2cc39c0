from odoo import fields, models


class CrmSlaClock(models.Model):
    _inherit = "crm.sla.clock"

    escalation_ids = fields.One2many("crm.escalation.log", "clock_id", "Escalations", readonly=True)
