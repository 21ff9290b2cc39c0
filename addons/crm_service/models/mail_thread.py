import logging
import random
import time
import xmlrpc.client

import psycopg2
from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import email_normalize

from ..tools import gateway

_logger = logging.getLogger(__name__)
TRIES = 5
TICKET = "crm.ticket"


class MailThread(models.AbstractModel):
    """The gateway of the service teams: no mail of a person is lost, none counts twice, no robot opens a ticket."""

    _inherit = "mail.thread"

    @api.model
    def message_process(
        self, model, message, custom_values=None, save_original=False, strip_attachments=False, thread_id=None
    ):
        raw = message.data if isinstance(message, xmlrpc.client.Binary) else message
        raw = gateway.with_message_id(raw.encode() if isinstance(raw, str) else bytes(raw))
        values = (model, raw, custom_values, save_original, strip_attachments, thread_id)
        # A fetched mail has its transaction to itself: who meets another writer tries again instead of giving it up.
        alone = bool(self.env.context.get("default_fetchmail_server_id"))
        failure = None
        for attempt in range(TRIES if alone else 1):
            try:
                with self.env.cr.savepoint():
                    return super().message_process(*values)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
                if not alone:
                    raise
                failure = error
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                time.sleep(random.uniform(0, 0.2 * 2**attempt))
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                raise
            except Exception as error:  # noqa: BLE001 whatever a stranger's mail breaks, the mail is kept
                failure = error
                break
        return self.env[TICKET]._keep_unread_mail(raw, failure, model, custom_values)

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """A new mail that names a ticket of its sender in the subject joins that ticket."""
        routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        return self.env[TICKET]._routes_by_number(routes, message_dict)

    @api.model
    def _detect_loop_sender(self, message, message_dict, routes):
        if (team := self._service_team_of(routes)) and team._is_scanner(message_dict.get("email_from")):
            return False
        result = super()._detect_loop_sender(message, message_dict, routes)
        if result and team is not None:
            self.env["crm.mail.refusal"]._note("loop", message_dict, team)
        return result

    @api.model
    def _message_parse_post_process(self, message, message_dict, routes):
        """Attach the mail as it came where some of it could not be read."""
        if self._service_team_of(routes) is not None and gateway.flaws(message):
            original = self._Attachment("original_email.eml", message.as_bytes(), {})
            message_dict["attachments"] = [*(message_dict.get("attachments") or []), original]
        return super()._message_parse_post_process(message, message_dict, routes)

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """A robot's mail opens no ticket; on an existing ticket it is kept but moves nothing (see `crm.ticket`)."""
        team = self._service_team_of(routes)
        if team is None:
            return super()._message_route_process(message, message_dict, routes)
        own, robot = self._is_own_address(message_dict.get("email_from")), gateway.is_automatic(message)
        thread = self
        if team._is_scanner(message_dict.get("email_from")):
            thread = self.with_context(crm_ticket_silent=True)
        elif own or robot:
            opens = robot and not own and team.robot_mail == "open"
            kept = [route for route in routes if route[0] != TICKET or route[1] or opens]
            if len(kept) < len(routes):
                _logger.info("Automatic mail %s opens no ticket", message_dict.get("message_id"))
                self.env["crm.mail.refusal"]._note("own" if own else "robot", message_dict, team)
            routes, thread = kept, self.with_context(crm_ticket_automatic=True)
        elif gateway.wants_no_answer(message):
            thread = self.with_context(crm_ticket_silent=True)
        thread = thread.with_context(crm_mail_is_kept=True)
        return super(MailThread, thread)._message_route_process(message, message_dict, routes)

    @api.model
    def _service_team_of(self, routes):
        """Return the team (or none, an empty record) to which a mail goes; None where it is no affair of service."""
        for route in routes or ():
            if route[0] == TICKET:
                if route[1]:
                    return self.env[TICKET].sudo().browse(route[1]).team_id
                return self.env["crm.service.team"].sudo().browse((route[2] or {}).get("team_id"))
        return None

    @api.model
    def _is_own_address(self, email_from):
        """A mail from an address that this database itself reads or writes with would go round in circles."""
        email = email_normalize(email_from)
        return bool(email and self.env["mail.alias.domain"].sudo()._find_aliases([email]))
