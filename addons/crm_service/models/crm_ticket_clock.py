from odoo import models

from ..tools import sla
from .crm_sla_clock import write_changes

# A warning from this share (percent) on puts an activity on the owner's list.
TELL_OWNER = 75


class CrmTicket(models.Model):
    """The stored clocks of a ticket, read from its events; what follows when one breaks or is about to."""

    _inherit = "crm.ticket"

    def _sla_refresh(self, now, events=None, chosen=None):
        """Store what the clocks say at `now` on the clocks and, in short, on the tickets.

        `events`: for new tickets, all their events, so that nothing is read back; else they are read.
        `chosen`: {ticket: (policy, reason)} of new tickets.
        """
        tickets = self.sudo()
        Clock = self.env["crm.sla.clock"].sudo()
        known = {}
        if events is None:
            tickets.invalidate_recordset(["event_ids", "clock_ids"])
            events = {ticket: ticket.event_ids for ticket in tickets}
            known = {(clock.ticket_id, clock._key()): clock for clock in tickets.clock_ids}
        found = Clock._read_events(tickets, events, now)
        created, broken = [], Clock.browse()
        for ticket, readings in found.items():
            for key, (reading, target, policy) in readings.items():
                clock = known.get((ticket, key), Clock)
                values = {**Clock._reading_values(reading, target, clock.warned_share), "policy_id": policy.id}
                if not clock:
                    created.append({**ticket._sla_clock_facts(), "kind": key[0], "milestone_id": key[1]})
                    created[-1].update(values, cycle=key[2])
                    continue
                if values["breach_date"] and not clock.breach_date:
                    broken |= clock
                write_changes(clock, values)
        broken |= Clock.create(created).filtered("breach_date")
        for ticket in tickets:
            values = ticket._sla_summary([item[0] for item in found[ticket].values()], events[ticket])
            if chosen:
                values.update(ticket._sla_policy_values(*chosen[ticket]))
            write_changes(ticket, values)
        if broken:
            broken.ticket_id._sla_breached(broken)
        tickets._sla_done_warning(known.values())

    def _sla_clock_facts(self):
        """Return what a new clock takes from its ticket: given, it need not be computed clock by clock."""
        return {
            "ticket_id": self.id,
            "company_id": self.company_id.id,
            "team_id": self.team_id.id,
            "user_id": self.user_id.id,
            "category_id": self.category_id.id,
            "priority": self.priority,
            "partner_id": self.commercial_partner_id.id,
            "breach_cause_id": self.breach_cause_id.id,
        }

    def _sla_summary(self, readings, events):
        """Return the ticket's own summary of its clocks; the state in the order late, in time, paused, met."""
        deadlines = [reading.deadline for reading in readings if reading.deadline and not reading.stopped]
        states = {reading.state for reading in readings}
        moves = [sla.Event(event.date, event.kind) for event in events]
        answers = [move.at for move in moves if move.kind in (sla.RESPONSE, sla.SOLVE)]
        return {
            "deadline": min(deadlines, default=False),
            "sla_state": next((s for s in (sla.BREACHED, sla.RUNNING, sla.PAUSED, sla.MET) if s in states), "none"),
            "date_first_response": min(answers, default=False),
            "customer_waits_since": sla.waits_since(moves) or False,
        }

    # === WARNINGS === #

    def _sla_warn(self, warned):
        """Tell of `warned` [(clock, share)]: owners get one activity a ticket, then each ticket hears of each clock."""
        loud = {}
        for clock, share in warned:
            if share >= TELL_OWNER and clock.ticket_id.user_id:
                loud.setdefault(clock.ticket_id, []).append(
                    self.env._("%(clock)s: %(share)s %% of the time is used", clock=clock.display_name, share=share)
                )
        if loud:
            self._sla_warning_activities(loud)
        for clock, share in warned:
            clock.ticket_id._sla_warned(clock, share)

    def _sla_warning_activities(self, texts):
        """Keep one open warning activity for each ticket in `texts` {ticket: sentences}."""
        kind = self.env.ref("crm_service.mail_activity_type_sla_warning", raise_if_not_found=False)
        if not kind:
            return
        Activity = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        tickets = self.union(*texts)
        found = Activity.search(
            [("res_model", "=", self._name), ("res_id", "in", tickets.ids), ("activity_type_id", "=", kind.id)]
        )
        known = {activity.res_id: activity for activity in found}
        model = self.env["ir.model"]._get_id(self._name)
        created = []
        for ticket, sentences in texts.items():
            summary = "; ".join(sentences)
            if activity := known.get(ticket.id):
                activity.summary = summary
                continue
            values = {"res_model_id": model, "res_id": ticket.id, "activity_type_id": kind.id, "automated": True}
            created.append({**values, "summary": summary, "user_id": ticket.user_id.id})
        Activity.create(created)

    def _sla_done_warning(self, clocks):
        """Take the warning away from tickets none of whose warned clocks runs any more."""
        warned = [clock for clock in clocks if clock.warned_share >= TELL_OWNER]
        running = {clock.ticket_id for clock in warned if not clock.date_stop}
        told = {clock.ticket_id for clock in warned}
        done = self.filtered(lambda ticket: ticket in told and ticket not in running)
        if done:
            done.activity_unlink(["crm_service.mail_activity_type_sla_warning"])

    # === CAUSE OF A BREACH === #

    def _close_requirements(self):
        missing = super()._close_requirements()
        if self._lacks_breach_cause() and self.team_id.breach_cause_rule != "asked":
            missing.append(self.env._("the cause of the delay: a promise of this ticket was broken"))
        return missing

    def _lacks_breach_cause(self):
        return self.sla_state == sla.BREACHED and not self.breach_cause_id
