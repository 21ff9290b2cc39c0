from odoo import fields, models
from odoo.fields import Command
from odoo.tools import plaintext2html

QUIET = {
    "no_mail_to_attendees": True,
    "skip_attendee_notification": True,
    "skip_contact_description": True,
    "crm_visit_to_event": True,
}
"""The technician is told by his list of visits; nobody is sent an invitation."""


class CrmServiceVisit(models.Model):
    """The job in Odoo's calendar of its technician: made, moved and removed with it, and moving it when moved there."""

    _inherit = "crm.service.visit"

    event_id = fields.Many2one(
        "calendar.event", "Appointment", copy=False, readonly=True, index="btree_not_null", ondelete="set null"
    )

    def _event_values(self):
        self.ensure_one()
        return {
            "name": self.display_name,
            "start": self.start,
            "stop": self.stop,
            "user_id": self.user_id.id,
            "partner_ids": [Command.set(self.user_id.partner_id.ids)],
            "location": self.address,
            "description": plaintext2html(self.task or ""),
        }

    def _sync_event(self):
        """Bring the appointments in line. In sudo: the planner need not own the technician's calendar."""
        visits = self.sudo()
        gone = visits.filtered(lambda visit: visit.event_id and (not visit.user_id or visit.state == "cancelled"))
        if gone:
            events = gone.event_id
            gone.with_context(crm_visit_from_event=True).event_id = False
            events.with_context(**QUIET).unlink()
        wanted = visits.filtered(lambda visit: visit.user_id and visit.state != "cancelled")
        for visit in wanted.filtered("event_id"):
            visit.event_id.with_context(**QUIET).write(visit._event_values())
        fresh = wanted.filtered(lambda visit: not visit.event_id)
        if fresh:
            model = self.env["ir.model"]._get_id("crm.service.visit")
            events = (
                self.env["calendar.event"]
                .sudo()
                .with_context(**QUIET)
                .create(
                    [{**v._event_values(), "crm_kind": "visit", "res_model_id": model, "res_id": v.id} for v in fresh]
                )
            )
            for visit, event in zip(fresh, events, strict=True):
                visit.with_context(crm_visit_from_event=True).event_id = event

    def unlink(self):
        events = self.sudo().event_id
        result = super().unlink()
        events.with_context(**QUIET).unlink()
        return result
