from datetime import date, datetime, timedelta

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .care_common import MONDAY, CareCommon


@tagged("post_install", "-at_install")
class TestCare(CareCommon):
    """Scheduled care: made once by the rules, recorded in one click."""

    def _rule(self, **values):
        return self.env["crm.care.rule"].create({"name": "Call", "company_id": self.company.id, **values})

    def _plan(self, now=MONDAY):
        self.env["crm.care.action"]._process_plan(now)
        return self.env["crm.care.action"].search([("company_id", "=", self.company.id)])

    def test_call_some_days_after_delivery(self):
        """R105: N days after delivery the agent has a call on the list, once, and records the result."""
        order = self._order(self.contact, deliver=datetime(2026, 3, 1, 9))
        self._order(self.customer, deliver=datetime(2026, 3, 1, 15))  # the same day: one call
        self._order(self.stranger, deliver=datetime(2026, 2, 1, 9))  # long ago, before the rule
        rule = self._rule(days=5, user_ids=[Command.set(self.agent.ids)])
        action = self._plan()
        self.assertEqual(self._plan(), action)
        self.assertRecordValues(
            action,
            [{"partner_id": self.customer.id, "date": date(2026, 3, 6), "user_id": self.agent.id, "kind": "delivery"}],
        )
        mine = [("state", "=", "open"), ("date", "<=", date(2026, 3, 6)), ("user_id", "in", (self.agent.id, False))]
        action = self.env["crm.care.action"].with_user(self.agent).search([*mine, ("rule_id", "=", rule.id)])
        action.note = "All lamps shine"
        with freeze_time(MONDAY + timedelta(days=4)):
            action.action_satisfied()
        self.assertRecordValues(action, [{"state": "done", "outcome": "satisfied"}])
        log = action.sudo().log_id
        self.assertRecordValues(log, [{"partner_id": self.customer.id, "channel": "call", "user_id": self.agent.id}])
        self.assertIn(action.order_id, (order | order.search([("partner_id", "=", self.customer.id)])))
        self.assertIn("All lamps shine", log.content)
        with self.assertRaises(UserError):
            action.action_satisfied()
        self.assertEqual(self._plan(MONDAY + timedelta(days=6)), action)

    def test_outcomes(self):
        """R083: a problem opens a ticket; who is not reached is called again, and not for ever."""
        self._order(self.vip, deliver=datetime(2026, 3, 1, 9))
        self._order(self.customer, deliver=datetime(2026, 3, 1, 9))
        self._rule(days=0, attempts=2, retry_days=3)
        actions = self._plan().with_user(self.agent)
        first = actions.filtered(lambda item: item.partner_id == self.vip)
        second = actions - first
        first.note = "One is broken"
        opened = first.action_problem()
        self.assertEqual(opened["res_id"], first.ticket_id.id)
        self.assertRecordValues(
            first.ticket_id, [{"name": "One is broken", "commercial_partner_id": self.vip.id, "channel": "phone"}]
        )
        self.assertTrue(first.ticket_id.sale_order_id)
        with freeze_time(MONDAY):
            second.action_not_reached()
        self.assertRecordValues(second, [{"state": "open", "date": date(2026, 3, 5), "tries": 1}])
        second.action_not_reached()
        self.assertRecordValues(second, [{"state": "done", "outcome": "missed"}])
        self.assertFalse(second.sudo().log_id)

    def test_anniversary_and_classes(self):
        """R083: the anniversary of the first order, once a year, for the classes of the rule."""
        for partner in (self.vip, self.customer):
            self._order(partner, ordered=datetime(2024, 3, 10, 9))
            self._order(partner, ordered=datetime(2025, 6, 1, 9))
        self._rule(kind="anniversary", days=14, customers="a")
        action = self._plan()
        self.assertEqual(self._plan(), action)
        self.assertRecordValues(action, [{"partner_id": self.vip.id, "date": date(2026, 3, 10)}])
        self.assertIn("2 years", action.name)
        self.assertEqual(len(self._plan(datetime(2027, 3, 5, 10))), 2)

    def test_maintenance_notice(self):
        """R083: a product of a customer whose maintenance is near gives a notice, once for each date."""
        if "crm.customer.asset" not in self.env:
            self.skipTest("the customers' products are not installed")
        asset = self.env["crm.customer.asset"].create(
            {"partner_id": self.vip.id, "product_id": self.lamp.id, "next_maintenance": date(2026, 3, 20)}
        )
        self._rule(kind="maintenance", days=30)
        action = self._plan()
        self.assertRecordValues(self._plan(), [{"partner_id": self.vip.id, "date": date(2026, 3, 20)}])
        asset.next_maintenance = date(2026, 3, 28)
        self.assertEqual(len(self._plan() - action), 1)

    def test_other_company_sees_nothing(self):
        """R083: care stays within the company."""
        self._order(self.vip, deliver=datetime(2026, 3, 1, 9))
        self._rule(days=0)
        actions = self._plan()
        self.assertTrue(actions.with_user(self.agent).search([("id", "in", actions.ids)]))
        company = self.env["res.company"].create({"name": "Care House"})
        other = self._user("care_other", "crm_service.group_service_user")
        other.write({"company_ids": [Command.set(company.ids)], "company_id": company.id})
        self.assertFalse(actions.with_user(other).search([("id", "in", actions.ids)]))
