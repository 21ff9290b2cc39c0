from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_class_a_share = fields.Float(related="company_id.crm_class_a_share", readonly=False)
    crm_class_basis = fields.Selection(related="company_id.crm_class_basis", readonly=False)
    crm_class_rule_agent = fields.Selection(related="company_id.crm_class_rule_agent", readonly=False)
    crm_class_rule_franchisee = fields.Selection(related="company_id.crm_class_rule_franchisee", readonly=False)
    crm_class_rule_distributor = fields.Selection(related="company_id.crm_class_rule_distributor", readonly=False)
    crm_class_rule_direct = fields.Selection(related="company_id.crm_class_rule_direct", readonly=False)
    crm_class_b_growth = fields.Float(related="company_id.crm_class_b_growth", readonly=False)
    crm_growth_year = fields.Selection(related="company_id.crm_growth_year", readonly=False)
    crm_loyalty_min = fields.Float(related="company_id.crm_loyalty_min", readonly=False)
    crm_cooperation_min = fields.Float(related="company_id.crm_cooperation_min", readonly=False)
    crm_new_days = fields.Integer(related="company_id.crm_new_days", readonly=False)
    crm_fading_days = fields.Integer(related="company_id.crm_fading_days", readonly=False)
    crm_lost_days = fields.Integer(related="company_id.crm_lost_days", readonly=False)
