from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from .portal import MAX_TEXT, TicketPortal


class TicketPortalActions(TicketPortal):
    """What a customer does with his own ticket: answer, close, reopen, rate. POST with a token, nothing else."""

    def _my_ticket(self, ticket_id):
        """Return the ticket in sudo, as the customer himself; nothing for tickets of somebody else."""
        if not request.env.user._is_portal():
            return None
        try:
            self._document_check_access("crm.ticket", ticket_id)
        except (AccessError, MissingError):
            return None
        return request.env["crm.ticket"].browse(ticket_id).sudo()

    def _back(self, ticket_sudo, note=""):
        anchor = f"?note={note}" if note else ""
        return request.redirect(f"/my/tickets/{ticket_sudo.id}{anchor}")

    @http.route("/my/tickets/<int:ticket_id>/reply", type="http", auth="user", website=True, methods=["POST"])
    def portal_reply(self, ticket_id, **post):
        """Post the customer's answer with its files; an answer wakes a waiting or solved ticket up."""
        ticket_sudo = self._my_ticket(ticket_id)
        if not ticket_sudo:
            return request.redirect("/my")
        text = (post.get("body") or "").strip()[:MAX_TEXT]
        contents, too_much = self._read_files()
        if too_much:
            return self._back(ticket_sudo, "files")
        if not text and not contents:
            return self._back(ticket_sudo, "empty")
        self._post_request(ticket_sudo, text, contents)
        return self._back(ticket_sudo, "sent")

    @http.route("/my/tickets/<int:ticket_id>/close", type="http", auth="user", website=True, methods=["POST"])
    def portal_close(self, ticket_id, **_post):
        ticket_sudo = self._my_ticket(ticket_id)
        if not ticket_sudo:
            return request.redirect("/my")
        return self._back(ticket_sudo, "closed" if ticket_sudo._portal_close() else "")

    @http.route("/my/tickets/<int:ticket_id>/reopen", type="http", auth="user", website=True, methods=["POST"])
    def portal_reopen(self, ticket_id, **_post):
        ticket_sudo = self._my_ticket(ticket_id)
        if not ticket_sudo:
            return request.redirect("/my")
        return self._back(ticket_sudo, "reopened" if ticket_sudo._portal_reopen() else "")

    @http.route("/my/tickets/<int:ticket_id>/rate", type="http", auth="user", website=True, methods=["POST"])
    def portal_rate(self, ticket_id, **post):
        ticket_sudo = self._my_ticket(ticket_id)
        if not ticket_sudo:
            return request.redirect("/my")
        feedback = (post.get("feedback") or "").strip()[:MAX_TEXT]
        done = ticket_sudo._portal_rate(request.env.user.partner_id, self._number(post.get("rate")), feedback)
        return self._back(ticket_sudo, "rated" if done else "")
