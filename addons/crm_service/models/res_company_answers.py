from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_solution_days = fields.Integer(
        "Days Until a Solution Has Helped",
        default=7,
        help="A ticket solved with a solution and not opened again for so many days counts as helped.",
        prefetch="crm",
    )

    _crm_solution_days_positive = models.Constraint(
        "CHECK (crm_solution_days >= 0)", "The days until a solution has helped cannot be negative."
    )
