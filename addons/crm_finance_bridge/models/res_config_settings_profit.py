from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_credit_cost_rate = fields.Float(related="company_id.crm_credit_cost_rate", readonly=False)
    crm_profit_baseline_year = fields.Integer(related="company_id.crm_profit_baseline_year", readonly=False)
    crm_margin_goal = fields.Float(related="company_id.crm_margin_goal", readonly=False)
    crm_rep_goal = fields.Float(related="company_id.crm_rep_goal", readonly=False)
