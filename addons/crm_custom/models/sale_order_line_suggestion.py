from odoo import fields, models

from .sale_order_channel import SOURCES


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    crm_suggestion = fields.Selection(
        SOURCES, string="From a Suggestion", readonly=True, copy=False, help="Why the line was suggested."
    )
