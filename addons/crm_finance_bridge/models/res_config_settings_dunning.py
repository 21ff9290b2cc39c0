from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_dunning_mode = fields.Selection(related="company_id.crm_dunning_mode", readonly=False)
