from odoo import fields, models

MAINTENANCE_LEVELS = [
    ("1", "1 Price"),
    ("2", "2 Personal Contact"),
    ("3", "3 Personalised Service"),
    ("4", "4 Structural Tie"),
]


class ResPartner(models.Model):
    """How deep the relationship is kept: by price, by people, by service made for the customer, by built-in ties."""

    _inherit = "res.partner"

    maintenance_level = fields.Selection(
        MAINTENANCE_LEVELS,
        tracking=True,
        help="From level 2 on the customer has the contacts a year that its class promises.",
    )
