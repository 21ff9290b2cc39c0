from odoo import fields, models

from . import res_partner_answers  # noqa: F401  # extended here


class ResPartner(models.Model):
    _inherit = "res.partner"

    preferred_address = fields.Char(
        "Preferred Form of Address",
        help="How the person wants to be addressed, e.g. 'Ms Dr. Berg'; used on tickets and in replies.",
        prefetch="crm",
    )

    def _crm_salutation(self):
        """Begin the letter as the contact wants to be addressed."""
        if self.preferred_address:
            return self.env._("Dear %s", self.preferred_address)
        return super()._crm_salutation()
