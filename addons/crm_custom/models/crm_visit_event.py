from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import plaintext2html

QUIET = {
    "no_mail_to_attendees": True,
    "skip_attendee_notification": True,
    "skip_contact_description": True,
    "crm_visit_to_event": True,
}
"""Appointments of visits have one attendee, the salesperson: nobody is sent an invitation."""
OVERLAP_NAMES = 3


class CrmVisit(models.Model):
    """The visit's appointment in Odoo's calendar: it holds time and person as soon as there is one."""

    _inherit = "crm.visit"

    overlap_text = fields.Char(compute="_compute_overlap_text")

    @api.depends("event_id.start", "event_id.duration", "event_id.user_id")
    def _compute_from_event(self):
        """A moved appointment moves the visit; a visit without appointment keeps what was entered."""
        for visit in self:
            event = visit.event_id
            visit.start = event.start if event else visit.start or self._default_start()
            visit.duration = event.duration if event and event.duration else visit.duration or 1.0
            visit.user_id = event.user_id if event and event.user_id else visit.user_id or self.env.user

    def _event_values(self, names=None):
        """Values of the appointment; `names`: only those that follow from these fields of the visit."""
        self.ensure_one()
        values = {
            "partner_id": {"name": self.display_name, "location": self._address_line()},
            "contact_id": {"location": self._address_line()},
            "objective": {"description": plaintext2html(self.objective or "")},
            "lead_id": {"opportunity_id": self.lead_id.id},
            "start": {"start": self.start, "stop": self.start + timedelta(hours=self.duration)},
            "user_id": {
                "user_id": self.user_id.id,
                "partner_ids": [Command.set(self.user_id.partner_id.ids)],
            },
        }
        values["duration"] = values["start"]
        wanted = values if names is None else names
        return {key: value for name in wanted for key, value in values[name].items()}

    def _address_line(self):
        place = self.contact_id if self.contact_id.street else self.partner_id
        return ", ".join(place._display_address(without_company=True).split("\n")) if place else False

    def _make_event(self):
        """One appointment for each visit that has none, with the reminder of the company."""
        fresh = self.filtered(lambda visit: not visit.event_id)
        if not fresh:
            return
        model = self.env["ir.model"]._get_id("crm.visit")
        events = (
            self.env["calendar.event"]
            .with_context(**QUIET)
            .create(
                [
                    {
                        **visit._event_values(),
                        "crm_kind": "visit",
                        "alarm_ids": [Command.set(visit.company_id.sudo().crm_alarm_id.ids)],
                        "res_model_id": model,
                        "res_id": visit.id,
                    }
                    for visit in fresh
                ]
            )
        )
        for visit, event in zip(fresh, events, strict=True):
            visit.event_id = event

    def _write_event(self, names):
        """Bring the appointment in line with what was written on the visit."""
        for visit in self.filtered("event_id"):
            visit.event_id.with_context(**QUIET).write(visit._event_values(names))

    def _drop_event(self):
        events = self.event_id
        if events:
            self.with_context(crm_visit_from_event=True).write({"event_id": False})
            events.with_context(**QUIET).unlink()

    # === OVERLAPS === #

    @api.depends("start", "stop", "user_id", "state", "event_id")
    @api.depends_context("lang")
    def _compute_overlap_text(self):
        """Other appointments of the salesperson at the same time; of private ones only that they exist."""
        for visit in self:
            others = visit._overlapping_events() if visit.state in ("draft", "confirmed") else []
            visit.overlap_text = (
                self.env._(
                    "Overlaps with: %(names)s",
                    names=", ".join(event.display_name for event in others[:OVERLAP_NAMES]),
                )
                if others
                else False
            )

    def _overlapping_events(self):
        self.ensure_one()
        if not self.start or not self.stop or not self.user_id:
            return self.env["calendar.event"]
        domain = Domain(
            [
                ("start", "<", self.stop),
                ("stop", ">", self.start),
                ("show_as", "=", "busy"),
                ("partner_ids", "in", self.user_id.partner_id.ids),
            ]
        )
        return self.env["calendar.event"].search(domain & Domain("id", "!=", self.event_id.id), limit=OVERLAP_NAMES)
