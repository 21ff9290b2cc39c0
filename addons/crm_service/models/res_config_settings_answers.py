from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_solution_days = fields.Integer(related="company_id.crm_solution_days", readonly=False)
