from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_credit_with_orders = fields.Boolean(related="company_id.crm_credit_with_orders", readonly=False)
    crm_credit_with_drafts = fields.Boolean(related="company_id.crm_credit_with_drafts", readonly=False)
    crm_credit_with_receipts = fields.Boolean(related="company_id.crm_credit_with_receipts", readonly=False)
    crm_credit_hold_delivery = fields.Boolean(related="company_id.crm_credit_hold_delivery", readonly=False)
    crm_credit_second_amount = fields.Monetary(related="company_id.crm_credit_second_amount", readonly=False)
    crm_credit_cap = fields.Monetary(related="company_id.crm_credit_cap", readonly=False)
