import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize, email_normalize_all, plaintext2html

from ..tools import gateway, references

_logger = logging.getLogger(__name__)
RECIPIENT_HEADERS = ("Delivered-To", "X-Original-To", "To", "Cc", "Resent-To", "Resent-Cc")
SNIPPET = 2000  # characters of an unreadable mail that are shown as the request


class CrmTicket(models.Model):
    """What the gateway asks of tickets: which one a mail belongs to, and a place for mail that nobody can read."""

    _inherit = "crm.ticket"

    # === WHICH TICKET === #

    @api.model
    def _routes_by_number(self, routes, msg_dict):
        """Send a new mail to the ticket that its subject names, if the sender has to do with that ticket."""
        if not any(route[0] == self._name and not route[1] for route in routes or ()):
            return routes
        ticket = self._ticket_of_subject(msg_dict.get("subject"), msg_dict.get("email_from"))
        if not ticket:
            return routes
        changed = []
        for route in routes:
            if route[0] == self._name and not route[1]:
                team = self.env["crm.service.team"].sudo().browse((route[2] or {}).get("team_id"))
                if not team or team.company_id == ticket.company_id:
                    route = (route[0], ticket.id, *route[2:])
            changed.append(route)
        return changed

    @api.model
    def _ticket_of_subject(self, subject, email_from):
        """Return the one ticket named in a subject whose customer, contact, copy or agent the sender is."""
        words = references.candidates(subject or "")
        email = email_normalize(email_from)
        tickets = self.sudo().search([("number", "in", words)]) if words and email else self.browse()
        if not tickets:
            return tickets
        senders = self.env["res.partner"].sudo().search([("email_normalized", "=", email)])
        known = tickets.filtered(
            lambda ticket: (
                email in ticket._addresses()
                or ticket.commercial_partner_id in senders.commercial_partner_id
                or senders.user_ids.filtered(lambda user: not user.share)
            )
        )
        return known if len(known) == 1 else self.browse()

    def _addresses(self):
        """Return the addresses (normalised) that wrote to the ticket or were in copy."""
        return set(email_normalize_all(f"{self.partner_email or ''},{self.email_cc or ''}"))

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        """As Odoo's, through the index on the opening date: the bare search reads every ticket at each mail."""
        minutes = int(self.env["ir.config_parameter"].sudo().get_param("mail.gateway.loop.minutes", 120))
        since = fields.Datetime.now() - timedelta(minutes=minutes)
        return [("date_open", ">=", since), ("partner_email", "ilike", email_from_normalized)]

    # === MAIL THAT CANNOT BE READ === #

    @api.model
    def _keep_unread_mail(self, raw, failure, model, custom_values):
        """Keep a mail that could not be processed as a ticket with the raw mail attached; return its id.

        A mail that is no affair of a service team fails as it would without the suite.
        """
        headers = gateway.read_headers(raw)
        team = self._team_of_headers(headers, model, custom_values)
        if team is None:
            raise failure
        message_id = gateway.header(headers, "Message-Id")
        if self.env["mail.message"].sudo().search_count([("message_id", "=", message_id)], limit=1):
            return False
        sender = {
            "message_id": message_id,
            "email_from": gateway.header(headers, "From"),
            "to": gateway.header(headers, "To"),
            "subject": gateway.header(headers, "Subject"),
        }
        if gateway.is_automatic(headers) or self.env["mail.thread"]._is_own_address(sender["email_from"]):
            self.env["crm.mail.refusal"]._note("robot", sender, team)
            return False
        _logger.info("Mail %s cannot be processed and is kept as it came: %s", message_id, failure)
        return self._open_unread(sender, raw, team).id

    @api.model
    def _team_of_headers(self, headers, model, custom_values):
        """Return the team a raw mail was sent to (an empty record: any), None where it concerns no team."""
        Team = self.env["crm.service.team"].sudo()
        recipients = email_normalize_all(",".join(gateway.header(headers, name) for name in RECIPIENT_HEADERS))
        if recipients:
            local_parts = [email.partition("@")[0] for email in recipients]
            written_to = Domain("alias_full_name", "in", recipients) | (
                Domain("alias_name", "in", local_parts) & Domain("alias_incoming_local", "=", True)
            )
            found = Team.search(Domain("alias_id", "any", written_to), limit=1)
            if found:
                return found
        return Team.browse((custom_values or {}).get("team_id")) if model == self._name else None

    @api.model
    def _open_unread(self, sender, raw, team):
        """Open the ticket of an unreadable mail: what can be shown of it as the request, all of it as a file."""
        company = team.company_id or self.env.company
        text = raw.decode("utf-8", "replace").replace("\r\n", "\n").partition("\n\n")[2].replace("\x00", "")[:SNIPPET]
        email = email_normalize(sender["email_from"])
        partners = self.env["res.partner"].sudo().search([("email_normalized", "=", email)], limit=2) if email else []
        partner = partners if len(partners) == 1 else self.env["res.partner"]
        values = {
            "name": sender["subject"].replace("\x00", "")[:200] or self.env._("Unreadable mail"),
            "channel": "email",
            "company_id": company.id,
            "user_id": False,
            "partner_id": partner.id,
            "partner_email": sender["email_from"].replace("\x00", "") or False,
            "description": plaintext2html(text),
        }
        if team:
            values["team_id"] = team.id
        robot = self.env.ref("base.user_root")
        Ticket = self.sudo().with_user(robot).sudo().with_context(mail_create_nosubscribe=True, mail_create_nolog=True)
        ticket = Ticket.with_company(company).create(values)
        ticket.with_context(mail_post_autofollow_author_skip=True).message_post(
            body=self.env._("This mail could not be read. It is attached as it came."),
            message_type="email",
            message_id=sender["message_id"],
            email_from=sender["email_from"].replace("\x00", "") or self.env._("Unknown sender"),
            author_id=partner.id or False,
            subtype_xmlid="mail.mt_note",
            attachments=[("original_email.eml", raw)],
        )
        return ticket
