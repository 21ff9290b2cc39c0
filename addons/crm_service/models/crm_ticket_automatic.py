import logging
from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models

from ..tools import sla

_logger = logging.getLogger(__name__)

# At most so many automatic answers go to one address within an hour.
ANSWER_LIMIT = 3


class CrmTicket(models.Model):
    """Automatic answers: real data to known contacts, marked, closed where allowed, handed to an agent otherwise."""

    _inherit = "crm.ticket"

    automatic_state = fields.Selection(
        [("todo", "To Be Answered"), ("sent", "Answered"), ("refused", "Left to an Agent")],
        "Automatic Answer",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    auto_answered = fields.Boolean("Answered Automatically", readonly=True, copy=False)
    date_auto_answered = fields.Datetime("Answered Automatically On", readonly=True, copy=False)
    auto_reopened = fields.Boolean(
        "Reopened by a Reply", readonly=True, copy=False, help="The customer replied to the automatic answer."
    )

    @api.model
    def _cron_automatic(self):
        waiting = self._automatic_waiting()
        self.env["ir.cron"]._commit_progress(remaining=len(waiting))
        for ticket in waiting:
            ticket[0]._process_automatic(fields.Datetime.now())
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _automatic_waiting(self):
        return self.search([("automatic_state", "=", "todo")], order="id")

    def _process_automatic(self, now):
        """Answer these tickets; one that a worker holds, or that is answered, is left alone. Returns the answered.

        Answer and mark are one transaction: a run killed in between has sent nothing, a second run sends nothing.
        """
        answered = self.browse()
        for ticket in self.sudo():
            if not ticket.try_lock_for_update() or ticket.automatic_state != "todo":
                continue
            try:
                with self.env.cr.savepoint():
                    answered |= ticket._answer_automatically(now)
            except Exception:
                _logger.exception("Automatic answer of ticket %s", ticket.id)
                ticket._leave_to_agent(self.env._("the answer could not be made"))
        return answered.sudo(self.env.su)

    def _answer_automatically(self, now):
        """Post the answer and close; leave the ticket to an agent when that is not safe. Returns the ticket or none."""
        self.ensure_one()
        lang = self.partner_id.lang
        ticket = self.with_context(lang=lang) if lang else self
        refusal = self._automatic_refusal(now)
        parts, question = [], self.env["crm.standard.question"]
        if not refusal:
            parts, question, refusal = ticket._automatic_parts()
        if refusal:
            self._leave_to_agent(refusal)
            return self.browse()
        self._post_automatic(ticket._automatic_body(parts), now)
        if question:
            self.env["crm.reply.use"].create(
                {"ticket_id": self.id, "question_id": question.id, "automatic": True, "user_id": False}
            )
        return self

    def _post_automatic(self, body, now):
        ticket = self.with_user(self.env.ref("base.user_root")).with_context(crm_ticket_automatic=True)
        ticket.message_post(
            body=body,
            subject=f"[{self.number}] {self.name}",
            message_type="auto_comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.partner_id.ids,
            mail_headers={"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"},
            notify_skip_followers=True,
            email_layout_xmlid="mail.mail_notification_light",
        )
        ticket.write({"automatic_state": "sent", "auto_answered": True, "date_auto_answered": now})
        self._sla_record([{"ticket_id": self.id, "kind": sla.RESPONSE}])
        if self.route_id.close:
            ticket._move_to("closed" if self._stage_of_kind("closed") else "solved")

    def _automatic_body(self, parts):
        """Return the mail: greeting, what was asked, and that a reply reaches a person."""
        lines = Markup().join(Markup("<p>%s</p>") % part for part in parts)
        ending = self.env._(
            "This answer was made automatically for request %(number)s. If it does not help, simply reply: a colleague "
            "takes over.",
            number=self.number,
        )
        return Markup("<p>%s,</p>%s<p>%s</p>") % (self.partner_id._crm_salutation(), lines, ending)

    def _leave_to_agent(self, why):
        """No automatic answer: say why, and acknowledge as for any request."""
        reason = self.env._("An agent answers: %(why)s (route '%(route)s').", why=why, route=self.route_id.name or "")
        self.write({"automatic_state": "refused", "route": "human", "route_reason": reason})
        self._acknowledge()

    def _may_acknowledge(self):
        """An automatic answer follows at once: no acknowledgement before it."""
        return self.automatic_state != "todo" and super()._may_acknowledge()

    # === SAFETY === #

    def _automatic_refusal(self, now):
        """Return why this ticket may not be answered by a machine, None when it may.

        The answer goes to the address on record, never to one that only the mail names.
        """
        partner = self.partner_id
        if self.user_id or self.date_first_response or self.stage_kind in sla.DONE_STAGES:
            return self.env._("somebody works on it already")
        if not partner:
            return self.env._("the sender is no known contact")
        if not partner.partner_share or not partner.email_normalized:
            return self.env._("the sender is no customer with an e-mail address")
        same = self.env["res.partner"].sudo().search([("email_normalized", "=", partner.email_normalized)], limit=50)
        if len(same.commercial_partner_id) > 1:
            return self.env._("the address of the sender belongs to several customers")
        recent = self.sudo().search_count(
            [
                ("partner_id.email_normalized", "=", partner.email_normalized),
                ("date_auto_answered", ">", now - timedelta(hours=1)),
            ],
            limit=ANSWER_LIMIT,
        )
        if recent >= ANSWER_LIMIT:
            return self.env._("too many automatic answers went to this address within an hour")
        return None

    def _customer_replied(self):
        """The customer is not content with the automatic answer: a person takes over."""
        taken = self.auto_answered and self.route == "automatic"
        result = super()._customer_replied()
        if taken:
            ticket = self.sudo()
            if ticket.stage_kind == "new":
                ticket._move_to("open")
            ticket.write(
                {
                    "route": "human",
                    "auto_reopened": True,
                    "route_reason": self.env._("An agent answers: the customer replied to the automatic answer."),
                }
            )
            # Whom the desk would choose; where nobody is free, the leader of the team.
            if not ticket._assign():
                ticket.user_id = ticket.user_id or ticket.team_id.user_id
        return result
