from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_affinity_basis = fields.Selection(related="company_id.crm_affinity_basis", readonly=False)
    crm_affinity_support = fields.Float(related="company_id.crm_affinity_support", readonly=False)
    crm_affinity_count = fields.Integer(related="company_id.crm_affinity_count", readonly=False)
    crm_affinity_months = fields.Integer(related="company_id.crm_affinity_months", readonly=False)
    crm_loyalty_change = fields.Float(related="company_id.crm_loyalty_change", readonly=False)
    crm_golive_date = fields.Date(related="company_id.crm_golive_date", readonly=False)
    crm_direct_target = fields.Float(related="company_id.crm_direct_target", readonly=False)
    crm_portal_confirm = fields.Boolean(related="company_id.crm_portal_confirm", readonly=False)
