from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        """Wages are what their posted items say: forget what was read of them."""
        result = super().write(vals)
        if "state" in vals:
            self.env["crm.wage"].invalidate_model(["amount", "origin"], flush=False)
        return result
