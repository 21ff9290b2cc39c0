from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .visit_common import NOW, VisitCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisit(VisitCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.make_customer("Visited", partner_latitude=48.137, partner_longitude=11.575, city="Munich")
        cls.contact = cls.env["res.partner"].create({"name": "Ann", "parent_id": cls.customer.id})

    def test_no_confirmation_without_objective_and_purpose(self):
        """R023.1: a visit cannot be confirmed without objective and purpose, whatever the door."""
        visit = self.make_visit(self.customer, objective=False, purpose=False)
        with self.assertRaises(ValidationError) as refused:
            visit.action_confirm()
        self.assertIn("Please fill in: Objective, Purpose", str(refused.exception))
        visit.objective = "   "
        visit.purpose = "sell"
        with self.assertRaises(ValidationError):
            visit.write({"state": "confirmed"})
        with self.assertRaises(ValidationError):
            self.make_visit(self.customer, objective=False, state="confirmed")
        visit.objective = "The order for autumn"
        visit.action_confirm()
        self.assertEqual(visit.state, "confirmed")
        with self.assertRaises(ValidationError):
            visit.purpose = False

    def test_appointment_follows_the_visit_and_the_visit_the_appointment(self):
        visit = self.make_visit(self.customer, contact_id=self.contact.id)
        self.assertFalse(visit.event_id)
        visit.objective = "An order above <b>100</b>"
        visit.action_confirm()
        event = visit.event_id
        self.assertIn("&lt;b&gt;100", event.description)
        self.assertEqual((event.start, event.stop), (visit.start, visit.start + timedelta(hours=1)))
        self.assertEqual(event.partner_ids, self.salesman.partner_id)
        self.assertEqual(event.crm_kind, "visit")
        self.assertIn("Munich", event.location)
        visit.write({"start": visit.start + timedelta(hours=2), "duration": 2})
        self.assertEqual((event.start, event.duration), (visit.start, 2))
        event.with_user(self.salesman).write(
            {"start": event.start + timedelta(days=1), "stop": event.stop + timedelta(days=1)}
        )
        self.assertEqual(visit.start, event.start)
        self.assertEqual(visit.planned_date, fields.Date.to_date("2026-06-30"))
        moved = visit.start
        visit.action_draft()
        self.assertFalse(event.exists())
        self.assertEqual((visit.start, visit.duration), (moved, 2))
        self.assertEqual(visit.state, "draft")

    def test_a_deleted_appointment_returns_the_visit(self):
        visit = self.make_visit(self.customer)
        visit.action_confirm()
        visit.event_id.with_user(self.salesman).unlink()
        self.assertEqual((visit.state, visit.event_id.id), ("draft", False))

    def test_reminder_before_each_appointment(self):
        """R015: every appointment of a salesperson, visit or meeting, carries a reminder of Odoo's calendar."""
        alarm = self.company.crm_alarm_id
        self.assertEqual(alarm.alarm_type, "notification")
        visit = self.make_visit(self.customer)
        visit.action_confirm()
        self.assertEqual(visit.event_id.alarm_ids, alarm)
        events = self.env["calendar.event"].with_user(self.salesman)
        meeting = events.create({"name": "Meeting", "start": "2026-07-01 09:00:00", "stop": "2026-07-01 10:00:00"})
        self.assertEqual(meeting.alarm_ids, alarm)
        own = events.create(
            {"name": "Own", "start": "2026-07-02 09:00:00", "stop": "2026-07-02 10:00:00", "alarm_ids": []}
        )
        self.assertFalse(own.alarm_ids)
        private = self.env["calendar.event"].with_user(self.clerk)
        meeting = private.create({"name": "No sales", "start": "2026-07-01 09:00:00", "stop": "2026-07-01 10:00:00"})
        self.assertFalse(meeting.alarm_ids)

    def test_check_in_with_and_without_position(self):
        visit = self.make_visit(self.customer)
        with self.assertRaises(UserError):
            visit.action_check_in(48.1, 11.5)
        visit.action_confirm()
        with self.assertRaises(ValidationError):
            visit.action_check_in(148.1, 11.5)
        visit.action_check_in(48.137, 11.589, 20)
        self.assertEqual(visit.state, "in_progress")
        self.assertAlmostEqual(visit.check_in_distance, 1.04, 1)
        self.assertIn("km from the customer", visit.check_in_text)
        other = self.make_visit(self.customer)
        other.action_confirm()
        other.action_check_in(reason="no permission given")
        self.assertEqual(other.state, "in_progress")
        self.assertEqual(other.check_in_text, "Without position: no permission given")

    def test_result_with_problems(self):
        """R023: stated and discovered problems and solutions; what is unresolved becomes a task or an opportunity."""
        visit = self.make_visit(self.customer, contact_id=self.contact.id)
        visit.action_confirm()
        visit.action_check_in()
        with self.assertRaises(UserError):
            visit.action_done()
        with Form(visit) as form:
            form.result = "Good talk"
            form.next_step = "Call about autumn"
            form.next_date = "2026-07-10"
            for kind, name, solution, solved, follow_up in (
                ("stated", "Boxes arrive torn", "Stronger boxes", True, "task"),
                ("stated", "Invoices come late", False, False, "task"),
                ("found", "Shelf half empty", "<img src='x'>", False, "opportunity"),
            ):
                with form.problem_ids.new() as line:
                    line.kind, line.name = kind, name
                    if solution:
                        line.solution = solution
                    if solved:
                        line.is_solved = True
                    else:
                        line.follow_up = follow_up
        visit.action_done()
        self.assertEqual(visit.state, "done")
        solved, task, deal = visit.problem_ids.sorted("id")
        self.assertFalse(solved.res_id)
        self.assertIn(task.res_model, ("crm.sales.task", "mail.activity"))
        self.assertTrue(self.env[task.res_model].browse(task.res_id).exists())
        lead = self.env["crm.lead"].browse(deal.res_id)
        self.assertEqual((lead.name, lead.partner_id, lead.user_id), ("Shelf half empty", self.contact, self.salesman))
        self.assertIn("&lt;img", lead.description)
        self.assertEqual(deal.action_open_follow_up()["res_id"], lead.id)
        log = visit.log_id
        self.assertEqual((log.channel, log.partner_id, log.contact_id), ("visit", self.customer, self.contact))
        self.assertEqual((log.user_id, log.event_id), (self.salesman, visit.event_id))
        self.assertIn("Found by Us: Shelf half empty", log.content)
        self.assertEqual(log.activity_id.date_deadline, fields.Date.to_date("2026-07-10"))
        with self.assertRaises(UserError):
            visit.action_done()
        with self.assertRaises(UserError):
            visit.unlink()

    def test_solved_needs_a_solution(self):
        visit = self.make_visit(self.customer)
        with self.assertRaises(UserError):
            visit.problem_ids = [(0, 0, {"name": "Late", "is_solved": True})]

    def test_overlap_is_flagged(self):
        visit = self.make_visit(self.customer)
        self.assertFalse(visit.overlap_text)
        self.env["calendar.event"].with_user(self.salesman).create(
            {"name": "Dentist", "start": "2026-06-30 10:30:00", "stop": "2026-06-30 11:30:00"}
        )
        visit.invalidate_recordset(["overlap_text"])
        self.assertIn("Dentist", visit.overlap_text)
        visit.start = "2026-06-30 11:30:00"
        self.assertFalse(visit.overlap_text)

    def test_who_sees_and_changes(self):
        mine = self.make_visit(self.customer)
        with self.assertRaises(AccessError):
            mine.with_user(self.colleague).read(["objective"])
        with self.assertRaises(AccessError):
            mine.with_user(self.clerk).read(["objective"])
        theirs = self.make_visit(self.customer, user=self.colleague)
        theirs.with_user(self.salesman).read(["objective"])  # of an own customer
        with self.assertRaises(AccessError):
            theirs.with_user(self.salesman).objective = "Mine now"
        theirs.with_user(self.manager).objective = "Better"
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.make_visit(self.customer)
        foreign.sudo().company_id = elsewhere
        with self.assertRaises(AccessError):
            foreign.with_user(self.manager).read(["objective"])

    def test_reassign_many(self):
        """R021: the visits of one salesperson go to another with their appointments, done ones stay."""
        visits = self.env["crm.visit"]
        for number in range(3):
            visits += self.make_visit(self.customer, start=f"2026-07-0{number + 1} 09:00:00")
        visits[0].action_confirm()
        done = self.make_visit(self.customer, start="2026-06-29 09:00:00", result="Fine")
        done.action_confirm()
        done.action_done()
        with self.assertRaises(AccessError):
            self.env["crm.visit.reassign"].with_user(self.salesman).create({"user_id": self.colleague.id})
        wizard = (
            self.env["crm.visit.reassign"]
            .with_user(self.manager)
            .create({"from_user_id": self.salesman.id, "user_id": self.colleague.id, "with_customers": True})
        )
        self.assertEqual(wizard.visit_count, 3)
        wizard.action_reassign()
        self.assertEqual(visits.user_id, self.colleague)
        self.assertEqual(visits[0].event_id.user_id, self.colleague)
        self.assertEqual(visits[0].event_id.partner_ids, self.colleague.partner_id)
        self.assertEqual(done.user_id, self.salesman)
        self.assertEqual(self.customer.user_id, self.colleague)

    def test_route_of_the_day(self):
        """R022: an ordered route, total distance never above the entry order; addresses without coordinates apart."""
        self.salesman.partner_id.write({"partner_latitude": 48.0, "partner_longitude": 11.0})
        visits = self.env["crm.visit"]
        for number, east in enumerate((11.9, 11.1, 11.5, 11.3)):
            customer = self.make_customer(f"East {east}", partner_latitude=48.0, partner_longitude=east)
            visits += self.make_visit(customer, start=f"2026-06-30 {10 + number}:00:00")
        nowhere = self.make_visit(self.make_customer("Nowhere"), start="2026-06-30 15:00:00")
        visits[0].action_confirm()
        action = (visits + nowhere).with_user(self.salesman).action_route()
        day = self.env["crm.visit.route"].with_user(self.salesman).browse(action["res_id"])
        self.assertEqual(day.line_ids.visit_id.mapped("partner_id.partner_longitude"), [11.1, 11.3, 11.5, 11.9])
        self.assertEqual(day.missing_ids.visit_id, nowhere)
        self.assertLess(day.route_km, day.entry_km)
        self.assertAlmostEqual(day.route_km, 66.97, 1)
        self.assertAlmostEqual(sum(day.line_ids.mapped("leg_km")), day.route_km, 3)
        self.assertIn("origin=48.0%2C11.0", day.action_open_map()["url"])
        day.action_apply()
        ordered = visits.sorted("route_order")
        self.assertEqual(ordered.mapped("partner_id.partner_longitude"), [11.1, 11.3, 11.5, 11.9])
        self.assertEqual(ordered.mapped("start"), sorted(visits.mapped("start")))
        self.assertEqual(visits[0].event_id.start, visits[0].start)
        whole = self.env["crm.visit"].with_user(self.salesman).action_route()
        whole = self.env["crm.visit.route"].with_user(self.salesman).browse(whole["res_id"])
        self.assertEqual(whole.visit_ids, visits + nowhere)

    def test_list_costs_no_query_per_visit(self):
        names = ["partner_id", "objective", "user_id", "state", "start", "problem_count", "check_in_text"]
        specification = {name: {"fields": {"display_name": {}}} if name.endswith("_id") else {} for name in names}

        def queries(count):
            for number in range(count):
                self.make_visit(self.customer, start=fields.Datetime.to_datetime(NOW) + timedelta(hours=number))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["crm.visit"].with_user(self.salesman).web_search_read([], specification)
            return self.env.cr.sql_log_count - before

        queries(2)
        self.assertEqual(queries(8), queries(90))


@tagged("post_install", "-at_install")
class TestVisitReminder(VisitCommon):
    """By the clock of the database: Odoo's alarms compare in SQL."""

    def test_the_reminder_of_a_visit_is_due(self):
        """R015: the salesperson is reminded of a confirmed visit before it begins, and of nobody else's."""
        start = fields.Datetime.now() + timedelta(minutes=20)
        visit = self.make_visit(self.make_customer("Soon"), start=start)
        alarms = self.env["calendar.alarm_manager"]
        self.assertFalse(alarms.with_user(self.salesman).get_next_notif())
        visit.action_confirm()
        due = alarms.with_user(self.salesman).get_next_notif()
        self.assertEqual([notice["event_id"] for notice in due], visit.event_id.ids)
        self.assertFalse(alarms.with_user(self.colleague).get_next_notif())
