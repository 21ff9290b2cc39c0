from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_campaign_warn_pct = fields.Float(related="company_id.crm_campaign_warn_pct", readonly=False)
