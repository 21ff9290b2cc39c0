from datetime import date, datetime

from odoo.addons.mail.tests.common import freeze_all_time
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestCustomer(ServiceCommon):
    """What the tickets add to the customer's page: the metric of open tickets and the timeline."""

    def test_open_tickets_are_counted_at_the_end_of_any_month(self):
        """Open tickets by customer, today and at a past date; 0 for a customer who bought and has none."""
        with freeze_all_time(datetime(2026, 1, 15, 10)):
            self._ticket(partner_id=self.contact.id)
            solved = self._ticket(partner_id=self.customer.id)
        with freeze_all_time(datetime(2026, 2, 10, 10)):
            solved.action_solve()
        self._deliver(self.stranger)
        metric = self.env.ref("crm_service.crm_metric_open_tickets")

        def values(stop):
            self.env.flush_all()
            source = metric._source(self.company, date(2025, 1, 1), stop)
            return dict(self.env.execute_query(source))

        self.assertEqual(values(date(2026, 1, 1)).get(self.customer.id), None)
        self.assertEqual(values(date(2026, 2, 1))[self.customer.id], 2)
        self.assertEqual(values(date(2026, 3, 1))[self.customer.id], 1)
        self.assertEqual(values(date(2100, 1, 1))[self.stranger.id], 0)
        other = self.env["res.company"].sudo().create({"name": "Other"})
        self.assertFalse(self.env.execute_query(metric._source(other, date(2025, 1, 1), date(2100, 1, 1))))

    def test_missed_promises_stand_on_the_timeline(self):
        """R009: a clock whose deadline passed is on the timeline at that deadline; a kept promise is not."""
        with freeze_all_time(datetime(2026, 1, 15, 10)):
            ticket = self._ticket(partner_id=self.contact.id)
            kept = self._ticket(partner_id=self.contact.id)
        with freeze_all_time(datetime(2026, 1, 15, 10, 5)):
            kept.action_mark_answered()
        clock = self._clock(ticket, "response") or ticket.clock_ids[:1]
        with freeze_all_time(datetime(2026, 2, 15, 10)):
            self.env["crm.sla.clock"]._process_breaches()
        self.env.flush_all()
        events = self.env["crm.customer.event"].search(
            [("partner_id", "=", self.customer.id), ("kind", "=", "promise_missed")]
        )
        missed = events.filtered(lambda event: event.res_id == ticket.id and event.date == clock.breach_date)
        self.assertTrue(missed)
        self.assertIn(ticket.number, missed[0].name)
        responses = events.filtered(lambda event: event.name.endswith(": First Response"))
        self.assertEqual(responses.mapped("res_id"), [ticket.id])

    def test_tickets_stand_on_the_timeline_of_the_customer(self):
        """R009: a ticket of a contact is on the company's timeline, opened and solved, and opens from there."""
        with freeze_all_time(datetime(2026, 1, 15, 10)):
            ticket = self._ticket(partner_id=self.contact.id)
        with freeze_all_time(datetime(2026, 1, 15, 11)):
            ticket.action_solve()
        self.env.flush_all()
        events = self.env["crm.customer.event"].search(
            [("partner_id", "=", self.customer.id), ("res_model", "=", "crm.ticket")], order="date"
        )
        self.assertRecordValues(
            events,
            [
                {"kind": "ticket", "date": datetime(2026, 1, 15, 10), "res_id": ticket.id},
                {"kind": "ticket_solved", "date": datetime(2026, 1, 15, 11), "res_id": ticket.id},
            ],
        )
        self.assertEqual(events[0].action_open()["res_id"], ticket.id)
        employee = self._user("reader", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            events[0].with_user(employee).action_open()
