from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .crm_commission_plan import ROLES


class CrmCommissionShare(models.Model):
    """Who gets which part of a commission, or something on top of it (managers)."""

    _name = "crm.commission.share"
    _description = "Commission Share"
    _order = "plan_id, is_override, sequence, id"

    plan_id = fields.Many2one("crm.commission.plan", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    role = fields.Selection(ROLES, "Goes to", required=True, default="document")
    user_id = fields.Many2one("res.users", "Person", domain=[("share", "=", False)], ondelete="cascade")
    percent = fields.Float("Share (%)", digits=(6, 2), required=True, default=100.0)
    is_override = fields.Boolean(
        "On Top", help="Paid on top, as a share of what the salespeople earn: for managers. Else a part of the whole."
    )

    _check_percent = models.Constraint("CHECK (percent > 0 AND percent <= 100)", "A share lies between 0 and 100 %.")

    @api.constrains("role", "user_id")
    def _check_person(self):
        if self.filtered(lambda share: share.role == "user" and not share.user_id):
            raise ValidationError(self.env._("Name the person who gets the share."))

    def _person(self, row):
        """The user of this share for a source row, or None."""
        self.ensure_one()
        return {
            "document": row["user_id"],
            "customer": row["partner_user_id"],
            "leader": row["leader_id"],
            "user": self.user_id.id,
        }[self.role]
