from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_alarm_id = fields.Many2one(related="company_id.crm_alarm_id", readonly=False)
    crm_visits_per_day = fields.Integer(related="company_id.crm_visits_per_day", readonly=False)
    crm_dormant_days = fields.Integer(related="company_id.crm_dormant_days", readonly=False)
    crm_rhythm_method = fields.Selection(related="company_id.crm_rhythm_method", readonly=False)
    crm_executive_ids = fields.Many2many(related="company_id.crm_executive_ids", readonly=False)
    crm_executive_customers = fields.Integer(related="company_id.crm_executive_customers", readonly=False)
