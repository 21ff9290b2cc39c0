from collections import Counter
from datetime import date

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from .visit_common import VisitCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-01 08:00:00")
class TestVisitPlan(VisitCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.customer.class.policy"].search([("company_id", "=", cls.company.id)]).unlink()
        for name, visits in (("a", 12), ("b", 6), ("c", 0)):
            cls.env["crm.customer.class.policy"].create(
                {"company_id": cls.company.id, "customer_class": name, "visits_per_year": visits}
            )
        cls.month = cls.env["crm.company.scorecard"].create({"company_id": cls.company.id, "period": "2025-12-01"})
        cls.a1, cls.a2, cls.b1 = (cls.make_customer(name) for name in ("A one", "A two", "B one"))
        cls.c1, cls.none = cls.make_customer("C one"), cls.make_customer("No class")
        cls.other = cls.make_customer("Other", user=cls.colleague)
        for partner, name in ((cls.a1, "a"), (cls.a2, "a"), (cls.b1, "b"), (cls.c1, "c"), (cls.other, "b")):
            cls.classify(partner, name)

    @classmethod
    def classify(cls, partner, name):
        cards = cls.env["crm.scorecard"]
        card = cards.search([("partner_id", "=", partner.id), ("company_id", "=", cls.company.id)])
        if card:
            card.customer_class = name
            return
        cards.create(
            {
                "month_id": cls.month.id,
                "company_id": cls.company.id,
                "partner_id": partner.id,
                "period": "2025-12-01",
                "date": "2025-12-31",
                "is_latest": True,
                "customer_class": name,
            }
        )

    def make_plan(self, **vals):
        plan = self.env["crm.visit.plan"].with_user(self.manager).create({"year": 2026, **vals})
        plan.action_generate()
        return plan

    def visits(self, plan):
        return self.env["crm.visit"].search([("plan_id", "=", plan.id)])

    def test_a_year_from_class_frequency(self):
        """R021: a yearly plan from class frequency, by quarter and month planned against done; twice makes nothing."""
        plan = self.make_plan()
        visits = self.visits(plan)
        self.assertEqual(
            Counter(visit.partner_id.name for visit in visits), {"A one": 12, "A two": 12, "B one": 6, "Other": 6}
        )
        self.assertEqual(visits.filtered(lambda v: v.partner_id == self.other).user_id, self.colleague)
        self.assertEqual(set(visits.mapped("state")), {"draft"})
        self.assertFalse(visits.event_id)
        quarters = Counter((v.planned_date.month + 2) // 3 for v in visits if v.partner_id == self.a1)
        self.assertEqual(quarters, {1: 3, 2: 3, 3: 3, 4: 3})
        plan.action_generate()
        self.assertEqual(self.visits(plan), visits)
        # Two of the first quarter take place.
        for visit in visits.filtered(lambda v: v.partner_id == self.a1).sorted("planned_date")[:2]:
            visit.with_user(self.salesman).write(
                {"objective": "Order", "result": "Fine", "state": "confirmed", "start": "2025-12-31 10:00:00"}
            )
            visit.with_user(self.salesman).action_done()
        coverage = self.env["crm.visit.coverage"].with_user(self.manager)
        domain = [("plan_id", "=", plan.id), ("partner_id", "=", self.a1.id)]
        groups = coverage._read_group(domain, ["planned_date:quarter"], ["planned:sum", "done:sum", "coverage:avg"])
        self.assertEqual([group[1:3] for group in groups], [(3, 2), (3, 0), (3, 0), (3, 0)])
        self.assertAlmostEqual(groups[0][3], 200 / 3, 3)
        months = coverage._read_group(domain, ["planned_date:month"], ["planned:sum"])
        self.assertEqual([count for _month, count in months], [1] * 12)
        classes = coverage._read_group([("plan_id", "=", plan.id)], ["customer_class"], ["planned:sum", "done:sum"])
        self.assertEqual(classes, [("a", 24, 2), ("b", 12, 0)])
        self.assertEqual((plan.planned_count, plan.done_count), (36, 2))
        mine = coverage.with_user(self.colleague)._read_group([("plan_id", "=", plan.id)], [], ["planned:sum"])
        self.assertEqual(mine, [(6,)])

    def test_working_days_leaves_and_capacity(self):
        """R021: no visit on a free day, on a leave, or beyond the day's capacity; what finds no day is counted."""
        self.company.resource_calendar_id.tz = "UTC"
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Company holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": "2026-01-05 00:00:00",
                "date_to": "2026-01-23 23:59:59",
            }
        )
        plan = self.make_plan(period="m01", visits_per_day=1, user_ids=[Command.set(self.salesman.ids)])
        days = self.visits(plan).mapped("planned_date")
        self.assertEqual(len(days), 3)
        self.assertEqual(len(set(days)), 3)
        free = {date(2026, 1, day) for day in (1, 2, 26, 27, 28, 29, 30)}
        self.assertLessEqual(set(days), free)
        self.assertFalse(plan.unplaced_count)
        for visit in self.visits(plan):
            self.assertEqual(visit.start.hour, 8)

    def test_no_room_is_said(self):
        for number in range(30):
            self.classify(self.make_customer(f"More {number}"), "a")
        plan = self.make_plan(period="m01", visits_per_day=1, user_ids=[Command.set(self.salesman.ids)])
        self.assertGreater(plan.unplaced_count, 0)
        self.assertEqual(plan.planned_count + plan.unplaced_count, sum(plan.line_ids.mapped("wanted")))
        self.assertTrue(any("no free day" in line.reason for line in plan.line_ids))

    def test_class_changes_and_customers_leave(self):
        """R021: an update follows the classes; given-up customers get no visits; what was confirmed stays."""
        plan = self.make_plan()
        confirmed = self.visits(plan).filtered(lambda v: v.partner_id == self.a1).sorted("plan_number")[-1]
        confirmed.write({"objective": "Order", "state": "confirmed"})
        self.classify(self.a1, "b")
        self.classify(self.b1, "a")
        self.a2.user_id = False
        plan.action_generate()
        counts = Counter(visit.partner_id.name for visit in self.visits(plan))
        self.assertEqual(counts, {"A one": 7, "B one": 12, "Other": 6})
        self.assertTrue(confirmed.exists())

    def test_given_up_customers_are_left_out(self):
        """R021: a customer on an approved give-up list leaves the visit plan, planned visits too."""
        plan = self.make_plan()
        line = self.env["crm.give.up"].create({"partner_id": self.a2.id, "reason": "Costs more than it brings"})
        line.with_user(self.manager).action_approve()
        plan.action_generate()
        self.assertNotIn(self.a2, self.visits(plan).partner_id)
        self.assertIn(self.a1, self.visits(plan).partner_id)

    def test_visits_before_the_expected_order(self):
        """R021: with a rhythm of its own a customer is visited shortly before its next order."""
        self.b1.crm_order_cycle = 60
        order = self.env["sale.order"].create({"partner_id": self.b1.id, "date_order": "2025-12-20 10:00:00"})
        order.write({"state": "sale", "date_order": "2025-12-20 10:00:00"})
        plan = self.make_plan(user_ids=[Command.set(self.salesman.ids)])
        days = sorted(self.visits(plan).filtered(lambda v: v.partner_id == self.b1).mapped("planned_date"))
        expected = [fields.Date.add(date(2025, 12, 20), days=60 * number) for number in range(1, 7)]
        self.assertEqual(len(days), 6)
        for day, order_day in zip(days, expected, strict=True):
            self.assertIn((order_day - day).days, range(3, 8))
        self.assertIn("orders every 60 days", plan.line_ids.filtered(lambda x: x.partner_id == self.b1).reason)

    def test_only_managers_and_one_plan(self):
        with self.assertRaises(AccessError):
            self.env["crm.visit.plan"].with_user(self.salesman).create({"year": 2026})
        self.make_plan(period="q1")
        with self.assertRaises(ValidationError):
            self.make_plan()
        self.make_plan(period="q2")

    def test_queries_do_not_grow_with_customers(self):
        def queries(count, period):
            for number in range(count):
                self.classify(self.make_customer(f"{period} {number}"), "a")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.make_plan(period=period, visits_per_day=50, user_ids=[Command.set(self.salesman.ids)])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(2, "m01")
        few, many = queries(8, "m02"), queries(90, "m03")
        self.assertLessEqual(many, few + 12)
