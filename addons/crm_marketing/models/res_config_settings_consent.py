from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_consent_rule = fields.Selection(related="company_id.crm_consent_rule", readonly=False)
    crm_consent_months = fields.Integer(related="company_id.crm_consent_months", readonly=False)
    crm_contact_cap = fields.Integer(related="company_id.crm_contact_cap", readonly=False)
    crm_contact_cap_days = fields.Integer(related="company_id.crm_contact_cap_days", readonly=False)
    crm_mail_baseline = fields.Integer(related="company_id.crm_mail_baseline", readonly=False)
