from odoo import fields, models


class CrmReturnReason(models.Model):
    """Why goods come back, and on whose side the cause lies."""

    _name = "crm.return.reason"
    _description = "Return Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index="btree_not_null")
    fault = fields.Selection(
        [("us", "Ours"), ("vendor", "Vendor's"), ("carrier", "Carrier's"), ("customer", "Customer's")],
        string="Cause",
        required=True,
        default="us",
        help="On whose side the cause lies.",
    )
