from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    crm_call_line_id = fields.Many2one(
        "crm.call.line", "Call", index="btree_not_null", ondelete="set null", readonly=True, copy=False
    )
