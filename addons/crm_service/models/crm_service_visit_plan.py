from datetime import timedelta

from odoo import api, fields, models

from ..tools import slots
from .crm_service_visit import OPEN_STATES

HORIZON = timedelta(days=14)


class CrmServiceVisit(models.Model):
    """Who could come when: free times of technicians within their working hours, and what speaks against a plan."""

    _inherit = "crm.service.visit"

    warning_text = fields.Char("Please Check", compute="_compute_warning_text")

    @api.depends("user_id", "start", "stop", "skills", "state", "travel_minutes")
    @api.depends_context("lang")
    def _compute_warning_text(self):
        """Skill, working time, leave and other appointments: said, not refused. Of open jobs with a technician."""
        for visit in self:
            visit.warning_text = False
            if visit.user_id and visit.state == "planned" and visit.start and visit.stop and visit.start < visit.stop:
                visit.warning_text = " ".join(visit._warnings()) or False

    def _warnings(self):
        self.ensure_one()
        texts = []
        profile = self._technicians(self.user_id)
        if missing := slots.lacking(self.skills, profile.technician_skills):
            texts.append(
                self.env._(
                    "%(technician)s has not this skill: %(skills)s.",
                    technician=self.user_id.name,
                    skills=", ".join(missing),
                )
            )
        work, busy = self._working_and_busy(self.user_id, self.start, self.stop)[self.user_id]
        if slots.subtract([(self.start, self.stop)], slots.normalize(work)):
            texts.append(self.env._("Outside the working hours of %(technician)s.", technician=self.user_id.name))
        if any(left < self.stop and right > self.start for left, right in busy):
            texts.append(self.env._("%(technician)s has another appointment then.", technician=self.user_id.name))
        return texts

    @api.model
    def _technicians(self, users=None):
        """Return the technicians' profiles of the visit's company, or those of these users."""
        company = self.company_id or self.env.company
        domain = [("company_id", "=", company.id)]
        domain += [("is_technician", "=", True)] if users is None else [("user_id", "in", users.ids)]
        return self.env["crm.agent.profile"].search(domain)

    def _working_and_busy(self, users, start, stop):
        """Return {user: (working intervals, busy intervals)} between two moments, UTC; this visit itself left out.

        Working hours are the user's own, else the company's; leave counts as busy. A fixed number of queries.
        """
        company = self.company_id or self.env.company
        keys = {}
        for user in users.sudo():
            calendar = user.resource_calendar_id or company.sudo().resource_calendar_id
            keys[user.id] = (calendar, user.tz or calendar.tz or "UTC", company)
        times = self.env["crm.sla.policy"]._working_times(set(keys.values()))
        busy = {user: [] for user in users}
        for attendee in (
            self.env["calendar.attendee"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", users.sudo().partner_id.ids),
                    ("state", "!=", "declined"),
                    ("event_id.active", "=", True),
                    ("event_id.show_as", "=", "busy"),
                    ("event_id.start", "<", stop),
                    ("event_id.stop", ">", start),
                    ("event_id", "not in", self.sudo().event_id.ids),
                ]
            )
        ):
            for user in users.filtered(lambda item, partner=attendee.partner_id: item.sudo().partner_id == partner):
                busy[user].append((attendee.event_id.start, attendee.event_id.stop))
        leaves = self.env["resource.calendar.leaves"].sudo()
        for leave in leaves.search(
            [("resource_id.user_id", "in", users.ids), ("date_from", "<", stop), ("date_to", ">", start)]
        ):
            busy[leave.resource_id.user_id.sudo(False)].append((leave.date_from, leave.date_to))
        domain = [("user_id", "in", users.ids), ("state", "in", OPEN_STATES), ("id", "not in", self._origin.ids)]
        for visit in self.sudo().search([*domain, ("busy_from", "<", stop), ("stop", ">", start)]):
            busy[visit.user_id.sudo(False)].append((visit.busy_from, visit.stop))
        return {user: (times[keys[user.id]].intervals(start, stop), busy[user]) for user in users}

    def _free_slots(self, now, limit=3):
        """Return [(start, technician)] that fit this job from `now` on, the earliest first, with its skills."""
        self.ensure_one()
        profiles = self._technicians()
        able = profiles.filtered(lambda item: not slots.lacking(self.skills, item.technician_skills))
        stop = now + HORIZON
        found = []
        for user, (work, busy) in self._working_and_busy(able.user_id, now, stop).items():
            travel = timedelta(minutes=self.travel_minutes)
            starts = slots.free_slots(work, busy, self.stop - self.start, travel, limit)
            found += [(start, user) for start in starts]
        return sorted(found, key=lambda pair: (pair[0], pair[1].name))

    def action_suggest(self):
        """Open the free times of the technicians who can do this job."""
        self.ensure_one()
        wizard = self.env["crm.service.visit.slot"].create({"visit_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Free Times"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }
