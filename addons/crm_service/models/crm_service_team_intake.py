from odoo import fields, models
from odoo.tools import email_normalize, email_normalize_all


class CrmServiceTeam(models.Model):
    """How requests reach a team."""

    _inherit = "crm.service.team"

    robot_mail = fields.Selection(
        [("refuse", "Note it, open no ticket"), ("open", "Open a ticket, answer nothing")],
        "Mail of Machines",
        required=True,
        default="refuse",
        help="Away notes, list mail and other mail that no person wrote. Open tickets for it where the address of the "
        "team is a mailing list, or where alarms of machines are requests. Such mail is never answered.",
    )
    scanner_addresses = fields.Char(
        "Fax and Scanner Addresses",
        help="Mail from these addresses, separated by commas, opens tickets of the channel 'Letter or Fax'. It is "
        "neither answered nor counted as too many from one sender.",
    )

    def _is_scanner(self, email_from):
        """Return True for mail that a fax server or a scanner of the team sends."""
        addresses = self.sudo().scanner_addresses if self else False
        email = email_normalize(email_from) if addresses else False
        return bool(email) and email in email_normalize_all(addresses)
