from odoo import fields, models


class CrmServiceTeam(models.Model):
    _inherit = "crm.service.team"

    breach_cause_rule = fields.Selection(
        [("required", "Required"), ("asked", "Asked for, may stay empty")],
        "Cause of a Broken Promise",
        required=True,
        default="required",
        help="Required: a ticket with a broken promise is solved or closed only with the cause of it.",
    )
