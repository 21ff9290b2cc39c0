from datetime import date

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .collect_common import CollectCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestPromise(CollectCommon):
    """Promises to pay and disputes on one company's receivables."""

    # === PROMISES === #

    def test_spread_oldest_first(self):
        promise = self._promise(150.0)
        self.assertEqual(
            [(line.move_id, line.amount) for line in promise.line_ids], [(self.first, 100.0), (self.second, 50.0)]
        )
        self.assertEqual((promise.state, promise.deadline), ("open", date(2026, 3, 13)))
        self.assertEqual(
            self._promised("2026-03-02"),
            [
                (self._item(self.first).id, 100.0, date(2026, 3, 10)),
                (self._item(self.second).id, 50.0, date(2026, 3, 10)),
            ],
        )
        second = self._promise(150.0, "2026-03-20")
        self.assertEqual([(line.move_id, line.amount) for line in second.line_ids], [(self.second, 150.0)])
        item = self._item(self.second).id
        self.assertEqual(self._promised("2026-03-02")[1], (item, 200.0, date(2026, 3, 10)))
        self.assertEqual(
            self._promised("2026-03-02", by_date=True)[1:],
            [(item, 50.0, date(2026, 3, 10)), (item, 150.0, date(2026, 3, 20))],
        )
        with self.assertRaisesRegex(ValidationError, "no more can be promised"):
            self._promise(1.0)

    def test_the_last_day_there_is(self):
        """A promise for the end of time is refused like any that lies too far ahead; without a limit it stands."""
        with self.assertRaisesRegex(ValidationError, "days ahead"):
            self._promise(1.0, "9999-12-31")
        self.company.crm_promise_max_days = 0
        self.assertEqual(self._promise(1.0, "9999-12-31").deadline, date.max)

    def test_a_new_promise_has_no_name(self):
        """The form of a new promise is called new, not by nobody, nothing and no day."""
        self.assertFalse(self.env["crm.payment.promise"].new({}).display_name)
        self.assertIn("150", self._promise(150.0).display_name)

    def test_floats_leave_no_share(self):
        """6753.97 - 6292.90 - 461.07 is not quite zero in floats: the third invoice gets no share of it."""
        partner = self._customer("Odd Cents")
        for amount, day in ((6292.90, "2026-01-01"), (461.07, "2026-01-02"), (50.0, "2026-01-03")):
            self._invoice(amount, day, partner=partner)
        promise = self._promise(6753.97, partner_id=partner.id)
        self.assertEqual(promise.line_ids.mapped("amount"), [6292.90, 461.07])

    def test_kept_by_part_payments_and_undone(self):
        promise = self._promise(lines=[(self.first, 100.0)])
        self._pay(self.first, 40.0, "2026-03-05")
        self.assertEqual((promise.state, promise.settled, promise.remaining), ("open", 40.0, 60.0))
        self.assertEqual(self._promised("2026-03-06")[0][1], 60.0)
        self.assertEqual(self._promised("2026-03-04")[0][1], 100.0, "as of the day before the money")
        self._pay(self.first, 60.0, "2026-03-12")
        self.assertEqual((promise.state, promise.date_closed), ("kept", date(2026, 3, 12)))
        self.assertFalse(self._promised("2026-03-12"))
        self.assertEqual(self._promised("2026-03-11")[0][1], 60.0)
        self._item(self.first).remove_move_reconcile()
        self.assertEqual((promise.state, promise.settled, promise.date_closed), ("open", 0.0, False))

    def test_payment_set_back_to_draft_keeps_nothing(self):
        """The match outlives its payment, the promise is open again; posted anew the payment keeps it."""
        promise = self._promise(lines=[(self.first, 100.0)])
        payment = self._pay(self.first, 100.0, "2026-03-05")
        self.assertEqual(promise.state, "kept")
        payment.action_draft()
        self.assertTrue(self._item(self.first).matched_credit_ids)
        self.assertEqual((promise.state, promise.settled, promise.date_closed), ("open", 0.0, False))
        payment.action_post()
        self.assertEqual((promise.state, promise.settled), ("kept", 100.0))
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual((promise.state, promise.settled), ("open", 0.0))

    def test_payment_undone_after_the_deadline_breaks(self):
        promise = self._promise(lines=[(self.first, 100.0)])
        payment = self._pay(self.first, 100.0, "2026-03-05")
        with freeze_time("2026-03-20 10:00:00"):
            payment.action_draft()
            self.assertEqual((promise.state, promise.date_closed), ("broken", date(2026, 3, 14)))
            payment.action_post()
            self.assertEqual(promise.state, "kept")
            self._item(self.first).remove_move_reconcile()
            self.assertEqual(promise.state, "broken")

    def test_late_money_breaks(self):
        promise = self._promise(lines=[(self.first, 100.0)])
        self._pay(self.first, 100.0, "2026-03-14")
        Promise = self.env["crm.payment.promise"]
        self.assertEqual(promise.state, "open")
        self.assertEqual(Promise._process_due(date(2026, 3, 13)), 0, "the last day of grace")
        self.assertEqual(Promise._process_due(date(2026, 3, 14)), 1)
        self.assertEqual((promise.state, promise.date_closed, promise.settled), ("broken", date(2026, 3, 14), 0.0))
        self.assertEqual(promise.activity_ids.user_id, self.biller)
        self.assertEqual(Promise._process_due(date(2026, 3, 14)), 0, "a second run finds nothing")
        self.assertEqual(len(promise.activity_ids), 1)

    def test_part(self):
        promise = self._promise(lines=[(self.first, 100.0)])
        self._pay(self.first, 99.99, "2026-03-13")
        self.env["crm.payment.promise"]._process_due(date(2026, 3, 20))
        self.assertEqual((promise.state, promise.settled), ("part", 99.99))

    def test_earlier_money_keeps_nothing(self):
        """What was reconciled before the promise does not count for it."""
        self._pay(self.second, 50.0, "2026-03-01")
        promise = self._promise(lines=[(self.second, 150.0)])
        self.assertEqual((promise.settled, promise.state), (0.0, "open"))
        self._pay(self.second, 150.0, "2026-03-03")
        self.assertEqual(promise.state, "kept")

    def test_one_payment_keeps_one_promise(self):
        early = self._promise(lines=[(self.second, 100.0)])
        late = self._promise(day="2026-03-25", lines=[(self.second, 100.0)])
        self._pay(self.second, 120.0, "2026-03-09")
        self.assertEqual((early.state, late.state, late.settled), ("kept", "open", 20.0))

    def test_credit_note_is_no_merit(self):
        promise = self._promise(lines=[(self.first, 100.0)])
        refund = self._invoice(100.0, "2026-03-04", move_type="out_refund")
        (self._item(self.first) | self._item(refund)).reconcile()
        self.assertEqual(promise.state, "cancelled")
        self._item(self.first).remove_move_reconcile()
        self.assertEqual(promise.state, "open")

    def test_what_cannot_be_promised(self):
        for day, amount, message in (
            ("2026-03-01", 10.0, "passed already"),
            ("2026-06-01", 10.0, "60 days ahead"),
            ("2026-03-10", 0.0, "Enter the amount"),
            ("2026-03-10", 300.01, "no more can be promised"),
        ):
            with self.subTest(message), self.assertRaisesRegex(ValidationError, message):
                self._promise(amount, day)
        with self.assertRaisesRegex(ValidationError, "only .* is open"):
            self._promise(lines=[(self.first, 100.01)])
        stranger = self._invoice(10.0, partner=self._customer("Other"))
        with self.assertRaisesRegex(ValidationError, "not an invoice of this customer"):
            self._promise(lines=[(stranger, 10.0)])

    def test_stays_as_made(self):
        promise = self._promise(lines=[(self.first, 100.0)])
        for values in ({"state": "kept"}, {"amount": 1.0}, {"date": "2026-04-01"}, {"line_ids": [Command.clear()]}):
            with self.subTest(values), self.assertRaises(UserError):
                promise.write(values)
        with self.assertRaises(UserError):
            promise.with_user(self.finance).unlink()
        with self.assertRaises(ValidationError):
            self.env["crm.payment.promise.line"].with_user(self.biller).create(
                {"promise_id": promise.id, "move_line_id": self._item(self.second).id, "amount": 5.0}
            )
        promise.action_cancel()
        self.assertEqual((promise.state, promise.cancelled_by_id), ("cancelled", self.biller))
        self._pay(self.first, 100.0, "2026-03-03")
        self.assertEqual(promise.state, "cancelled", "what was withdrawn stays so")

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_salesperson(self):
        """A salesperson logs a promise of an own customer, and sees and makes none for others."""
        promise = self._promise(30.0, user=self.salesman)
        self.assertEqual((promise.user_id, promise.salesperson_id), (self.salesman, self.salesman))
        Promise = self.env["crm.payment.promise"]
        self.assertIn(promise, Promise.with_user(self.salesman).search([]))
        self.assertFalse(Promise.with_user(self.other_salesman).search([]))
        with self.assertRaises(AccessError):
            promise.with_user(self.other_salesman).read(["amount"])
        with self.assertRaisesRegex(ValidationError, "no more can be promised"):
            self._promise(30.0, user=self.other_salesman)
        with self.assertRaises(AccessError):
            self._promise(lines=[(self.second, 10.0)], user=self.other_salesman)

    def test_grace_is_not_for_salespeople_to_give(self):
        """Days of grace and the day of logging come from settings and calendar, whatever a salesperson sends."""
        values = {"grace_days": 9999, "date_logged": "2027-01-01"}
        promise = self._promise(30.0, user=self.salesman, **values)
        self.assertEqual((promise.grace_days, promise.date_logged), (3, date(2026, 3, 2)))
        with self.assertRaisesRegex(ValidationError, "60 days ahead"):
            self._promise(30.0, "2026-12-01", user=self.salesman, **values)
        promise = self._promise(30.0, grace_days=10, date_logged="2026-03-01")
        self.assertEqual((promise.grace_days, promise.date_logged), (10, date(2026, 3, 1)), "accounting may")

    # === DISPUTES === #

    def test_disputed(self):
        dispute = self._dispute(self.second, 80.0)
        item = self._item(self.second).id
        self.assertEqual((dispute.amount, self._disputed("2026-03-02")), (80.0, {item: 80.0}))
        self.assertFalse(self._disputed("2026-03-01"))
        with self.assertRaisesRegex(ValidationError, "no more can be promised"):
            self._promise(221.0)
        self._pay(self.second, 150.0, "2026-03-03")
        self.assertEqual(self._disputed("2026-03-04"), {item: 50.0}, "never more than is open")
        self.assertEqual(self._disputed("2026-03-02"), {item: 80.0}, "as of the day before the money")
        with freeze_time("2026-03-06 10:00:00"):
            dispute.action_won()
        self.assertFalse(self._disputed("2026-03-06"))
        self.assertEqual(self._disputed("2026-03-05"), {item: 50.0})
        self.assertAlmostEqual(dispute.cycle_days, 4.0)
        with self.assertRaises(UserError):
            dispute.action_lost()
        with self.assertRaises(UserError):
            dispute.write({"state": "open"})

    def test_dispute_counts_by_the_day_of_the_company(self):
        """Half past eight in the evening in New York is the next day in London."""
        self.company.partner_id.tz = "America/New_York"
        with freeze_time("2026-03-04 00:30:00"):
            dispute = self._dispute(self.first, 50.0)
        item = self._item(self.first).id
        self.assertEqual((self._disputed("2026-03-02"), self._disputed("2026-03-03")), ({}, {item: 50.0}))
        with freeze_time("2026-03-06 01:00:00"):
            dispute.action_won()
        self.assertEqual((self._disputed("2026-03-04"), self._disputed("2026-03-05")), ({item: 50.0}, {}))

    def test_disputed_amounts_hold_no_order(self):
        """R178: what is disputed is not overdue for the credit check; what is left of it is."""
        self._limit(overdue_limit=150.0)
        with self.assertRaises(UserError):
            self._order(10.0).with_user(self.salesman).action_confirm()
        self._dispute(self.second, 150.0)
        order = self._order(10.0)
        order.with_user(self.salesman).action_confirm()
        self.assertEqual(order.state, "sale", "100 and 50 are overdue and not disputed, as much as is allowed")
        self.env["crm.credit.limit"].search([("partner_id", "=", self.customer.id)]).overdue_limit = 149.99
        with self.assertRaises(UserError):
            self._order(10.0).with_user(self.salesman).action_confirm()

    def test_dispute_clock(self):
        """Working time of the company, at rest while the customer is waited for; late is told once."""
        self.cause.hours = 16.0
        dispute = self._dispute(self.first, 100.0)
        before = dispute.deadline
        self.assertEqual((before - dispute.date_open).days, 2)
        with freeze_time("2026-03-02 12:00:00"):
            dispute.action_wait()
            self.assertFalse(dispute.deadline)
        with freeze_time("2026-03-05 12:00:00"):
            dispute.action_resume()
        self.assertEqual((dispute.deadline - before).days, 5, "three working days later, over a weekend")
        Dispute = self.env["crm.dispute"]
        with freeze_time("2026-03-12 12:00:00"):
            self.assertEqual(Dispute._process_late(), 1)
            self.assertEqual(Dispute._process_late(), 0)
        self.assertTrue(dispute.breach_date)
        self.assertEqual(len(dispute.activity_ids), 1)

    def test_paid_dispute_is_won(self):
        dispute = self._dispute(self.first, 100.0)
        other = self._dispute(self.second, 100.0)
        self._pay(self.first, 100.0, "2026-03-03")
        self.assertEqual(self.env["crm.dispute"]._process_settled(), 1)
        self.assertEqual((dispute.state, other.state), ("won", "open"))
        self.assertEqual(self.env["crm.dispute"]._process_settled(), 0)
