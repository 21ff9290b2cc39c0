from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import email_normalize

KEEP_DAYS = 90


class CrmMailRefusal(models.Model):
    """A mail to a service team that opened no ticket and joined none, and why: nothing is dropped without a trace.

    One row a Message-Id. Rows are forgotten after 90 days. `date` is UTC, the moment the gateway read the mail.
    """

    _name = "crm.mail.refusal"
    _description = "Mail Without Ticket"
    _order = "date desc, id desc"
    _rec_name = "subject"

    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now, index=True)
    reason = fields.Selection(
        [
            ("robot", "Written by a machine"),
            ("own", "Came from an own address"),
            ("loop", "Too many from this sender"),
            ("duplicate", "Delivered twice"),
        ],
        required=True,
        readonly=True,
    )
    email_from = fields.Char("From", readonly=True)
    email_to = fields.Char("To", readonly=True)
    subject = fields.Char(readonly=True)
    message_id = fields.Char("Message-Id", readonly=True)
    team_id = fields.Many2one("crm.service.team", readonly=True, ondelete="cascade", index="btree_not_null")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade", index="btree_not_null")

    _message_reason_uniq = models.UniqueIndex("(message_id, reason)", "This mail is noted already.")

    @api.model
    def _note(self, reason, msg_dict, team=None):
        """Note that a mail opened no ticket; once a mail and reason."""
        known = [("message_id", "=", msg_dict.get("message_id")), ("reason", "=", reason)]
        if self.sudo().search_count(known, limit=1):
            return
        self.sudo().create(
            {
                "reason": reason,
                "email_from": email_normalize(msg_dict.get("email_from")) or msg_dict.get("email_from"),
                "email_to": msg_dict.get("to"),
                "subject": msg_dict.get("subject") or self.env._("No subject"),
                "message_id": msg_dict.get("message_id"),
                "team_id": team.id if team else False,
                "company_id": team.company_id.id if team else False,
            }
        )

    @api.autovacuum
    def _gc_refusals(self):
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.sudo().search([("date", "<", limit)], limit=10_000).unlink()
