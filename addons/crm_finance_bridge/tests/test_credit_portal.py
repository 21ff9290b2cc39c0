"""A customer who accepts an order on hold, by the routes of the portal: it learns nothing of its credit."""

from odoo import SUPERUSER_ID
from odoo.tests import HttpCase, new_test_user, tagged

from .credit_common import CreditCommon

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
CHECKED = "Your order is being checked"


@tagged("post_install", "-at_install")
class TestCreditPortal(CreditCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "fin_portal_signs", "base.group_portal", company_id=cls.company.id)
        cls.portal.partner_id.parent_id = cls.customer
        cls._limit(amount=10.0)

    def _sent(self, amount, **values):
        values = {"require_signature": True, "require_payment": False, **values}
        order = self._order(amount, partner=self.portal.partner_id, **values)
        order._portal_ensure_token()
        order.action_quotation_sent()
        self.env.flush_all()
        return order

    def _accept(self, order, **values):
        values = {"access_token": order.access_token, "name": "Ann Buyer", "signature": DOT, **values}
        answer = self.make_jsonrpc_request(f"/my/orders/{order.id}/accept", values)
        self.env.invalidate_all()
        return answer

    def _assert_waits(self, order, answer):
        for secret in ("10.00", "limit", "Exposure", self.finance.name):
            self.assertNotIn(secret, str(answer))
        self.assertIn("redirect_url", answer)
        self.assertEqual((order.state, order.signed_by, bool(order.signature)), ("sent", "Ann Buyer", True))
        self.assertEqual(order.credit_decision_ids.mapped("kind"), ["hold"])
        self.assertEqual(order.activity_ids.user_id, self.finance)
        page = self.url_open(answer["redirect_url"]).text
        self.assertIn(CHECKED, page)
        self.assertNotIn("Exposure", page)

    def test_portal_user_signs(self):
        """R193: a portal user signs an order on hold: it is told so, the signature stays, finance is asked."""
        order = self._sent(11.0)
        self.authenticate("fin_portal_signs", "fin_portal_signs")
        self._assert_waits(order, self._accept(order, access_token=None))
        self.assertEqual(order.credit_decision_ids.user_id, self.portal)
        self._limit_off()
        self.assertEqual(self.env["sale.order"]._process_credit_free() & order, order)
        self.assertEqual(order.state, "sale")
        self.assertNotIn(CHECKED, self.url_open(order.get_portal_url()).text)

    def _limit_off(self):
        terms = self.env["crm.credit.limit"].search([("partner_id", "=", self.customer.id)])
        terms.sudo().hold_rule = "none"

    def test_anybody_with_the_link_signs(self):
        """R193: the same by the link of the mail, without signing in; and for an employee who opens that link."""
        order = self._sent(11.0)
        self._assert_waits(order, self._accept(order))
        other = self._sent(12.0)
        self.authenticate("fin_biller", "fin_biller")
        self._assert_waits(other, self._accept(other))

    def test_within_the_limit_is_confirmed(self):
        """R193: an order within the limit is confirmed by the signature, and says so."""
        order = self._sent(10.0)
        answer = self._accept(order)
        self.assertEqual((order.state, order.credit_decision_ids.ids), ("sale", []))
        self.assertNotIn(CHECKED, self.url_open(answer["redirect_url"]).text)

    def test_payment_online_as_the_server_books_it(self):
        """R193: the payment of a part, booked by the server, leaves the order on hold; its page says so."""
        order = self._sent(100.0, require_signature=False, require_payment=True, prepayment_percent=0.5)
        transaction = self._transaction(order, 50.0)
        transaction.with_user(SUPERUSER_ID)._check_amount_and_confirm_order()
        self.assertEqual(order.state, "sent")
        self.assertEqual(order.credit_decision_ids.mapped("kind"), ["hold"])
        self.assertEqual(order.activity_ids.user_id, self.finance)
        self.env.flush_all()
        self.assertIn(CHECKED, self.url_open(order.get_portal_url()).text)

    def test_order_without_amount_of_a_stopped_customer(self):
        """R193: the shop confirms an order of nothing as the server; that of a stopped customer waits."""
        self.env["crm.credit.limit"].search([("partner_id", "=", self.customer.id)]).stop = "orders"
        order = self._sent(0.0)
        order.with_user(SUPERUSER_ID)._validate_order()
        self.assertEqual((order.state, order.credit_decision_ids.mapped("kind")), ("sent", ["hold"]))
