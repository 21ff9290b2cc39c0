from odoo import fields, models


class RepairOrder(models.Model):
    _inherit = "repair.order"

    ticket_id = fields.Many2one(
        "crm.ticket", "Service Ticket", index="btree_not_null", copy=False, readonly=True, ondelete="set null"
    )
