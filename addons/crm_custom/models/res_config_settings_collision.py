from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_collision_policy = fields.Selection(related="company_id.crm_collision_policy", readonly=False, required=True)
    crm_idle_months = fields.Integer(related="company_id.crm_idle_months", readonly=False)
