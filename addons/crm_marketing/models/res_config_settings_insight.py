from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_rfm_months = fields.Integer(related="company_id.crm_rfm_months", readonly=False)
    crm_insight_months = fields.Integer(related="company_id.crm_insight_months", readonly=False)
