from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_promise_grace_days = fields.Integer(related="company_id.crm_promise_grace_days", readonly=False)
    crm_promise_max_days = fields.Integer(related="company_id.crm_promise_max_days", readonly=False)
    crm_collector_capacity = fields.Integer(related="company_id.crm_collector_capacity", readonly=False)
