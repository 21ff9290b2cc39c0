from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    preferred_address = fields.Char(
        "Preferred Form of Address",
        help="How the person wants to be addressed, e.g. 'Ms Dr. Berg'; used on tickets and in replies.",
    )

    def _crm_salutation(self):
        """Return how to address the contact: as preferred, else by name."""
        if not self:
            return ""
        self.ensure_one()
        return self.preferred_address or self.name or ""
