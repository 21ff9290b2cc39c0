import random
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import freeze_time, tagged

from ..tools import rhythm
from .common import CustomerCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 08:00:00")
class TestReminder(CustomerCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True, "tz": "UTC"})
        cls.env["mail.activity"].search([]).unlink()
        cls.customer = cls.make_customer("Customer", user=cls.salesman)

    @classmethod
    def activity(cls, record, days, user=None, kind="mail.mail_activity_data_call", summary="Call about autumn"):
        """An activity due `days` days after today."""
        return record.activity_schedule(
            kind,
            date_deadline=cls.today + timedelta(days=days),
            summary=summary,
            user_id=(user or cls.salesman).id,
        )

    @classmethod
    def order(cls, partner, days_ago, company=None):
        """A confirmed order without lines."""
        when = fields.Datetime.to_datetime(cls.today) - timedelta(days=days_ago) + timedelta(hours=9)
        company = company or cls.company
        order = cls.env["sale.order"].with_company(company).create({"partner_id": partner.id, "company_id": company.id})
        order.write({"state": "sale", "date_order": when})
        return order

    def rows(self, user, kind=None, partner=None):
        domain = [("kind", "=", kind)] if kind else []
        if partner:
            domain.append(("partner_id", "=", partner.id))
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["crm.reminder"].with_user(user).search(domain)

    def test_today_and_tomorrow_as_two_counted_lists(self):
        """R016: contacts due today and tomorrow are two counted lists; those of later days and of others are not."""
        lead = self.env["crm.lead"].create({"name": "Deal", "partner_id": self.customer.id, "type": "opportunity"})
        self.activity(self.customer, 0)
        self.activity(lead, 0, summary="Send offer", kind="mail.mail_activity_data_email")
        self.activity(self.customer, 1, summary="Ask again")
        self.activity(self.customer, 2, summary="Later")
        self.activity(self.customer, 0, user=self.colleague, summary="Not mine")
        self.env["crm.visit"].with_user(self.salesman).create(
            {"partner_id": self.customer.id, "objective": "See the shop", "start": "2026-06-30 15:00:00"}
        )
        self.env.flush_all()
        groups = (
            self.env["crm.reminder"]
            .with_user(self.salesman)
            .formatted_read_group([("kind", "in", ("today", "tomorrow"))], ["kind"], ["__count"])
        )
        self.assertEqual([(group["kind"], group["__count"]) for group in groups], [("today", 3), ("tomorrow", 1)])
        today = self.rows(self.salesman, "today")
        self.assertEqual(set(today.mapped("name")), {"Call about autumn", "Send offer", "See the shop"})
        self.assertEqual(today.partner_id, self.customer)
        self.assertEqual(set(today.mapped("days_late")), {0})
        screen = (
            self.env["crm.reminder"]
            .with_user(self.salesman)
            .web_read_group([("user_id", "=", self.salesman.id)], ["kind"])
        )
        self.assertEqual([group["kind"] for group in screen["groups"]][:2], ["today", "tomorrow"])

    def test_overdue_with_days_late_and_total_per_salesperson(self):
        """R017: overdue contacts with days late; the manager sees the total per salesperson."""
        self.activity(self.customer, -1)
        self.activity(self.customer, -5)
        other = self.make_customer("Of the colleague", user=self.colleague)
        self.activity(other, -3, user=self.colleague)
        mine = self.rows(self.salesman, "overdue")
        self.assertEqual(mine.mapped("days_late"), [5, 1])
        self.assertIn("5 days late", mine[0].reason)
        totals = (
            self.env["crm.reminder"]
            .with_user(self.manager)
            ._read_group(
                [("kind", "=", "overdue"), ("user_id", "in", (self.salesman + self.colleague).ids)],
                ["user_id"],
                ["__count", "days_late:max"],
            )
        )
        self.assertEqual(set(totals), {(self.salesman, 2, 5), (self.colleague, 1, 3)})

    def test_reorder_by_own_rhythm(self):
        """R018: the gap since the last order exceeds the customer's own average gap, or the cycle set for it."""
        late, punctual, young, fixed, billed = (
            self.make_customer(name, user=self.salesman) for name in ("Late", "Punctual", "Young", "Fixed", "Billed")
        )
        for days in (95, 65, 35):
            self.order(late, days)
        for days in (90, 60, 30):
            self.order(punctual, days)
        for days in (200, 100):
            self.order(young, days)
        fixed.crm_order_cycle = 14
        self.order(fixed, 15)
        for days in (95, 65, 35):
            self.bill(billed, 100, days_ago=days)
        rows = self.rows(self.salesman, "reorder")
        self.assertEqual(set(rows.partner_id), {late, fixed, billed})
        row = rows.filtered(lambda row: row.partner_id == late)
        self.assertEqual((row.gap, row.days_late, row.last_date), (30, 5, self.today - timedelta(days=35)))
        self.assertIn("orders every 30 days", row.reason)
        self.order(late, 0)
        self.assertNotIn(late, self.rows(self.salesman, "reorder").partner_id)
        self.assertFalse(self.rows(self.colleague, "reorder").partner_id & (fixed + billed))

    def test_rhythm_equals_the_rule_on_random_orders(self):
        """R018: the SQL of the screen and the pure rule agree, by average and by median, in two companies."""
        rng, expected = random.Random(7), {}
        branch = self.env["res.company"].create({"name": "Second"})
        branch.crm_rhythm_method = "median"
        self.env.user.company_ids += branch
        for number in range(12):
            partner = self.make_customer(f"Random {number}", user=self.salesman)
            partner.crm_order_cycle = rng.choice([0, 0, 0, 20])
            for company in (self.company, branch):
                days = [rng.randrange(400) for _order in range(rng.randrange(7))]
                for day in days:
                    self.order(partner, day, company)
                dates = [self.today - timedelta(days=day) for day in days]
                past = rhythm.days_past(dates, self.today, partner.crm_order_cycle, company.crm_rhythm_method)
                if past and past > 0:
                    expected[partner, company] = past
        self.env.flush_all()
        rows = (
            self.env["crm.reminder"]
            .with_context(allowed_company_ids=(self.company + branch).ids)
            .search([("kind", "=", "reorder"), ("partner_id.name", "like", "Random")])
        )
        self.assertTrue(expected)
        found = {(row.partner_id, row.company_id): row.days_late for row in rows}
        self.assertEqual(found, expected)

    def test_dormant_after_the_days_of_the_administrator(self):
        """R019: every customer with no order, payment or contact for N days, N a setting."""
        self.company.crm_dormant_days = 60
        ordered, paid, spoken, quiet, never, fresh = (
            self.make_customer(name, user=self.salesman)
            for name in ("Ordered", "Paid", "Spoken", "Quiet", "Never", "Fresh")
        )
        people = ordered + paid + spoken + quiet + never
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET create_date = '2025-01-01' WHERE id IN %s", [tuple(people.ids)])
        self.env.cr.execute("UPDATE res_partner SET create_date = '2026-06-01' WHERE id = %s", [fresh.id])
        self.order(ordered, 59)
        self.order(paid, 300)
        self.pay(self.bill(paid, 100, days_ago=300), days_ago=10)
        self.order(quiet, 61)
        self.env["crm.contact.log"].with_user(self.salesman)._log(
            spoken, "call", date=fields.Datetime.to_datetime(self.today) - timedelta(days=59)
        )
        domain = [("kind", "=", "dormant"), ("partner_id", "in", (people + fresh).ids)]
        self.env.flush_all()
        reminders = self.env["crm.reminder"].with_user(self.salesman)
        rows = reminders.search(domain)
        self.assertEqual(set(rows.partner_id), {quiet, never})
        row = rows.filtered(lambda row: row.partner_id == quiet)
        self.assertEqual((row.days_late, row.last_date), (1, self.today - timedelta(days=61)))
        self.assertIn("never", rows.filtered(lambda row: row.partner_id == never).reason)
        self.company.crm_dormant_days = 20
        self.env.flush_all()
        self.assertEqual(set(reminders.search(domain).partner_id), {ordered, spoken, quiet, never, fresh})
        self.assertFalse(reminders.with_user(self.colleague).search(domain))

    def test_one_click_logs_a_contact(self):
        """R016, R017, R019: from the row a contact is logged in one click; a planned one is done with it, once."""
        called = self.activity(self.customer, -2)
        todo = self.activity(self.customer, 0, kind="mail.mail_activity_data_todo", summary="Ask for the address")
        logs = self.env["crm.contact.log"].search([("partner_id", "=", self.customer.id)])
        self.assertFalse(logs)
        self.rows(self.salesman, "overdue", self.customer).action_contacted()
        log = self.env["crm.contact.log"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual((log.channel, log.user_id, log.subject), ("call", self.salesman, "Call about autumn"))
        self.assertEqual(log.done_activity_id, called)
        self.assertFalse(called.active)
        self.assertFalse(self.rows(self.salesman, "overdue", self.customer))
        row = self.rows(self.salesman, "today", self.customer)
        action = row.action_log()
        self.env["crm.contact.log"].with_user(self.salesman).with_context(**action["context"]).create(
            {"channel": "email", "partner_id": self.customer.id, "subject": "Address asked", "next_date": "2026-07-03"}
        )
        self.assertFalse(todo.active)
        logs = self.env["crm.contact.log"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(set(logs.mapped("channel")), {"call", "email"})
        self.assertEqual(len(logs), 2)
        self.assertFalse(self.rows(self.salesman, "today", self.customer))
        action = self.rows(self.salesman).filtered(lambda row: row.partner_id == self.customer)
        self.assertFalse(action)

    def test_rows_open_and_cost_no_query_each(self):
        """R016-R019: each row opens its customer; the screen costs no query per row."""
        self.activity(self.customer, 0)
        row = self.rows(self.salesman, "today", self.customer)
        self.assertEqual(row.action_open()["res_id"], self.customer.id)
        names = ["kind", "partner_id", "reason", "phone", "customer_class", "last_contact", "user_id", "days_late"]
        specification = {name: {"fields": {"display_name": {}}} if name.endswith("_id") else {} for name in names}

        def queries(count):
            for number in range(count):
                self.activity(self.make_customer(f"More {number}", user=self.salesman), -1)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["crm.reminder"].with_user(self.salesman).web_search_read([], specification)
            return self.env.cr.sql_log_count - before

        queries(2)
        self.assertEqual(queries(8), queries(90))

    def test_other_companies_do_not_show(self):
        branch = self.env["res.company"].create({"name": "Second"})
        self.env.user.company_ids += branch
        for days in (95, 65, 35):
            self.order(self.customer, days, branch)
        self.assertFalse(self.rows(self.salesman, "reorder", self.customer))
        both = self.salesman
        both.company_ids = [Command.link(branch.id)]
        self.env.flush_all()
        rows = (
            self.env["crm.reminder"]
            .with_user(both)
            .with_context(allowed_company_ids=branch.ids)
            .search([("kind", "=", "reorder"), ("partner_id", "=", self.customer.id)])
        )
        self.assertEqual(rows.company_id, branch)
