from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_maintenance_days = fields.Integer(related="company_id.crm_maintenance_days", readonly=False)
    crm_maintenance_reminder = fields.Selection(related="company_id.crm_maintenance_reminder", readonly=False)
    crm_travel_minutes = fields.Integer(related="company_id.crm_travel_minutes", readonly=False)
