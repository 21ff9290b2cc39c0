from datetime import date

from freezegun import freeze_time
from odoo.tests import tagged

from .collect_common import CollectCommon


@tagged("post_install", "-at_install")
class TestCollectDays(CollectCommon):
    """The worklist counts calls by the company's days, wherever it is."""

    def _called(self, tz, moment):
        """Log a call without answer at a moment (UTC): whether it uses up a day's work of one call, and its task."""
        self.company.partner_id.tz = tz
        self.company.crm_collector_capacity = 1
        other = self._customer("Another Debtor")
        self._invoice(50.0, "2026-01-01", "2026-01-15", partner=other)
        Task = self.env["crm.collection.task"]
        with freeze_time(moment):
            Task._refresh(self.company)
            tasks = Task.search(
                [("company_id", "=", self.company.id), ("partner_id", "in", (self.customer + other).ids)]
            )
            tasks.user_id = self.biller
            task = tasks.filtered(lambda task: task.partner_id == self.customer)
            task.with_user(self.biller).action_no_answer()
            Task._refresh(self.company)
        return not any(tasks.mapped("is_today")), task

    def test_evening_in_the_west(self):
        """20:00 in New York is after midnight in UTC: the call counts for today, and is today's contact."""
        done, task = self._called("America/New_York", "2026-03-03 01:00:00")
        self.assertTrue(done)
        self.assertEqual(task.last_contact, date(2026, 3, 2))
        self.assertEqual(task.no_answer, 1)

    def test_morning_in_the_east(self):
        """07:00 in Shanghai is the day before in UTC: the call counts for today all the same."""
        done, task = self._called("Asia/Shanghai", "2026-03-02 23:00:00")
        self.assertTrue(done)
        self.assertEqual(task.last_contact, date(2026, 3, 3))
        self.assertEqual(task.no_answer, 1)
