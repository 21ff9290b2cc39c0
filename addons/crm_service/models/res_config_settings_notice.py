from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_notice_to = fields.Selection(related="company_id.crm_notice_to", readonly=False, required=True)
    crm_notice_days = fields.Integer(related="company_id.crm_notice_days", readonly=False)
