from odoo import fields, models


class CrmDeliveryService(models.Model):
    """A service that is built into the deliveries to one customer: labels, time slots, stock kept for him."""

    _name = "crm.delivery.service"
    _inherit = ["mail.thread"]
    _description = "Customer Delivery Service"
    _order = "partner_id, kind, id"

    name = fields.Char(string="Instruction", required=True, tracking=True, help="What the warehouse has to do.")
    kind = fields.Selection(
        [
            ("label", "Customer labels"),
            ("slot", "Delivery slot"),
            ("vmi", "Stock kept for the customer (VMI)"),
            ("packing", "Packing"),
            ("other", "Other"),
        ],
        required=True,
        default="label",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    active = fields.Boolean(default=True)
