from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..tools import sla
from .crm_sla_clock import MINUTE

# From this share (percent) of the promised time on the pill is amber.
AMBER = 75
# The browser counts down for this long before it has to ask again.
AHEAD = timedelta(hours=24)


class CrmTicket(models.Model):
    """The countdown of a ticket: what its most urgent clock says now, in words and for the browser to count on."""

    _inherit = "crm.ticket"

    sla_label = fields.Char("Clock", compute="_compute_sla_pill")
    sla_level = fields.Selection(
        [("ok", "In time"), ("soon", "Soon due"), ("late", "Late"), ("paused", "Paused")],
        "Urgency",
        compute="_compute_sla_pill",
    )
    sla_pause = fields.Char("Paused Because", compute="_compute_sla_pill")
    sla_pill = fields.Json("Countdown", compute="_compute_sla_pill")

    @api.depends("sla_state", "deadline", "waiting_for", "stage_id")
    @api.depends_context("lang", "tz")
    def _compute_sla_pill(self):
        """Read the clocks now, in working time; the one with the least time left is shown."""
        now = fields.Datetime.now()
        clocks = self.sudo().clock_ids.filtered(lambda clock: not clock.date_stop)
        readings = clocks._readings(now)
        names = dict(self._fields["waiting_for"]._description_selection(self.env))
        for ticket in self:
            running = ticket.sudo().clock_ids.filtered(lambda clock: clock in readings)
            clock = min(running, key=lambda item: readings[item].slack, default=None)
            values = ticket._sla_pill_values(clock, readings[clock], now, names) if clock else {}
            ticket.sla_label = values.get("label", False)
            ticket.sla_level = values.get("level", False)
            ticket.sla_pause = values.get("pause", False)
            ticket.sla_pill = values or False

    def _sla_pill_values(self, clock, reading, now, names):
        """Return the pill as JSON: `left` in working seconds (negative: late), `work` the working spans ahead, UTC."""
        level = self._sla_level(reading, now)
        values = {
            "label": self._sla_sentence(clock.display_name, reading),
            "level": level,
            "clock": clock.display_name,
            "left": round(reading.slack.total_seconds()),
            "late": level == "late",
        }
        if reading.paused_since:
            values["pause"] = self.env._(
                "Paused because waiting for: %(party)s, since %(date)s",
                party=names.get(self.waiting_for or "customer", ""),
                date=format_datetime(self.env, reading.paused_since, dt_format="short"),
            )
        else:
            promise = self.sudo().event_ids.filtered("policy_id")[-1:]
            working = self.env["crm.sla.policy"]._working_times({promise._working_key()})[promise._working_key()]
            values["soon"] = round(self._sla_amber_left(reading).total_seconds())
            values["work"] = [
                [f"{start.isoformat()}Z", f"{stop.isoformat()}Z"] for start, stop in working.intervals(now, now + AHEAD)
            ]
        return values

    @api.model
    def _sla_amber_left(self, reading):
        """Return how much time is left when the clock turns amber."""
        return (reading.elapsed + reading.slack) * (100 - AMBER) / 100

    def _sla_level(self, reading, now):
        if reading.state == sla.BREACHED or reading.slack < timedelta(0):
            return "late"
        if reading.paused_since:
            return "paused"
        return "soon" if reading.slack <= self._sla_amber_left(reading) else "ok"

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
