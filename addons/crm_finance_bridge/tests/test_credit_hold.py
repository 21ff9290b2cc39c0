"""The hold on order confirmation: who is held, who may release, and that no two orders pass together."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import FinanceCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-01")
class TestCreditHold(FinanceCommon):
    def _confirm(self, order, user=None):
        order.with_user(user or self.salesman).action_confirm()

    def _held(self, order, user=None):
        with self.assertRaises(UserError) as caught:
            self._confirm(order, user)
        self.assertIn(order.state, ("draft", "sent"))
        return str(caught.exception)

    def _release(self, order, reason="Paid by phone", expiry="2026-03-08", user=None):
        wizard = (
            self.env["crm.credit.release"]
            .with_user(user or self.finance)
            .create({"order_id": order.id, "reason": reason, "date_expiry": expiry})
        )
        return wizard.action_release()

    def test_equal_to_the_limit_passes_one_cent_over_holds(self):
        """R193: 1,000.00 granted and used passes, 1,000.01 is held."""
        self._limit(amount=1000.0)
        self._invoice(400.0)
        order = self._order(600.01)
        self._held(order)
        order.order_line.price_unit = 600.0
        self._confirm(order)
        self.assertEqual(order.state, "sale")
        self._held(self._order(0.01))

    def test_message_names_exposure_parts_limit_and_releasers(self):
        """R193, R178: the salesperson reads exposure, its parts, the limit, the overdue total and who may release."""
        self._limit(amount=1000.0)
        self._invoice(700.0, due="2026-02-01")
        self._receipt(50.0)
        self._order(300.0).action_confirm()
        self._invoice(20.0, post=False)
        message = self._held(self._order(100.0)).replace("\ufeff", "")
        for text in ("1,070.00", "70.00", "1,000.00", "700.00", "-50.00", "300.00", "20.00", "100.00", "650.00"):
            self.assertIn(text, message)
        self.assertIn("28 days", message)
        self.assertIn(self.finance.name, message)
        self.assertNotIn(self.biller.name, message)

    def test_no_limit_set_holds_nothing(self):
        """R193: without limits nothing is checked, whatever is owed."""
        self._invoice(1000000.0, due="2020-01-01")
        order = self._order(1000000.0)
        self._confirm(order)
        self.assertEqual(order.state, "sale")

    def test_overdue_over_limit_is_held_until_released(self):
        """R178: a customer whose overdue total passes its limit is held, and an order goes out once released."""
        self._limit(overdue_limit=100.0)
        self._invoice(100.01, due="2026-02-28")
        order = self._order(5.0)
        self.assertIn("100.01", self._held(order))
        self._release(order)
        self._confirm(order)
        self.assertEqual(order.state, "sale")
        self._held(self._order(5.0))

    def test_due_today_is_not_overdue(self):
        """R178: what falls due today does not hold an order."""
        self._limit(overdue_limit=100.0, max_days_overdue=1)
        self._invoice(5000.0, due="2026-03-01")
        order = self._order(5.0)
        self._confirm(order)
        self.assertEqual(order.state, "sale")

    def test_too_old_debt_holds(self):
        """R179: an open invoice 31 days overdue holds an order when 30 are allowed."""
        self._limit(max_days_overdue=30)
        self._invoice(1.0, due="2026-01-29")
        self._held(self._order(5.0))
        self._receipt(1.0)
        self._confirm(self._order(5.0))

    def test_company_defaults_apply_without_own_terms(self):
        """R178, R193: the company's overdue limit and rule hold for customers without terms of their own."""
        self.company.crm_credit_overdue_limit = 10.0
        self._invoice(11.0)
        order = self._order(5.0)
        self._held(order)
        self.company.crm_credit_hold_rule = "none"
        self._confirm(order)
        self.company.crm_credit_hold_rule = "hold"
        self._limit(hold_rule="none")
        self._confirm(self._order(5.0))

    def test_warn_lets_the_order_go_and_logs_it(self):
        """R193: under the rule 'warn' the order is confirmed, with a line in the log."""
        self._limit(amount=10.0, hold_rule="warn")
        order = self._order(11.0)
        self.assertEqual(order.with_user(self.salesman).credit_state, "watch")
        self._confirm(order)
        self.assertEqual(order.credit_decision_ids.mapped("kind"), ["warn"])

    def test_orders_confirmed_together_count_together(self):
        """R193: two orders in one click do not pass one limit twice."""
        self._limit(amount=1000.0)
        orders = self._order(600.0) + self._order(600.0)
        with self.assertRaises(UserError):
            orders.with_user(self.salesman).action_confirm()

    def test_contact_and_other_invoice_address(self):
        """R193: the one invoiced is checked, through any of its contacts."""
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        free = self._customer("Free Company")
        self._limit(amount=10.0)
        self._held(self._order(11.0, partner=contact))
        self._held(self._order(11.0, partner=free, partner_invoice_id=contact.id))
        self._confirm(self._order(11.0, partner=contact, partner_invoice_id=free.id))

    def test_limit_of_another_company_does_not_hold(self):
        """R193: each company grants its own limit, read from Odoo's company-dependent field."""
        other = self.setup_other_company()["company"]
        self.env.user.company_ids += other
        self._limit(amount=10.0)
        self._order(11.0, company_id=other.id).action_confirm()
        self._limit(company=other, amount=20.0)
        self.assertEqual(self.customer.with_company(other).credit_limit, 20.0)
        self.assertEqual(self.customer.with_company(self.company).credit_limit, 10.0)
        with self.assertRaises(UserError):
            # The user works in the first company: the order's company decides all the same.
            self._order(10.0, company_id=other.id).with_company(self.company).action_confirm()

    def test_order_in_foreign_currency(self):
        """R193: an order of 202 at 2 for 1 is 101 in the company's currency."""
        currency = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create({"name": "EUR", "currency_id": currency.id})
        self._limit(amount=100.0)
        self._held(self._order(202.0, pricelist_id=pricelist.id))
        self._confirm(self._order(200.0, pricelist_id=pricelist.id))

    # === RELEASE === #

    def test_salesperson_cannot_release(self):
        """R193: only an accounting administrator of the order's company releases."""
        self._limit(amount=10.0)
        order = self._order(11.0)
        for user in (self.salesman, self.biller):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                self._release(order, user=user)
            with self.assertRaises(AccessError):
                order.with_user(user)._credit_grant("because", date(2026, 3, 8))
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                self.env["crm.credit.decision"].with_user(user).create(
                    {"kind": "release", "partner_id": self.customer.id, "company_id": self.company.id}
                )
            self.assertFalse(order.with_user(user).credit_can_release)
        self._held(order)
        self.assertTrue(order.with_user(self.finance).credit_can_release)

    def test_manager_of_another_company_cannot_release(self):
        """R193: rights in another company do not count."""
        self._limit(amount=10.0)
        order = self._order(11.0)
        other = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env, "fin_stranger", "account.group_account_manager", company_id=other.id, company_ids=other.ids
        )
        with self.assertRaises(AccessError):
            self._release(order, user=stranger)
        self.assertNotIn(stranger, self.company._crm_credit_releasers())

    def test_ask_and_release(self):
        """R193: asking puts an activity on the controller's desk; the release logs who, why and the figures."""
        self._limit(amount=10.0)
        order = self._order(11.0)
        as_salesman = order.with_user(self.salesman)
        self.assertEqual(as_salesman.credit_state, "hold")
        as_salesman.action_credit_ask()
        as_salesman.action_credit_ask()
        self.assertEqual(len(order.activity_ids), 1)
        self.assertEqual(order.activity_ids.user_id, self.finance)
        self.assertTrue(as_salesman.credit_asked)
        self._release(order, reason="<b>Paid</b> by phone")
        self.assertFalse(order.activity_ids)
        release = order.credit_decision_ids.filtered(lambda decision: decision.kind == "release")
        self.assertEqual((release.user_id, release.exposure, release.amount_limit), (self.finance, 11.0, 10.0))
        self.assertEqual((release.reason, release.date_expiry), ("<b>Paid</b> by phone", date(2026, 3, 8)))
        self.assertIn("&lt;b&gt;Paid&lt;/b&gt;", "".join(order.message_ids.mapped("body")))
        self.assertEqual(as_salesman.credit_state, "released")
        self._confirm(order)

    def test_decisions_are_on_the_customers_timeline(self):
        """R193: who asked and who released stands on the timeline of the customer."""
        self._limit(amount=10.0)
        order = self._order(11.0)
        order.with_user(self.salesman).action_credit_ask()
        self._release(order)
        events = self.env["crm.customer.event"].search(
            [("partner_id", "=", self.customer.id), ("res_model", "=", "crm.credit.decision")]
        )
        self.assertEqual(set(events.mapped("kind")), {"credit_request", "credit_release"})
        self.assertEqual(set(events.mapped("res_id")), set(order.credit_decision_ids.ids))

    def test_release_ends_with_its_day_and_its_amount(self):
        """R193: good on its last day and up to the amount released; not the day after, not for a cent more."""
        self._limit(amount=10.0)
        order = self._order(11.0)
        self._release(order)
        order.order_line.price_unit = 11.01
        self._held(order)
        order.order_line.price_unit = 11.0
        with freeze_time("2026-03-09"):
            self._held(order)
        with freeze_time("2026-03-08"):
            self._confirm(order)

    def test_release_needs_a_held_order_and_a_future_day(self):
        """R193: nothing to release, or a day that has passed, is refused."""
        order = self._order(11.0)
        with self.assertRaises(UserError):
            self._release(order)
        self._limit(amount=10.0)
        with self.assertRaises(UserError):
            self._release(order, expiry="2026-02-28")

    def test_log_is_append_only(self):
        """R193: a decision is neither changed nor deleted, even by the finance manager or as superuser."""
        self._limit(amount=10.0)
        order = self._order(11.0)
        self._release(order)
        decision = order.credit_decision_ids
        with self.assertRaises(UserError):
            decision.write({"reason": "other"})
        with self.assertRaises(UserError):
            decision.unlink()
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            decision.with_user(self.finance).unlink()
        order.unlink()
        self.assertEqual((decision.order_id.id, decision.order_name != False), (False, True))  # noqa: E712

    def test_wizard_proposes_the_company_s_days(self):
        """R193: the release form opens with the message and an end after the company's days."""
        self._limit(amount=10.0)
        self.company.crm_credit_release_days = 3
        order = self._order(11.0)
        form = Form(self.env["crm.credit.release"].with_user(self.finance).with_context(default_order_id=order.id))
        self.assertEqual(form.date_expiry, date(2026, 3, 4))
        self.assertIn("11.00", form.message)
        form.reason = "Known customer"
        form.save().action_release()
        self.assertEqual(order.credit_state, "released")

    # === PORTAL AND PAYMENT === #

    def test_portal_signature_leaves_the_order_on_hold(self):
        """R193: a customer who signs meets no figures; the order waits and finance is told."""
        portal = new_test_user(self.env, "fin_portal", "base.group_portal", company_id=self.company.id)
        portal.partner_id.parent_id = self.customer
        self._limit(amount=10.0)
        order = self._order(11.0, partner=portal.partner_id)
        order.action_quotation_sent()
        order.with_user(portal).sudo()._validate_order()
        self.assertEqual(order.state, "sent")
        self.assertEqual(order.credit_decision_ids.mapped("kind"), ["hold"])
        self.assertEqual(order.activity_ids.user_id, self.finance)
        with self.assertRaises(UserError) as caught:
            order.with_user(portal).sudo().action_confirm()
        self.assertNotIn("10.00", str(caught.exception))
        self._release(order)
        order.with_user(portal).sudo()._validate_order()
        self.assertEqual(order.state, "sale")

    def test_paid_order_adds_no_credit_part_paid_order_waits(self):
        """R193: an order paid in full online is not held; part paid and over the limit it waits, the money stays."""
        self._limit(amount=10.0)
        self._invoice(10.0)
        full, part = self._order(100.0), self._order(100.0)
        part.write({"require_payment": True, "prepayment_percent": 0.5})
        for order, amount in ((full, 100.0), (part, 50.0)):
            transaction = self._transaction(order, amount)
            transaction._check_amount_and_confirm_order()
        self.assertEqual(full.state, "sale")
        self.assertIn(part.state, ("draft", "sent"))
        self.assertEqual(part.credit_decision_ids.mapped("kind"), ["hold"])
        self.assertEqual(part.credit_decision_ids.order_amount, 50.0)

    # === FIGURES ON THE CUSTOMER === #

    def test_salesperson_sees_own_customers_figures_only(self):
        """R193: figures without accounting access, for own customers; nothing of those of others."""
        self._limit(amount=1000.0)
        self._invoice(950.0, due="2026-02-01")
        own = self.customer.with_user(self.salesman)
        self.assertTrue(own.crm_credit_visible)
        self.assertEqual(
            (own.crm_credit_exposure, own.crm_credit_state, own.crm_credit_limit), (950.0, "watch", 1000.0)
        )
        self.assertEqual((own.crm_credit_overdue, own.crm_credit_days), (950.0, 28))
        others = self.customer.with_user(self.other_salesman)
        self.assertFalse(others.crm_credit_visible)
        self.assertEqual((others.crm_credit_exposure, others.crm_credit_limit), (0.0, 0.0))
        Exposure = self.env["crm.credit.exposure"]
        self.assertIn(self.customer, Exposure.with_user(self.salesman).search([]).partner_id)
        self.assertNotIn(self.customer, Exposure.with_user(self.other_salesman).search([]).partner_id)
        self.assertIn(self.customer, Exposure.with_user(self.finance).search([]).partner_id)
        for user in (self.salesman, self.biller):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                self.env["crm.credit.limit"].with_user(user).search([]).write({"overdue_limit": 1})

    def test_finance_manager_sets_limit_and_it_is_odoos_own(self):
        """R193: limit, term and rule of a customer in one form; the limit is Odoo's, its change is noted."""
        form = Form(
            self.env["crm.credit.limit"].with_user(self.finance).with_context(default_partner_id=self.customer.id)
        )
        form.hold_rule = "hold"
        form.amount_limit = 500.0
        terms = form.save()
        self.assertEqual(self.customer.with_company(self.company).credit_limit, 500.0)
        self.assertIn("500.00", "".join(terms.message_ids.mapped("body")))

    # === COST === #

    def test_cost_of_confirmation_in_queries(self):
        """R193: confirming costs few queries more: without limits, and with a limit whatever the customer's history."""

        def cost(order):
            order._confirmation_error_message()  # what the registry keeps is warm, as in a running server
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            order._confirmation_error_message()
            return self.env.cr.sql_log_count - start

        order = self._order(10.0)
        cost(order)
        original = type(order)._credit_check
        with_check = cost(order)
        self.patch(type(order), "_credit_check", lambda *args, **kwargs: _unchecked())
        without = cost(order)
        self.assertLessEqual(with_check - without, 6)
        self.patch(type(order), "_credit_check", original)
        self._limit(amount=100000.0)
        for _number in range(3):
            self._invoice(10.0)
        few = cost(order)
        for _number in range(7):
            self._invoice(10.0)
            self._order(1.0).action_confirm()
        self.assertEqual(cost(order), few)


def _unchecked():
    from ..models.sale_order import UNCHECKED, CreditCheck

    return CreditCheck(UNCHECKED, None, None, None, None)
