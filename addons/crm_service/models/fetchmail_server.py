from imaplib import IMAP4

from odoo import models


class FetchmailServer(models.Model):
    """Mail is read without marking it: a worker killed at the wrong moment leaves it unread, to be fetched again.

    Odoo reads with RFC822, which marks the mail as seen, and takes the mark back in a second command.
    """

    _inherit = "fetchmail.server"

    def _connect__(self, allow_archived=False):  # noqa: PLW3201 Odoo's name
        connection = super()._connect__(allow_archived=allow_archived)
        if isinstance(connection, IMAP4):
            fetch = connection.fetch
            connection.fetch = lambda number, parts: fetch(number, "(BODY.PEEK[])" if parts == "(RFC822)" else parts)
        return connection
