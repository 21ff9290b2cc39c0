from odoo import fields, models

from .sale_order_channel import CHANNELS


class CrmTeam(models.Model):
    _inherit = "crm.team"

    crm_channel = fields.Selection(
        CHANNELS, string="Sales Channel", help="Of the team's orders, unless the customer sells on."
    )
