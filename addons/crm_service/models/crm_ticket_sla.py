from odoo import api, fields, models

from ..tools import sla
from .crm_sla_clock import MINUTE, write_changes

# A change of one of these may call for another policy.
POLICY_FIELDS = frozenset({"team_id", "category_id", "priority", "company_id", "partner_id"})
# On these channels an agent speaks with the customer while the ticket is opened: it is answered at once.
SPOKEN_CHANNELS = frozenset({"phone", "visit"})


class CrmTicket(models.Model):
    """The clocks of a ticket: events are recorded, clocks and the ticket's summary are read from them."""

    _inherit = "crm.ticket"

    policy_id = fields.Many2one("crm.sla.policy", readonly=True, copy=False, index="btree_not_null")
    policy_reason = fields.Char("Why This Policy", readonly=True, copy=False)
    clock_ids = fields.One2many("crm.sla.clock", "ticket_id", "Clocks", readonly=True)
    event_ids = fields.One2many("crm.sla.event", "ticket_id", "Clock Events", readonly=True)
    deadline = fields.Datetime(
        readonly=True, copy=False, index=True, help="The earliest deadline still running; empty while paused."
    )
    sla_state = fields.Selection(
        [
            ("none", "No promise"),
            (sla.RUNNING, "In time"),
            (sla.PAUSED, "Paused"),
            (sla.MET, "Met"),
            (sla.BREACHED, "Late"),
        ],
        "Promise",
        default="none",
        required=True,
        readonly=True,
        copy=False,
    )
    date_first_response = fields.Datetime("First Response", readonly=True, copy=False)
    sla_label = fields.Char("Clock", compute="_compute_sla_label")

    @api.depends("sla_state", "deadline")
    def _compute_sla_label(self):
        """Say in a few words what the next clock does, read now in working time."""
        now = fields.Datetime.now()
        clocks = self.sudo().clock_ids.filtered(lambda clock: not clock.date_stop)
        readings = clocks._readings(now)
        names = dict(clocks._fields["kind"]._description_selection(self.env))
        for ticket in self:
            running = ticket.sudo().clock_ids.filtered(lambda clock: clock in readings)
            clock = min(running, key=lambda item: readings[item].slack, default=None)
            ticket.sla_label = clock and ticket._sla_sentence(names[clock.kind], readings[clock])

    def _sla_sentence(self, name, reading):
        amount = self._sla_duration(abs(reading.slack))
        if reading.slack.total_seconds() < 0 or reading.state == sla.BREACHED:
            return self.env._("%(clock)s late by %(amount)s", clock=name, amount=amount)
        if reading.paused_since:
            return self.env._("%(clock)s paused, %(amount)s left", clock=name, amount=amount)
        return self.env._("%(clock)s in %(amount)s", clock=name, amount=amount)

    def _sla_duration(self, amount):
        """Return working time as '26h 05m'."""
        minutes = int(amount / MINUTE)
        return self.env._("%(hours)sh %(minutes)02dm", hours=minutes // 60, minutes=minutes % 60)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets._sla_open()
        return tickets

    def write(self, vals):
        if not ({"stage_id"} | POLICY_FIELDS) & vals.keys():
            return super().write(vals)
        before = {ticket: (ticket.stage_kind, ticket._sla_inputs()) for ticket in self}
        result = super().write(vals)
        changed = self.browse()
        events = []
        for ticket, (kind, inputs) in before.items():
            events += [{"ticket_id": ticket.id, "kind": move} for move in sla.stage_events(kind, ticket.stage_kind)]
            if ticket._sla_inputs() != inputs:
                changed |= ticket
        if changed or events:
            self._sla_record(events + changed._sla_policy_events())
        return result

    def _sla_inputs(self):
        return [self[name] for name in sorted(POLICY_FIELDS)]

    # === EVENTS === #

    def _sla_open(self):
        """Choose the policies and start the clocks of new tickets; a fixed number of queries for any batch."""
        chosen = self.env["crm.sla.policy"]._choose(self)
        events = []
        for ticket in self:
            policy, _reason = chosen[ticket]
            opened = {"ticket_id": ticket.id, "kind": sla.OPEN, "date": ticket.date_open}
            events.append({**opened, **(policy._terms() if policy else {})})
            if ticket.channel in SPOKEN_CHANNELS:
                events.append({**opened, "kind": sla.RESPONSE})
            events += [{**opened, "kind": kind} for kind in sla.stage_events("new", ticket.stage_kind)]
        self._sla_record(events, chosen)

    def _sla_policy_events(self):
        """Return events for the tickets whose policy is no longer the one that fits; time used stays used."""
        events = []
        for ticket, (policy, reason) in self.env["crm.sla.policy"]._choose(self).items():
            if policy and policy != ticket.policy_id:
                events.append({"ticket_id": ticket.id, "kind": sla.POLICY, **policy._terms()})
                write_changes(ticket.sudo(), {"policy_id": policy.id, "policy_reason": reason})
        return events

    def _sla_record(self, vals_list, chosen=None):
        """Append events (dated now unless they say otherwise) and read the clocks of their tickets again."""
        if not vals_list:
            return
        now = fields.Datetime.now()
        Event = self.env["crm.sla.event"].sudo()
        events = Event.create([{"date": now, **vals} for vals in vals_list])
        if chosen:
            events.ticket_id._sla_refresh(now, events.grouped("ticket_id"), chosen)
        else:
            events.ticket_id._sla_refresh(now)

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
            known = {(clock.ticket_id, clock.kind): clock for clock in tickets.clock_ids}
        found = Clock._read_events(tickets, events, now)
        created = []
        for (ticket, kind), (reading, target, policy) in found.items():
            values = {**Clock._reading_values(reading, target), "policy_id": policy.id}
            if clock := known.get((ticket, kind)):
                write_changes(clock, values)
            else:
                created.append({"ticket_id": ticket.id, "kind": kind, **values})
        Clock.create(created)
        for ticket in tickets:
            readings = [
                found[ticket, kind][0] for kind in (sla.FIRST_RESPONSE, sla.RESOLUTION) if (ticket, kind) in found
            ]
            values = ticket._sla_summary(readings, events[ticket])
            if chosen:
                values.update(policy_id=chosen[ticket][0].id, policy_reason=chosen[ticket][1])
            write_changes(ticket, values)

    def _sla_summary(self, readings, events):
        """Return the ticket's own summary of its clocks; the state in the order late, in time, paused, met."""
        deadlines = [reading.deadline for reading in readings if reading.deadline and not reading.stopped]
        states = {reading.state for reading in readings}
        answers = [event.date for event in events if event.kind in (sla.RESPONSE, sla.SOLVE)]
        return {
            "deadline": min(deadlines, default=False),
            "sla_state": next((s for s in (sla.BREACHED, sla.RUNNING, sla.PAUSED, sla.MET) if s in states), "none"),
            "date_first_response": min(answers, default=False),
        }

    def action_mark_answered(self):
        """The customer was answered outside the system (by phone, in person): the first response is given."""
        self._sla_record([{"ticket_id": ticket.id, "kind": sla.RESPONSE} for ticket in self])
