from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_match_automatic = fields.Boolean(related="company_id.crm_match_automatic", readonly=False)
    crm_match_threshold = fields.Float(related="company_id.crm_match_threshold", readonly=False)
    crm_match_tolerance = fields.Monetary(related="company_id.crm_match_tolerance", readonly=False)
    crm_match_fee_limit = fields.Monetary(related="company_id.crm_match_fee_limit", readonly=False)
    crm_match_fee_account_id = fields.Many2one(related="company_id.crm_match_fee_account_id", readonly=False)
