from datetime import datetime, time, timedelta

import pytz
from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import visit_plan
from .crm_visit import OPEN_STATES

QUARTER = 15
BULK = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True}


class CrmVisitPlan(models.Model):
    """Generating: customers, their frequency and rhythm, then days (tools/visit_plan.py), then visits."""

    _inherit = "crm.visit.plan"

    def _generate(self, today):
        """Make the lines and visits that are missing; take back planned ones that the class no longer asks for.

        Idempotent: a visit is known by its customer and number, in whatever state it is.
        """
        self.ensure_one()
        self.state = "running"
        self._update_lines(today)
        self._drop_surplus()
        made = self.env["crm.visit"]
        for user, lines in self.line_ids.grouped("user_id").items():
            made += self._plan_user(user, lines, today)
        self.generated = fields.Datetime.now()
        return made

    # === WHO AND HOW OFTEN === #

    def _customers(self):
        """Customers of the salespeople, without those that were given up."""
        self.ensure_one()
        domain = Domain(
            [
                ("parent_id", "=", False),
                ("user_id", "in", self.user_ids.ids) if self.user_ids else ("user_id", "!=", False),
                ("company_id", "in", [False, self.company_id.id]),
            ]
        )
        if "crm_given_up" in self.env["res.partner"]._fields:
            domain &= Domain("crm_given_up", "=", False)
        return self.env["res.partner"].with_company(self.company_id).search(domain)

    def _update_lines(self, today):
        """One line a customer whose class has visits; the line of one that has none any more asks for none."""
        partners = self._customers()
        policies = self.env["crm.customer.class.policy"]._for_partners(partners, self.company_id)
        gaps = self._gaps(partners)
        lines = {line.partner_id: line for line in self.line_ids}
        fresh = []
        for partner in partners:
            policy = policies[partner.id]
            line = lines.pop(partner, None)
            if not policy.visits_per_year and not line:
                continue
            start = line.date_from if line else max(self.date_from, today)
            values = {
                "user_id": partner.user_id.id,
                "customer_class": policy.customer_class,
                "visits_per_year": policy.visits_per_year,
                "gap": gaps.get(partner.id, (None, 0.0))[1],
                "date_from": start,
                "wanted": visit_plan.visits_in(policy.visits_per_year, start, self.date_to),
            }
            if not line:
                fresh.append({"plan_id": self.id, "partner_id": partner.id, **values})
            elif any((line[name].id if name == "user_id" else line[name]) != value for name, value in values.items()):
                line.write(values)
                line.visit_ids.filtered(lambda visit: visit.state == "draft").user_id = partner.user_id
        self.env["crm.visit.plan.line"].create(fresh)
        for line in lines.values():
            line.write({"wanted": 0, "visits_per_year": 0})

    def _gaps(self, partners):
        """{partner id: (last order, days between orders or 0)} of the customers with orders."""
        rows = (
            self.env["crm.order.rhythm"]
            .sudo()
            .with_context(allowed_company_ids=self.company_id.ids)
            .search_fetch(
                [("company_id", "=", self.company_id.id), ("partner_id", "in", partners.ids)],
                ["partner_id", "last_date", "gap"],
            )
        )
        return {row.partner_id.id: (row.last_date, round(row.gap, 1)) for row in rows}

    def _drop_surplus(self):
        """Planned visits beyond the number that is wanted now; what somebody confirmed or cancelled stays."""
        surplus = self.env["crm.visit"].search([("plan_id", "=", self.id), ("state", "=", "draft")])
        surplus.filtered(lambda visit: visit.plan_number > visit.plan_line_id.wanted).unlink()

    # === WHEN === #

    def _plan_user(self, user, lines, today):
        """Visits of one salesperson for the numbers that are missing."""
        start = max(self.date_from, today)
        days = self._working_days(user, start, self.date_to)
        load = self._load(user, start)
        orders = self._gaps(lines.partner_id) if self.use_rhythm else {}
        last_visits = self._last_visits(lines.partner_id)
        known = {}
        for visit in self.env["crm.visit"].sudo().search_fetch([("plan_line_id", "in", lines.ids)], ["plan_number"]):
            known.setdefault(visit.plan_line_id.id, set()).add(visit.plan_number)
        lines = lines.sorted(lambda line: (line.customer_class or "z", line.partner_id.id))
        customers = []
        for line in lines:
            last_order, gap = orders.get(line.partner_id.id, (None, None))
            last_visit = last_visits.get(line.partner_id.id)
            customers.append(
                visit_plan.Customer(
                    line.id, line.visits_per_year, last_order, gap or None, last_visit, start=line.date_from
                )
            )
        placed, left = visit_plan.plan(
            customers, self.date_from, self.date_to, sorted(days), self.visits_per_day, load, known
        )
        missing = dict.fromkeys(lines.ids, 0)
        for key, _number in left:
            missing[key] += 1
        for line in lines:
            if line.unplaced != missing[line.id]:
                line.unplaced = missing[line.id]
        return self._make_visits(user, placed, days, load)

    def _working_days(self, user, start, stop):
        """{day: (first hour, last hour)} on which the person works: calendar less public and own leaves; UTC."""
        if start > stop:
            return {}
        company = self.company_id.sudo()
        resource = (
            user.sudo().with_company(company).resource_ids.filtered(lambda resource: resource.company_id == company)[:1]
        )
        schedule = resource.calendar_id or company.resource_calendar_id
        zone = pytz.timezone(user.tz or schedule.tz or "UTC")
        low, high = (
            zone.localize(datetime.combine(start, time.min)),
            zone.localize(datetime.combine(stop, time.max)),
        )
        intervals = schedule._work_intervals_batch(low, high, resources=resource or None, tz=zone)
        days = {}
        for begin, end, _attendance in intervals[resource.id if resource else False]:
            first, last = days.get(begin.date(), (begin, end))
            days[begin.date()] = min(first, begin), max(last, end)
        return {
            day: tuple(moment.astimezone(pytz.utc).replace(tzinfo=None) for moment in span)
            for day, span in days.items()
        }

    def _load(self, user, start):
        """{day: visits already planned} of the person, whatever the plan."""
        groups = (
            self.env["crm.visit"]
            .sudo()
            ._read_group(
                [("user_id", "=", user.id), ("start", ">=", start), ("state", "!=", "cancelled")],
                ["start:day"],
                ["__count"],
            )
        )
        return {day.date(): count for day, count in groups}

    def _last_visits(self, partners):
        groups = (
            self.env["crm.visit"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "in", partners.ids),
                    ("company_id", "=", self.company_id.id),
                    "|",
                    ("state", "=", "done"),
                    "&",
                    ("state", "in", OPEN_STATES),
                    ("plan_id", "not in", self.ids),
                ],
                ["partner_id"],
                ["start:max"],
            )
        )
        return {partner.id: last.date() for partner, last in groups if last.date() < self.date_from}

    @api.model
    def _slot(self, span, place, capacity):
        """Time of the n-th visit of a day: the working hours shared out, to the quarter of an hour."""
        minutes = (span[1] - span[0]).total_seconds() / 60 / capacity * place
        return span[0] + timedelta(minutes=int(minutes // QUARTER * QUARTER))

    def _make_visits(self, user, placed, days, load):
        values, used = [], dict(load)
        lines = {line.id: line for line in self.line_ids}
        for (key, number), day in sorted(placed.items(), key=lambda item: (item[1], item[0])):
            place = used.get(day, 0)
            used[day] = place + 1
            values.append(
                {
                    "partner_id": lines[key].partner_id.id,
                    "company_id": self.company_id.id,
                    "user_id": user.id,
                    "start": self._slot(days[day], place, self.visits_per_day),
                    "duration": self.duration,
                    "planned_date": day,
                    "objective": self.objective,
                    "purpose": self.purpose,
                    "plan_line_id": key,
                    "plan_number": number,
                }
            )
        return self.env["crm.visit"].with_context(**BULK).create(values)
