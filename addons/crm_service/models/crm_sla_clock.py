from datetime import timedelta

from odoo import api, fields, models

from ..tools import sla

MINUTE = timedelta(minutes=1)
# Figures that must equal a recomputation at any moment, and those that must once the clock rests or has stopped.
STABLE = ("state", "date_start", "date_stop", "paused_since", "deadline", "breach_date", "target_minutes")
FINAL = ("elapsed_minutes", "slack_minutes")


def write_changes(record, values):
    """Write only what differs, untracked: most refreshes change nothing. Returns nothing."""
    changes = {}
    for name, value in values.items():
        current = record[name]
        if (current.id if isinstance(current, models.BaseModel) else current) != value:
            changes[name] = value
    if changes:
        record.with_context(tracking_disable=True).write(changes)


class CrmSlaClock(models.Model):
    """One run of one promise on one ticket. Every stored figure is a reading of the ticket's events (`tools/sla.py`).

    Units: working minutes. Sign of slack: positive = time left, negative = overrun. The stored elapsed time and slack
    are those of the last event (final once the clock has stopped); `slack_now` is read at this moment.
    """

    _name = "crm.sla.clock"
    _description = "Service Clock"
    _order = "ticket_id desc, id"
    _rec_name = "kind"

    ticket_id = fields.Many2one("crm.ticket", required=True, index=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, precompute=True, index=True)
    team_id = fields.Many2one(related="ticket_id.team_id", store=True, precompute=True)
    user_id = fields.Many2one(related="ticket_id.user_id", store=True, precompute=True, string="Agent")
    category_id = fields.Many2one(related="ticket_id.category_id", store=True, precompute=True)
    priority = fields.Selection(related="ticket_id.priority", store=True, precompute=True)
    partner_id = fields.Many2one(
        related="ticket_id.commercial_partner_id", store=True, precompute=True, string="Customer"
    )
    breach_cause_id = fields.Many2one(related="ticket_id.breach_cause_id", store=True, precompute=True)
    policy_id = fields.Many2one("crm.sla.policy", readonly=True, ondelete="restrict", index="btree_not_null")
    kind = fields.Selection(
        [
            (sla.FIRST_RESPONSE, "First Response"),
            (sla.NEXT_RESPONSE, "Next Response"),
            (sla.RESOLUTION, "Solution"),
            (sla.MILESTONE, "Milestone"),
        ],
        required=True,
        readonly=True,
    )
    milestone_id = fields.Many2one("crm.sla.milestone", readonly=True, ondelete="restrict", index="btree_not_null")
    cycle = fields.Integer(
        "Run", required=True, default=1, readonly=True, aggregator=None, help="Counts how often this clock started."
    )
    state = fields.Selection(
        [(sla.RUNNING, "Running"), (sla.PAUSED, "Paused"), (sla.MET, "Met"), (sla.BREACHED, "Breached")],
        required=True,
        readonly=True,
        default=sla.RUNNING,
        index=True,
    )
    date_start = fields.Datetime("Started", required=True, readonly=True)
    date_stop = fields.Datetime("Stopped", readonly=True)
    paused_since = fields.Datetime(readonly=True)
    deadline = fields.Datetime(readonly=True, help="Empty while the clock is paused or has no working time.")
    breach_date = fields.Datetime("Breached On", readonly=True, help="The deadline that passed; it is never removed.")
    warned_share = fields.Integer(
        "Warned At (%)", readonly=True, aggregator=None, help="The last warning: 50, 75 or 90 % of the time was used."
    )
    warn_date = fields.Datetime("Next Warning", readonly=True, help="Empty while the clock rests and after 90 %.")
    target_minutes = fields.Integer("Promised (min)", readonly=True, aggregator="avg")
    elapsed_minutes = fields.Float("Used (min)", readonly=True, aggregator="avg", digits=(16, 2))
    slack_minutes = fields.Float("Slack (min)", readonly=True, aggregator="avg", digits=(16, 2))
    slack_now = fields.Float("Left Now (min)", compute="_compute_slack_now", digits=(16, 2))

    _ticket_kind_uniq = models.UniqueIndex(
        "(ticket_id, kind, COALESCE(milestone_id, 0), cycle)", "A ticket has one clock of each kind and run."
    )
    _due_idx = models.Index("(deadline) WHERE date_stop IS NULL AND breach_date IS NULL")
    _warn_idx = models.Index("(warn_date) WHERE warn_date IS NOT NULL")

    @api.depends("kind", "milestone_id", "cycle")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for clock in self:
            name = clock.sudo().milestone_id.name or kinds.get(clock.kind, "")
            clock.display_name = f"{name} {clock.cycle}" if clock.cycle > 1 else name

    def _compute_slack_now(self):
        readings = self._readings(fields.Datetime.now())
        for clock in self:
            reading = readings.get(clock)
            clock.slack_now = reading.slack / MINUTE if reading else clock.slack_minutes

    # === READING === #

    def _key(self):
        """Return what makes a clock of a ticket one and the same: (kind, milestone id, run)."""
        self.ensure_one()
        return self.kind, self.milestone_id.id, self.cycle

    @api.model
    def _terms(self, kind, milestone, events, times):
        """Return the terms of one clock from the events that carry them; a promise of 0 changes nothing."""
        return [
            sla.Terms(event.date, minutes * MINUTE, times[event._working_key()])
            for event in events
            if event.policy_id and (minutes := event._target_minutes(kind, milestone))
        ]

    @api.model
    def _reading_values(self, reading, target, warned=0):
        return {
            "state": reading.state,
            "date_start": reading.started,
            "date_stop": reading.stopped or False,
            "paused_since": reading.paused_since or False,
            "deadline": reading.deadline or False,
            "breach_date": reading.breached_at or False,
            "warn_date": reading.next_warning(warned) or False,
            "target_minutes": target / MINUTE,
            "elapsed_minutes": reading.elapsed / MINUTE,
            "slack_minutes": reading.slack / MINUTE,
        }

    @api.model
    def _read_events(self, tickets, events, now):
        """Return {ticket: {clock key: (Reading, target, policy)}} for each clock that the events call for.

        `events`: {ticket: crm.sla.event in order}. The calendars are loaded once for all of them.
        """
        every = self.env["crm.sla.event"].sudo().union(*events.values())
        carrying = every.filtered("policy_id")
        times = self.env["crm.sla.policy"]._working_times({event._working_key() for event in carrying})
        result = {}
        for ticket in tickets:
            promises = events[ticket].filtered("policy_id")
            moves = [sla.Event(event.date, event.kind, event.stage_id.id or None) for event in events[ticket]]
            result[ticket] = found = {}
            for kind, milestone, rule in self._promised(promises):
                terms = self._terms(kind, milestone, promises, times)
                if not terms:
                    continue
                if kind == sla.NEXT_RESPONSE:
                    readings = sla.read_next_responses(moves, terms, now)
                elif rule:
                    readings = sla.read_milestone(rule, moves, terms, now)
                else:
                    readings = [sla.read_clock(kind, moves, terms, now)]
                for cycle, reading in enumerate(readings, 1):
                    # What was promised after a clock stopped is none of its affair.
                    until = reading.stopped or now
                    valid = [event for event in promises if event.date <= until] or promises[:1]
                    policy = valid[-1].policy_id
                    found[kind, milestone, cycle] = (reading, reading.elapsed + reading.slack, policy)
        return result

    @api.model
    def _promised(self, promises):
        """Return [(kind of clock, milestone id, rule)] that the events promise; the rule last promised holds."""
        rules = {
            item["id"]: sla.Rule(item["start"], item["stop"], item["repeat"])
            for event in promises
            for item in event.milestones or ()
        }
        clocks = [(kind, False, None) for kind in (sla.FIRST_RESPONSE, sla.NEXT_RESPONSE, sla.RESOLUTION)]
        return clocks + [(sla.MILESTONE, milestone, rule) for milestone, rule in rules.items()]

    def _readings(self, now):
        """Return {clock: Reading} recomputed from the stored events."""
        tickets = self.sudo().ticket_id
        found = self._read_events(tickets, {ticket: ticket.event_ids for ticket in tickets}, now)
        return {
            clock: found[clock.ticket_id][clock._key()][0] for clock in self if clock._key() in found[clock.ticket_id]
        }

    # === VERIFIER === #

    def _differences(self, now=None):
        """Recompute each clock from its events and return what differs: [(clock, field, stored, recomputed)].

        Empty when every stored figure is right. The time used of a running clock is that of its last event, so that
        it is compared once the clock rests or has stopped.
        """
        now = now or fields.Datetime.now()
        found = []
        readings = self._readings(now)
        for clock in self:
            if clock not in readings:
                found.append((clock, "kind", clock.kind, False))
                continue
            reading = readings[clock]
            values = self._reading_values(reading, clock.target_minutes * MINUTE)
            values["target_minutes"] = round((reading.elapsed + reading.slack) / MINUTE)
            for name in STABLE + (FINAL if reading.stopped or reading.paused_since else ()):
                stored, right = clock[name], values[name]
                same = abs(stored - right) < 0.01 if isinstance(right, float) else stored == right
                if not same:
                    found.append((clock, name, stored, right))
        return found
