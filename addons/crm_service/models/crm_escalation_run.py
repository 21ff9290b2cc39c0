import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import sla

_logger = logging.getLogger(__name__)


class CrmEscalationRule(models.Model):
    """Finding what is due, and doing it: once, whoever asks and however often."""

    _inherit = "crm.escalation.rule"

    # === WHAT IS DUE === #

    def _due_now(self, now, limit, clocks=None):
        """Return [(ticket, clock or none, due)] of this step that are due at `now` and not logged yet.

        `clocks`: look at these only (they have just been found broken, and may have stopped since).
        """
        self.ensure_one()
        if self.trigger == "no_owner":
            return self._due_without_owner(now, limit) if clocks is None else []
        Clock = self.env["crm.sla.clock"].sudo()
        domain = (
            self._clock_domain()
            & Domain("ticket_id", "any", self._open_domain())
            & Domain("paused_since", "=", False)
            & Domain("escalation_ids", "not any", [("rule_id", "=", self.id)])
        )
        domain &= Domain("id", "in", clocks.ids) if clocks is not None else Domain("date_stop", "=", False)
        if self.trigger == "breach":
            delay = self._delay()
            domain &= Domain("breach_date", ">=", self.since - delay) & Domain("breach_date", "<=", now - delay)
            found = Clock.search(domain, order="breach_date, id", limit=limit)
            return [(clock.ticket_id, clock, clock.breach_date + delay) for clock in found]
        found = Clock.search(domain & Domain("warned_share", ">=", int(self.share)), order="id", limit=limit)
        moments = found._share_moments(int(self.share), now)
        return [(clock.ticket_id, clock, at) for clock, at in moments.items() if self.since <= at <= now]

    def _due_without_owner(self, now, limit):
        delay = self._delay()
        domain = (
            self._open_domain()
            & Domain("user_id", "=", False)
            & Domain("stage_kind", "!=", "waiting")
            & Domain("waiting_for", "=", False)
            & Domain("date_open", "<=", now - delay)
            & Domain("escalation_ids", "not any", [("rule_id", "=", self.id)])
        )
        tickets = self.env["crm.ticket"].sudo().search(domain, order="date_open, id", limit=limit)
        none, result = self.env["crm.sla.clock"], []
        for ticket, spans in tickets._ownerless_spans().items():
            due = spans[-1][0] + delay if spans else now
            if self.since <= due <= now:
                result.append((ticket, none, due))
        return result

    # === DOING IT === #

    def _fire(self, ticket, clock, due, now):
        """Take this step on the ticket and write it down; returns whether it was taken.

        Each step stands in a savepoint: one that fails is logged with its message and holds up no other.
        """
        if any(halt < now for halt in self._halts(ticket, clock, due)):
            self._log_step(ticket, clock, due, now, "halted", self.env._("Not needed any more."))
            return False
        try:
            with self.env.cr.savepoint():
                note = self._act(ticket, clock)
                self._log_step(ticket, clock, due, now, "done", note)
        except UserError as error:
            _logger.info("Escalation step %s failed on ticket %s: %s", self.id, ticket.id, error)
            self._log_step(ticket, clock, due, now, "failed", str(error))
            return False
        if self.level > ticket.escalation_level:
            ticket.with_context(tracking_disable=True).write({"escalation_level": self.level, "escalation_date": now})
        return True

    def _log_step(self, ticket, clock, due, now, state, note):
        self.env["crm.escalation.log"].sudo().create(
            {
                "ticket_id": ticket.id,
                "rule_id": self.id,
                "clock_id": clock.id,
                "level": self.level,
                "due": due,
                "date": now,
                "user_id": ticket.user_id.id,
                "state": state,
                "note": note,
            }
        )

    def _halts(self, ticket, clock, due):
        """Return the moments, since the clock's deadline, of what makes this step needless."""
        base = due - self._delay() if self.trigger == "breach" else clock.date_start or ticket.date_open
        if self.stop_on == "answered":
            events = ticket.sudo().event_ids.filtered(lambda event: event.kind == sla.RESPONSE)
            return [event.date for event in events if event.date > base]
        if self.stop_on == "reassigned":
            rows = ticket.sudo().assignment_ids.filtered("user_id")
            return [row.date for row in rows if row.date > base and row.user_id != row.from_user_id]
        return []

    # === JOB === #

    @api.model
    def _process_escalations(self, now=None, limit=200, clocks=None):
        """Take every step that is due at `now`, the lower levels first. Returns how many were looked at."""
        now = now or fields.Datetime.now()
        domain = [("since", "<=", now)]
        if clocks is not None:
            domain += [("trigger", "=", "breach"), ("minutes", "=", 0)]
        seen = 0
        for rule in self.sudo().search(domain, order="level, sequence, id"):
            for ticket, clock, due in rule._due_now(now, limit, clocks):
                seen += 1
                if ticket.try_lock_for_update():
                    rule._fire(ticket, clock, due, now)
        return seen

    @api.model
    def _cron_escalate(self, batch=200):
        """Broken promises are written down first, so that a step waits for no other job."""
        cron = self.env["ir.cron"]
        self.env["crm.sla.clock"]._process_breaches(limit=batch)
        if not cron._commit_progress():
            return
        while True:
            done = self._process_escalations(limit=batch)
            if not cron._commit_progress(processed=done) or done < batch:
                return
