from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from .visit_common import NOW, VisitCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAppointment(VisitCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.make_customer("Customer")

    def event(self, name, start, hours=1, user=None, **vals):
        start = fields.Datetime.to_datetime(start)
        return (
            self.env["calendar.event"]
            .with_user(user or self.salesman)
            .create({"name": name, "start": start, "stop": start + timedelta(hours=hours), **vals})
        )

    def rows(self, user, domain=()):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["crm.appointment"].with_user(user).search(list(domain))

    def test_meetings_visits_and_calls_in_one_calendar(self):
        """R015, R015.1: a salesperson sees meetings, visits and calls in one calendar, the manager the whole team's."""
        self.event("Meeting", "2026-06-30 09:00:00")
        self.event("Call at ten", "2026-06-30 10:00:00", crm_kind="call")
        visit = self.make_visit(self.customer, start="2026-06-30 12:00:00")
        visit.action_confirm()
        planned = self.make_visit(self.customer, start="2026-07-01 12:00:00")
        self.customer.activity_schedule(
            "mail.mail_activity_data_call", date_deadline="2026-07-02", summary="Ask", user_id=self.salesman.id
        )
        self.event("Of the colleague", "2026-06-30 09:00:00", user=self.colleague)
        rows = self.rows(self.salesman)
        self.assertEqual(
            [(row.kind, row.name, row.allday, row.is_planned) for row in rows],
            [
                ("meeting", "Meeting", False, False),
                ("call", "Call at ten", False, False),
                ("visit", "Visit: Customer", False, False),
                ("visit", "Customer", False, True),
                ("call", "Ask: Customer", True, False),
            ],
        )
        self.assertEqual(rows[2].action_open()["res_id"], visit.id)
        self.assertEqual(rows[2].partner_id, self.customer)
        self.assertEqual(rows[3].action_open()["res_id"], planned.id)
        self.assertEqual(rows[4].action_open()["res_id"], self.customer.id)
        team = self.rows(self.manager, [("user_id", "in", (self.salesman + self.colleague).ids)])
        self.assertEqual(len(team), 6)
        self.assertEqual(team.user_id, self.salesman + self.colleague)
        with self.assertRaises(AccessError):
            self.rows(self.clerk)

    def test_overlaps_are_flagged(self):
        """R015.1: two appointments of one person at the same time are flagged, in list, filter, visit and meeting."""
        first = self.event("First", "2026-06-30 09:00:00", hours=2)
        self.event("Next", "2026-06-30 11:00:00")
        self.assertFalse(self.rows(self.salesman, [("overlap", "=", True)]))
        visit = self.make_visit(self.customer, start="2026-06-30 10:30:00", duration=0.5)
        visit.action_confirm()
        flagged = self.rows(self.salesman, [("overlap", "=", True)])
        self.assertEqual(flagged.mapped("name"), ["First", "Visit: Customer"])
        self.assertIn("First", visit.overlap_text)
        self.assertIn("Sal", first.with_user(self.salesman).crm_overlap_text)
        # Free time, declined appointments and other people's do not count.
        visit.event_id.show_as = "free"
        self.assertFalse(self.rows(self.salesman, [("overlap", "=", True)]))
        visit.event_id.show_as = "busy"
        visit.event_id.attendee_ids.state = "declined"
        self.assertFalse(self.rows(self.salesman, [("overlap", "=", True)]))
        self.event("Theirs", "2026-06-30 09:00:00", user=self.colleague)
        self.assertFalse(self.rows(self.manager, [("overlap", "=", True), ("user_id", "=", self.colleague.id)]))

    def test_private_appointments_show_the_time_only(self):
        self.event("Dentist", "2026-06-30 09:00:00", privacy="private", location="Tooth Street")
        row = self.rows(self.manager, [("user_id", "=", self.salesman.id)])
        self.assertEqual((row.name, row.location), ("Busy", False))
        row = self.rows(self.salesman)
        self.assertEqual((row.name, row.location), ("Dentist", "Tooth Street"))

    def test_calendar_costs_no_query_per_row(self):
        def queries(count):
            for number in range(count):
                self.event(f"Meeting {number}", "2026-06-30 09:00:00")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["crm.appointment"].with_user(self.salesman).web_search_read(
                [], {"name": {}, "kind": {}, "overlap": {}, "user_id": {"fields": {"display_name": {}}}}
            )
            return self.env.cr.sql_log_count - before

        queries(2)
        self.assertEqual(queries(8), queries(90))


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestContactReports(VisitCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.month = cls.env["crm.company.scorecard"].create({"company_id": cls.company.id, "period": "2026-06-01"})
        cls.big, cls.small = cls.make_customer("Big"), cls.make_customer("Small", user=cls.colleague)
        for partner, name, revenue in ((cls.big, "a", 9000), (cls.small, "c", 100)):
            cls.env["crm.scorecard"].create(
                {
                    "month_id": cls.month.id,
                    "company_id": cls.company.id,
                    "partner_id": partner.id,
                    "period": "2026-06-01",
                    "date": "2026-06-30",
                    "is_latest": True,
                    "customer_class": name,
                    "revenue": revenue,
                }
            )

    def log(self, partner, channel, days_ago, user):
        date = fields.Datetime.now() - timedelta(days=days_ago)
        return self.env["crm.contact.log"].with_user(user)._log(partner, channel, date=date)

    def test_contacts_by_person_channel_and_class(self):
        """R020: for a range of dates contacts and visits per salesperson, channel and customer class."""
        self.log(self.big, "call", 1, self.salesman)
        self.log(self.big, "call", 2, self.salesman)
        self.log(self.big, "visit", 3, self.salesman)
        self.log(self.big, "call", 20, self.salesman)
        self.log(self.small, "email", 1, self.colleague)
        self.env.flush_all()
        report = self.env["crm.contact.report"].with_user(self.manager)
        domain = [("company_id", "=", self.company.id), ("date", ">=", "2026-06-23"), ("date", "<", "2026-07-01")]
        rows = report._read_group(domain, ["user_id", "channel", "customer_class"], ["contacts:sum", "visits:sum"])
        self.assertEqual(
            set(rows),
            {
                (self.salesman, "call", "a", 2, 0),
                (self.salesman, "visit", "a", 1, 1),
                (self.colleague, "email", "c", 1, 0),
            },
        )
        mine = report.with_user(self.colleague)._read_group(domain, [], ["contacts:sum"])
        self.assertEqual(mine, [(1,)])
        row = report.search([*domain, ("channel", "=", "visit")])
        self.assertEqual(row.action_open()["res_id"], row.log_id.id)

    def test_compliance_at_level_two(self):
        """R065: customers at level 2 with contacts promised by their class against contacts made."""
        policies = self.env["crm.customer.class.policy"]
        policies.search([("company_id", "=", self.company.id)]).unlink()
        policies.create({"company_id": self.company.id, "customer_class": "a", "contacts_per_year": 4})
        unset, kept = self.make_customer("Unset"), self.make_customer("Kept")
        card = self.env["crm.scorecard"].search([("partner_id", "=", self.big.id)])
        card.copy({"partner_id": kept.id, "is_latest": True, "previous_id": False})
        (self.big + unset + kept).maintenance_level = "2"
        self.small.maintenance_level = "1"
        for days in (1, 100, 364, 366):
            self.log(self.big, "call", days, self.salesman)
        for days in range(6):
            self.log(kept, "call", days, self.salesman)
        self.env.flush_all()
        report = self.env["crm.contact.compliance"].with_user(self.manager)
        ours = (self.big + unset + kept + self.small).ids
        domain = [("maintenance_level", "=", "2"), ("company_id", "=", self.company.id), ("partner_id", "in", ours)]
        rows = {row.partner_id: row for row in report.search(domain)}
        self.assertEqual(set(rows), {self.big, unset, kept})
        self.assertEqual(
            (rows[self.big].wanted, rows[self.big].made, rows[self.big].compliance, rows[self.big].status),
            (4, 3, 75.0, "behind"),
        )
        self.assertEqual((rows[kept].made, rows[kept].compliance, rows[kept].status), (6, 100.0, "kept"))
        self.assertEqual(rows[unset].status, "unset")
        total = report._read_group(domain, [], ["wanted:sum", "made:sum", "compliance:avg"])
        self.assertEqual(total, [(8, 9, 87.5)])
        self.assertEqual(self.env["crm.contact.log"].search_count(rows[self.big].action_contacts()["domain"]), 3)
        self.assertFalse(report.with_user(self.colleague).search(domain))

    def test_executives_call_the_largest_customers(self):
        """R024: a monthly list of top customers; the feedback is on the profile and makes a follow-up."""
        executive = self.manager
        self.company.write({"crm_executive_ids": [(6, 0, executive.ids)], "crm_executive_customers": 1})
        calls = self.env["crm.executive.call"].with_user(executive).with_company(self.company)
        # As the web client presses a button of a list: with the ids of the rows chosen, here none.
        context = {"context": {"allowed_company_ids": self.company.ids}}
        action = call_kw(calls, "action_make_now", [[]], context)
        self.assertEqual(action["res_model"], "crm.executive.call")
        call = calls.search([("company_id", "=", self.company.id)])
        self.assertEqual((call.partner_id, call.rank, call.revenue, call.user_id), (self.big, 1, 9000, executive))
        self.assertEqual(call.month, fields.Date.to_date("2026-06-01"))
        call_kw(calls, "action_make_now", [call.ids], context)
        self.assertEqual(calls.search_count([("company_id", "=", self.company.id)]), 1)
        with self.assertRaisesRegex(UserError, "sales administrator"):
            call_kw(calls.with_user(self.salesman), "action_make_now", [[]], context)
        with freeze_time("2026-07-02 08:00:00"):
            self.env["crm.executive.call"]._make(self.company, fields.Date.today())
        self.assertEqual(calls.search_count([("company_id", "=", self.company.id)]), 2)
        call.write({"feedback": "Wants shorter delivery times", "next_step": "Offer express"})
        call.action_done()
        self.assertEqual(call.state, "done")
        self.assertIn("shorter delivery", call.log_id.content)
        self.assertEqual(self.big.crm_last_contact_user_id, executive)
        activity = self.big.activity_ids
        self.assertEqual((activity.summary, activity.user_id), ("Offer express", self.salesman))
        with self.assertRaises(AccessError):
            call.with_user(self.colleague).read(["feedback"])
