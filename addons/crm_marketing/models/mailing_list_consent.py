from odoo import fields, models
from odoo.addons.crm_custom.models.crm_consent_text import PURPOSES


class MailingList(models.Model):
    _inherit = "mailing.list"

    crm_purpose = fields.Selection(
        PURPOSES,
        string="Purpose",
        required=True,
        default="marketing",
        help="Who refuses this purpose by mail leaves the list at once.",
    )
