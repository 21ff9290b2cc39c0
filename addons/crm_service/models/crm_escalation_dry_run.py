from odoo import models
from odoo.fields import Domain

from ..tools import escalation, sla


class CrmEscalationRule(models.Model):
    _inherit = "crm.escalation.rule"

    def _would_fire(self, start, stop):
        """Return [(ticket, moment)] at which this step would have fired in start <= moment < stop, in order."""
        self.ensure_one()
        tickets = self.env["crm.ticket"].with_context(active_test=False)
        scope = tickets.search(self._ticket_domain() & Domain("date_open", "<", stop))
        due = self._was_due_without_owner(scope) if self.trigger == "no_owner" else self._was_due(scope, stop)
        fired = []
        for ticket, clock, moment, ends in due:
            if moment >= stop:
                continue
            events = ticket.sudo().event_ids
            moves = [(event.date, event.kind) for event in events if event.date < stop and event.kind != sla.POLICY]
            at = escalation.fire_time(moment, moves, ends, self._halts(ticket, clock, moment))
            if at and start <= at < stop:
                fired.append((ticket, at))
        return sorted(fired, key=lambda pair: (pair[1], pair[0].id))

    def _was_due(self, tickets, stop):
        """Yield (ticket, clock, due, when the clock stopped or None) of the clocks of these tickets."""
        domain = self._clock_domain() & Domain("ticket_id", "in", tickets.ids)
        Clock = self.env["crm.sla.clock"].sudo()
        if self.trigger == "breach":
            for clock in Clock.search(domain & Domain("breach_date", "<", stop)):
                yield clock.ticket_id, clock, clock.breach_date + self._delay(), clock.date_stop or None
            return
        clocks = Clock.search(domain)
        for clock, at in clocks._share_moments(int(self.share), stop).items():
            yield clock.ticket_id, clock, at, clock.date_stop or None

    def _was_due_without_owner(self, tickets):
        """As `_was_due`; a ticket is due once, in the first span without owner that was long enough."""
        delay, none = self._delay(), self.env["crm.sla.clock"]
        for ticket, spans in tickets._ownerless_spans().items():
            for since, until in spans:
                if until is None or since + delay < until:
                    yield ticket, none, since + delay, until
                    break
