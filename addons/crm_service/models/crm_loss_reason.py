from odoo import fields, models


class CrmLossReason(models.Model):
    """Why a customer was lost."""

    _name = "crm.loss.reason"
    _description = "Reason for Losing a Customer"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_care = fields.Boolean("Insufficient Care", help="Counts as not enough care for the customer.")
