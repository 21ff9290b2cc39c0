from odoo import fields, models


class ResCompany(models.Model):
    """Who is told in advance of late goods, and how many days ahead the run looks."""

    _inherit = "res.company"

    crm_notice_to = fields.Selection(
        [("valuable", "Valuable customers"), ("all", "All customers"), ("none", "Nobody")],
        "Tell of Delays",
        default="valuable",
        required=True,
        help="Valuable: special customers, class A, and those whose lifecycle is 'valuable'.",
        prefetch="crm",
    )
    crm_notice_days = fields.Integer(
        "Days Ahead", default=7, help="Deliveries promised for the next days are looked at.", prefetch="crm"
    )

    _check_crm_notice_days = models.Constraint("CHECK (crm_notice_days >= 0)", "The days ahead cannot be negative.")
