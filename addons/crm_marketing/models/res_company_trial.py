from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_loyalty_active_days = fields.Integer(
        "Active Loyalty Member (days)",
        default=365,
        help="A member who ordered, earned or used points within so many days counts as active.",
        prefetch="crm",
    )

    _check_crm_loyalty_active_days = models.Constraint(
        "CHECK (crm_loyalty_active_days > 0)", "A member is active within at least one day."
    )
