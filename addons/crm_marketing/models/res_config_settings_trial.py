from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_loyalty_active_days = fields.Integer(related="company_id.crm_loyalty_active_days", readonly=False)
