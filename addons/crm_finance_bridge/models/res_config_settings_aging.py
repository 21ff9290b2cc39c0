from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_aging_concentration = fields.Float(related="company_id.crm_aging_concentration", readonly=False)
    crm_aging_max_days = fields.Integer(related="company_id.crm_aging_max_days", readonly=False)
    crm_kpi_days = fields.Integer(related="company_id.crm_kpi_days", readonly=False)
