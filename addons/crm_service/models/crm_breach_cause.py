from odoo import fields, models


class CrmBreachCause(models.Model):
    """Why a promise was broken: a short list, so that causes can be counted and the largest removed."""

    _name = "crm.breach.cause"
    _description = "Cause of a Broken Promise"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    party = fields.Selection(
        [("company", "Ourselves"), ("customer", "Customer"), ("supplier", "Supplier or carrier"), ("nobody", "Nobody")],
        "Caused By",
        required=True,
        default="company",
    )
    company_id = fields.Many2one("res.company", help="Empty: all companies use this cause.")
    description = fields.Text("When to Choose It", translate=True)
