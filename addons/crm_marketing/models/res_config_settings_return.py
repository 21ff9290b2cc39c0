from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_attribution_days = fields.Integer(related="company_id.crm_attribution_days", readonly=False)
    crm_attribution_half_life = fields.Float(related="company_id.crm_attribution_half_life", readonly=False)
    crm_attribution_channel = fields.Selection(
        related="company_id.crm_attribution_channel", readonly=False, required=True
    )
    crm_response_benchmark = fields.Float(related="company_id.crm_response_benchmark", readonly=False)
    crm_response_target = fields.Float(related="company_id.crm_response_target", readonly=False)
    crm_response_min = fields.Integer(related="company_id.crm_response_min", readonly=False)
    crm_marketing_baseline_year = fields.Integer(related="company_id.crm_marketing_baseline_year", readonly=False)
    crm_reach_goal_pct = fields.Float(related="company_id.crm_reach_goal_pct", readonly=False)
    crm_expense_goal_pct = fields.Float(related="company_id.crm_expense_goal_pct", readonly=False)
    crm_acquisition_reference = fields.Float(related="company_id.crm_acquisition_reference", readonly=False)
    crm_acquisition_reference_high = fields.Float(related="company_id.crm_acquisition_reference_high", readonly=False)
