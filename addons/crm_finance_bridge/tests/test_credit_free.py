"""The job that frees orders confirms what the customer has accepted, nothing else, and stops at no order."""

from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common import FinanceCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-01")
class TestCreditFree(FinanceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "fin_portal_accepts", "base.group_portal", company_id=cls.company.id)
        cls._limit(overdue_limit=10.0)
        cls.overdue = cls._invoice(11.0, due="2026-02-01")

    def _sign(self, order):
        """As the portal does."""
        order.sudo().signed_on = "2026-03-01 09:00:00"
        order.with_user(self.portal).sudo()._validate_order()

    def _free(self, orders):
        self._pay(self.overdue, 11.0)
        return self.env["sale.order"]._process_credit_free() & orders

    def test_signed_after_the_release_was_asked(self):
        """R193: the salesperson asks for release, then the customer signs: the money confirms the order."""
        order = self._order(5.0)
        order.with_user(self.salesman).action_credit_ask()
        self._sign(order)
        self.assertEqual(sorted(order.credit_decision_ids.mapped("kind")), ["hold", "request"])
        self.assertEqual(len(order.activity_ids), 1, "asked once")
        self.assertEqual(self._free(order), order)
        self.assertEqual(order.state, "sale")

    def test_paid_online_after_the_release_was_asked(self):
        """R193: what is paid in part is confirmed once freed; where the part asked for is missing it is not."""
        paid, short = self._order(100.0), self._order(100.0)
        method = self.env["payment.method"].with_context(active_test=False).search([], limit=1)
        provider = self.env["payment.provider"].create({"name": "Test", "code": "none", "company_id": self.company.id})
        for order, amount in ((paid, 50.0), (short, 20.0)):
            order.write({"require_payment": True, "prepayment_percent": 0.5})
            order.with_user(self.salesman).action_credit_ask()
            transaction = self.env["payment.transaction"].create(
                {
                    "provider_id": provider.id,
                    "payment_method_id": method.id,
                    "reference": f"free-{order.id}",
                    "amount": amount,
                    "currency_id": order.currency_id.id,
                    "partner_id": order.partner_id.id,
                    "sale_order_ids": [Command.set(order.ids)],
                    "state": "done",
                }
            )
            transaction._check_amount_and_confirm_order()
        short.signed_on = "2026-03-01 09:00:00"  # signed, but the payment is required as well
        self.assertEqual(self._free(paid + short), paid + short)
        self.assertEqual(paid.state, "sale")
        self.assertIn(short.state, ("draft", "sent"))

    def test_taken_back_and_changed_is_not_accepted(self):
        """R193: an order held once, then taken back, changed and asked for anew waits for the customer again."""
        order = self._order(5.0)
        self._sign(order)
        order._action_cancel()
        order.action_draft()
        order.activity_ids.unlink()
        order.order_line.price_unit = 900.0
        order.with_user(self.salesman).action_credit_ask()
        self.assertEqual(self._free(order), order)
        self.assertEqual((order.state, order.activity_ids.ids), ("draft", []))

    def test_order_that_cannot_be_confirmed_stops_no_other(self):
        """R193: the salesperson is told once of an order that cannot be confirmed; the next ones are freed."""
        broken, fine = self._order(5.0), self._order(5.0)
        for order in (broken, fine):
            self._sign(order)
        broken.order_line.product_id = False
        self.assertEqual(self._free(broken + fine), broken + fine)
        self.assertEqual((broken.state, fine.state), ("draft", "sale"))
        self.assertFalse(self.env["sale.order"]._process_credit_free() & broken)
        told = broken.message_ids.filtered(lambda message: "could not be confirmed" in (message.body or ""))
        self.assertEqual((len(told), self.salesman.partner_id in told.notified_partner_ids), (1, True))
