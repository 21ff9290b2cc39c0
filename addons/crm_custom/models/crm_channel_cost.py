from odoo import fields, models

from .sale_order_channel import CHANNELS


class CrmChannelCost(models.Model):
    """What selling through a channel cost in a month: rent of the counter, the shop's fees, dealers' bonuses."""

    _name = "crm.channel.cost"
    _description = "Selling Cost of a Channel"
    _order = "month desc, channel, id"
    _rec_name = "channel"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    channel = fields.Selection(CHANNELS, required=True)
    month = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self).replace(day=1), help="Any day of the month."
    )
    amount = fields.Monetary(string="Cost", required=True)
    note = fields.Char()

    _check_amount = models.Constraint("CHECK (amount >= 0)", "The cost cannot be negative.")
