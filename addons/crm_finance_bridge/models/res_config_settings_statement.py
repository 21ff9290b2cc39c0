from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_statement_mode = fields.Selection(related="company_id.crm_statement_mode", readonly=False)
    crm_statement_day = fields.Integer(related="company_id.crm_statement_day", readonly=False)
    crm_statement_kind = fields.Selection(related="company_id.crm_statement_kind", readonly=False)
    crm_statement_attachment = fields.Selection(related="company_id.crm_statement_attachment", readonly=False)
