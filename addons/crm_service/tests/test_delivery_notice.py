from datetime import timedelta

from freezegun import freeze_time
from odoo import Command
from odoo.tests import tagged

from .care_common import MONDAY, CareCommon


@tagged("post_install", "-at_install")
class TestDeliveryNotice(CareCommon):
    """Valuable customers hear of a delay before the promised day."""

    def _run(self, now=MONDAY):
        with freeze_time(now):
            self.env["crm.delivery.notice"]._process_notices(now)
        return self.env["crm.delivery.notice"].search([("company_id", "=", self.company.id)])

    def test_short_line_of_a_valuable_customer(self):
        """R114: a confirmed line without supply: mail and ticket before the promised day, once; others nothing."""
        due = MONDAY + timedelta(days=3)
        with freeze_time(MONDAY - timedelta(days=5)):
            order = self._order(self.vip, due=due)
            self._order(self.customer, due=due)
            later = self._order(self.vip, due=MONDAY + timedelta(days=30))
        notice = self._run()
        self.assertRecordValues(
            notice, [{"order_id": order.id, "kind": "short", "promised_day": due.date(), "mailed": True}]
        )
        ticket = notice.ticket_id
        self.assertLess(ticket.date_open.date(), notice.promised_day)
        self.assertRecordValues(
            ticket, [{"sale_order_line_id": order.order_line.id, "commercial_partner_id": self.vip.id}]
        )
        message = ticket.message_ids.filtered(lambda item: self.vip in item.partner_ids)
        self.assertIn(order.name, message.body)
        self.assertEqual(message.message_type, "auto_comment")
        self.assertEqual(self._run(), notice)
        self.assertEqual(self._run(MONDAY + timedelta(hours=5)), notice)
        # A new promise is a new notice; a line that comes within reach, too.
        order.commitment_date = due + timedelta(days=2)
        self.assertEqual(len(self._run()), 2)
        self.assertEqual((self._run(MONDAY + timedelta(days=25)) - notice).order_id, order | later)

    def test_late_line_names_the_new_day(self):
        """R114: a receipt after the promised day makes the line late; with enough stock nobody is told."""
        due, arrival = MONDAY + timedelta(days=3), MONDAY + timedelta(days=8)
        vendor = self.env["res.partner"].create({"name": "Lampmaker"})
        with freeze_time(MONDAY - timedelta(days=5)):
            order = self._order(self.vip, due=due)
            purchase = self.env["purchase.order"].create(
                {
                    "partner_id": vendor.id,
                    "order_line": [
                        Command.create(
                            {"product_id": self.lamp.id, "product_qty": 50, "price_unit": 1, "date_planned": arrival}
                        )
                    ],
                }
            )
            purchase.button_confirm()
        notice = self._run()
        self.assertRecordValues(
            notice, [{"order_id": order.id, "kind": "late", "expected_day": arrival.date(), "promised_day": due.date()}]
        )
        self.assertIn(purchase.name, notice.reason)
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1)
        self.env["stock.quant"]._update_available_quantity(self.lamp, warehouse.lot_stock_id, 100)
        with freeze_time(MONDAY - timedelta(days=5)):
            self._order(self.vip, due=due)
        self.assertEqual(self._run(), notice)

    def test_settings_and_addresses(self):
        """R114: the company says who is told; without address the ticket says to call."""
        self.vip.email = False
        with freeze_time(MONDAY - timedelta(days=5)):
            self._order(self.vip, due=MONDAY + timedelta(days=3))
            self._order(self.customer, due=MONDAY + timedelta(days=3))
        self.company.crm_notice_to = "none"
        self.assertFalse(self._run())
        self.company.crm_notice_to = "all"
        notices = self._run()
        self.assertEqual(notices.partner_id, self.vip | self.customer)
        self.assertEqual(notices.filtered("mailed").partner_id, self.customer)

    def test_two_runs_at_once_and_a_kill(self):
        """R114: what one run told stays told; the same promise twice is refused by the database."""
        with freeze_time(MONDAY - timedelta(days=5)):
            orders = self.env["sale.order"].union(
                *(self._order(self.vip, quantity=n, due=MONDAY + timedelta(days=3)) for n in (1, 2, 3))
            )
        Notice = self.env["crm.delivery.notice"].with_company(self.company).with_context(tz="UTC")
        with freeze_time(MONDAY):
            first = Notice._tell(orders[0].order_line, MONDAY, MONDAY.date())  # and killed here
        self.assertEqual(len(first), 1)
        self.assertEqual(len(self._run()), 3)
        self.assertEqual(len(self.env["crm.ticket"].search([("sale_order_id", "in", orders.ids)])), 3)
