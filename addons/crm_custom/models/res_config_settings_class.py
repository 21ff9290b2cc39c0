from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_pareto_share = fields.Float(related="company_id.crm_pareto_share", readonly=False)
    crm_cost_contact = fields.Float(related="company_id.crm_cost_contact", readonly=False)
    crm_cost_visit = fields.Float(related="company_id.crm_cost_visit", readonly=False)
    crm_cost_delivery = fields.Float(related="company_id.crm_cost_delivery", readonly=False)
    crm_cost_ticket = fields.Float(related="company_id.crm_cost_ticket", readonly=False)
    crm_give_up_months = fields.Integer(related="company_id.crm_give_up_months", readonly=False)
    crm_clv_months = fields.Integer(related="company_id.crm_clv_months", readonly=False)
    crm_clv_rate = fields.Float(related="company_id.crm_clv_rate", readonly=False)
