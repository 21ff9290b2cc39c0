from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_collision_policy = fields.Selection(
        [
            ("request", "Ask for the hand-over"),
            ("block", "Block"),
            ("off", "Show only"),
        ],
        string="Customer of a colleague",
        default="request",
        required=True,
        help="What a salesperson can do who opens a lead for a customer that a colleague owns.",
    )
    crm_idle_months = fields.Integer(
        string="Months without activity",
        default=24,
        help="Data check: a customer without document, meeting, contact or message for so long has no activity.",
        prefetch="crm",
    )

    _crm_idle_months_check = models.Constraint(
        "CHECK (crm_idle_months > 0)", "The months without activity must be more than zero."
    )
