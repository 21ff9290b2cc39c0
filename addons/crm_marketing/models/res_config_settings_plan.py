from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_campaign_approval = fields.Selection(related="company_id.crm_campaign_approval", readonly=False, required=True)
    crm_campaign_approval_amount = fields.Monetary(
        related="company_id.crm_campaign_approval_amount", readonly=False, currency_field="company_currency_id"
    )
    crm_campaign_stop_pct = fields.Float(related="company_id.crm_campaign_stop_pct", readonly=False)
