from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_rating_days = fields.Integer(related="company_id.crm_rating_days", readonly=False)
    crm_rating_reminder_days = fields.Integer(related="company_id.crm_rating_reminder_days", readonly=False)
    crm_rating_window = fields.Integer(related="company_id.crm_rating_window", readonly=False)
    crm_voice_min_answers = fields.Integer(related="company_id.crm_voice_min_answers", readonly=False)
    crm_detractor_max = fields.Integer(related="company_id.crm_detractor_max", readonly=False)
    crm_follow_up_hours = fields.Float(related="company_id.crm_follow_up_hours", readonly=False)
    crm_satisfaction_goal = fields.Float(related="company_id.crm_satisfaction_goal", readonly=False)
    crm_winback_days = fields.Integer(related="company_id.crm_winback_days", readonly=False)
    crm_churn_days = fields.Integer(related="company_id.crm_churn_days", readonly=False)
