from odoo import fields, models


class CrmServiceTeam(models.Model):
    """What a team may decide on returns by itself; amounts tax included, in the company's currency."""

    _inherit = "crm.service.team"

    currency_id = fields.Many2one(related="company_id.currency_id")
    return_limit = fields.Monetary(
        "Returns Without Approval",
        default=500,
        help="An agent's return up to this amount is approved at once; 0: each return is approved by somebody.",
    )
    return_leader_limit = fields.Monetary(
        "Returns Approved by the Leader",
        default=5000,
        help="Up to this amount the leader of the team approves; above it a service manager.",
    )

    _check_return_limits = models.Constraint(
        "CHECK (return_limit >= 0 AND return_leader_limit >= 0)", "The limits of returns cannot be negative."
    )
