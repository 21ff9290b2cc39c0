from datetime import timedelta

from odoo import api, fields, models

from ..tools import sla

MINUTE = timedelta(minutes=1)


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
    """One promise on one ticket. Every stored figure is a reading of the ticket's events (`tools/sla.py`).

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
    policy_id = fields.Many2one("crm.sla.policy", readonly=True, ondelete="restrict", index="btree_not_null")
    kind = fields.Selection(
        [(sla.FIRST_RESPONSE, "First Response"), (sla.RESOLUTION, "Solution")], required=True, readonly=True
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
    target_minutes = fields.Integer("Promised (min)", readonly=True, aggregator="avg")
    elapsed_minutes = fields.Float("Used (min)", readonly=True, aggregator="avg", digits=(16, 2))
    slack_minutes = fields.Float("Slack (min)", readonly=True, aggregator="avg", digits=(16, 2))
    slack_now = fields.Float("Left Now (min)", compute="_compute_slack_now", digits=(16, 2))

    _ticket_kind_uniq = models.UniqueIndex("(ticket_id, kind)", "A ticket has one clock of each kind.")
    _due_idx = models.Index("(deadline) WHERE date_stop IS NULL AND breach_date IS NULL")

    def _compute_slack_now(self):
        readings = self._readings(fields.Datetime.now())
        for clock in self:
            reading = readings.get(clock)
            clock.slack_now = reading.slack / MINUTE if reading else clock.slack_minutes

    # === READING === #

    @api.model
    def _terms(self, kind, events, times):
        """Return the terms of one clock from the events that carry them; a promise of 0 changes nothing."""
        return [
            sla.Terms(event.date, event._target_minutes(kind) * MINUTE, times[event._working_key()])
            for event in events
            if event.policy_id and event._target_minutes(kind)
        ]

    @api.model
    def _reading_values(self, reading, target):
        return {
            "state": reading.state,
            "date_start": reading.started,
            "date_stop": reading.stopped or False,
            "paused_since": reading.paused_since or False,
            "deadline": reading.deadline or False,
            "breach_date": reading.breached_at or False,
            "target_minutes": target / MINUTE,
            "elapsed_minutes": reading.elapsed / MINUTE,
            "slack_minutes": reading.slack / MINUTE,
        }

    @api.model
    def _read_events(self, tickets, events, now):
        """Return {(ticket, kind): (Reading, target, policy)} for each clock that the events call for.

        `events`: {ticket: crm.sla.event in order}. The calendars are loaded once for all of them.
        """
        every = self.env["crm.sla.event"].sudo().union(*events.values())
        carrying = every.filtered("policy_id")
        times = self.env["crm.sla.policy"]._working_times({event._working_key() for event in carrying})
        result = {}
        for ticket in tickets:
            moves = [sla.Event(event.date, event.kind) for event in events[ticket]]
            for kind in (sla.FIRST_RESPONSE, sla.RESOLUTION):
                terms = self._terms(kind, events[ticket], times)
                if terms:
                    reading = sla.read_clock(kind, moves, terms, now)
                    policy = events[ticket].filtered("policy_id")[-1:].policy_id
                    result[ticket, kind] = (reading, terms[-1].target, policy)
        return result

    def _readings(self, now):
        """Return {clock: Reading} recomputed from the stored events."""
        tickets = self.sudo().ticket_id
        found = self._read_events(tickets, {ticket: ticket.event_ids for ticket in tickets}, now)
        return {
            clock: found[clock.ticket_id, clock.kind][0] for clock in self if (clock.ticket_id, clock.kind) in found
        }

    # === VERIFIER === #

    def _differences(self):
        """Recompute each clock from its events, as of its last writing, and return what differs.

        Returns [(clock, field, stored, recomputed)]; empty when every stored figure is right.
        """
        found = []
        now = fields.Datetime.now()
        for clock, reading in self._readings(now).items():
            stable = ["state", "date_start", "date_stop", "paused_since", "deadline", "breach_date"]
            values = self._reading_values(reading, clock.target_minutes * MINUTE)
            if reading.stopped or reading.paused_since:
                stable += ["elapsed_minutes", "slack_minutes"]
            for name in stable:
                stored, right = clock[name], values[name]
                same = abs(stored - right) < 0.01 if isinstance(right, float) else stored == right
                if not same:
                    found.append((clock, name, stored, right))
        return found

    # === CRON === #

    @api.model
    def _due_domain(self, now):
        return [("date_stop", "=", False), ("breach_date", "=", False), ("deadline", "<", now)]

    @api.model
    def _process_breaches(self, now=None, limit=500):
        """Write down the breaches whose deadline has passed. Returns how many clocks were looked at."""
        now = now or fields.Datetime.now()
        clocks = self.sudo().search(self._due_domain(now), limit=limit, order="deadline, id")
        clocks.ticket_id._sla_refresh(now)
        return len(clocks)

    @api.model
    def _cron_breaches(self, batch=200):
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.sudo().search_count(self._due_domain(fields.Datetime.now())))
        while True:
            done = self._process_breaches(limit=batch)
            if not cron._commit_progress(processed=done) or done < batch:
                return
