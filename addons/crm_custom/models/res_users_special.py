from odoo import api, models
from odoo.exceptions import ValidationError


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.constrains("active")
    def _check_special_customers(self):
        """Nobody leaves while a special customer relies on them."""
        gone = self.filtered(lambda user: not user.active)
        if not gone:
            return
        left = (
            self.env["res.partner"]
            .sudo()
            .search(
                [("is_special", "=", True), "|", ("user_id", "in", gone.ids), ("deputy_user_id", "in", gone.ids)],
                limit=5,
            )
        )
        if left:
            raise ValidationError(
                self.env._(
                    "Special customers need another salesperson or deputy first: %(customers)s.",
                    customers=", ".join(left.mapped("display_name")),
                )
            )
