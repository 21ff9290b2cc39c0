from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    crm_bucket_1 = fields.Integer(related="company_id.crm_bucket_1", readonly=False)
    crm_bucket_2 = fields.Integer(related="company_id.crm_bucket_2", readonly=False)
    crm_bucket_3 = fields.Integer(related="company_id.crm_bucket_3", readonly=False)
    crm_bucket_4 = fields.Integer(related="company_id.crm_bucket_4", readonly=False)
