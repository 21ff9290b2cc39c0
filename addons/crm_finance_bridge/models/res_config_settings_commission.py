from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_commission_journal_id = fields.Many2one(related="company_id.crm_commission_journal_id", readonly=False)
    crm_commission_account_id = fields.Many2one(related="company_id.crm_commission_account_id", readonly=False)
