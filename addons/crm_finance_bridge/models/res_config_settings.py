from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_credit_hold_rule = fields.Selection(related="company_id.crm_credit_hold_rule", readonly=False)
    crm_credit_overdue_limit = fields.Monetary(related="company_id.crm_credit_overdue_limit", readonly=False)
    crm_credit_max_days = fields.Integer(related="company_id.crm_credit_max_days", readonly=False)
    crm_credit_release_days = fields.Integer(related="company_id.crm_credit_release_days", readonly=False)
    crm_credit_controller_id = fields.Many2one(related="company_id.crm_credit_controller_id", readonly=False)
