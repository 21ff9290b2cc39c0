from odoo import fields, models


class UtmSource(models.Model):
    _inherit = "utm.source"

    crm_word_of_mouth = fields.Boolean("Word of Mouth", help="Leads of this source count as recommended.")
