"""Reminder levels that stop a customer: what lifts the stop, what brings it back, and which kind applies."""

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .dunning_common import TODAY, DunningCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestDunningStop(DunningCommon):
    def _item(self, move):
        return move.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")

    def _promise(self, move, amount, user=None, sudo=False):
        return (
            self.env["crm.payment.promise"]
            .with_user(user or self.biller)
            .sudo(sudo)
            .create(
                {
                    "partner_id": self.customer.id,
                    "date": "2026-03-20",
                    "line_ids": [Command.create({"move_line_id": self._item(move).id, "amount": amount})],
                }
            )
        )

    def _dispute(self, move, amount, user=None):
        return (
            self.env["crm.dispute"]
            .with_user(user or self.biller)
            .create(
                {
                    "partner_id": self.customer.id,
                    "cause_id": self.env.ref("crm_finance_bridge.crm_dispute_cause_price_list").id,
                    "line_ids": [Command.create({"move_line_id": self._item(move).id, "amount": amount})],
                }
            )
        )

    def _stopped(self, *amounts):
        """Invoices in a letter that stops orders and deliveries, and the customer's credit terms."""
        self.levels[0].write({"credit_stop": True, "delivery_stop": True})
        invoices = [self._invoice(amount, due="2026-02-20") for amount in amounts]
        self._sent()
        terms = self.env["crm.credit.limit"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(terms.stop, "all")
        return *invoices, terms

    def _stop_now(self, terms):
        """The stop after the hourly job."""
        self.env.flush_all()
        self.Letter._process_resume()
        return terms.stop

    def test_a_cent_lifts_no_stop(self):
        """One cent promised or disputed leaves the stop; all of it, or a receipt over the rest, lifts it."""
        first, second, terms = self._stopped(100.0, 50.0)
        self._promise(first, 0.01)
        self._dispute(second, 0.01)
        self.assertEqual(self._stop_now(terms), "all")
        self._promise(first, 99.99)
        self.assertEqual(self._stop_now(terms), "all")
        self._receipt(49.99)
        self.assertFalse(self._stop_now(terms))

    def test_a_broken_promise_brings_the_stop_back(self):
        """What is promised in full lifts the stop until the promise is broken; the money ends it for good."""
        invoice, terms = self._stopped(100.0)
        self._promise(invoice, 100.0)
        self.assertFalse(self._stop_now(terms))
        with freeze_time("2026-04-20 10:00:00"):
            self.env["crm.payment.promise"]._process_due(fields.Date.to_date("2026-04-20"))
            self.assertEqual(self._stop_now(terms), "all")
            self.assertIn("First", terms.stop_reason)
            self._pay(invoice, 100.0, date="2026-04-20")
            self.assertFalse(self._stop_now(terms))
            self.assertFalse(self.Letter.search([("stopped", "=", True)]))

    def test_an_ended_dispute_brings_the_stop_back(self):
        """A dispute of all lifts the stop until it is won."""
        invoice, terms = self._stopped(100.0)
        dispute = self._dispute(invoice, 100.0)
        self.assertFalse(self._stop_now(terms))
        dispute.action_won()
        self.assertEqual(self._stop_now(terms), "all")

    def test_an_unconfirmed_dispute_lifts_no_stop(self):
        """What a salesperson disputes leaves the stop until accounting confirms it."""
        invoice, terms = self._stopped(100.0)
        dispute = self._dispute(invoice, 100.0, user=self.salesman)
        self.assertEqual(self._stop_now(terms), "all")
        dispute.with_user(self.biller).action_confirm()
        self.assertFalse(self._stop_now(terms))

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_an_unaccepted_promise_lifts_no_stop(self):
        """What a salesperson, or the customer on the portal, promises pauses letters and leaves the stop; accepted by
        accounting it lifts the stop at once."""
        invoice, terms = self._stopped(100.0)
        by_sales = self._promise(invoice, 60.0, user=self.salesman)
        portal = self._user("stop_portal", "base.group_portal")
        portal.partner_id.parent_id = self.customer
        by_customer = self._promise(invoice, 40.0, user=portal, sudo=True)
        promises = by_sales | by_customer
        self.assertEqual((promises.mapped("to_accept"), self._stop_now(terms)), ([True, True], "all"))
        status = self.env["crm.dunning.status"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(status.mapped("state"), ["promised"])
        todo = promises.sudo().activity_ids
        self.assertEqual((len(todo), todo.user_id), (2, self.finance))
        with self.assertRaises(AccessError):
            by_sales.action_accept()
        for values in ({"to_accept": False}, {"state": "kept"}):
            with self.assertRaises(UserError):
                by_sales.write(values)
        by_sales.with_user(self.biller).action_accept()
        self.assertEqual(terms.stop, "all")
        by_customer.with_user(self.biller).action_accept()
        self.assertFalse(terms.stop)
        self.assertFalse(promises.sudo().activity_ids)

    def test_a_forged_promise_is_not_accepted(self):
        """Neither values nor defaults of the call accept what a salesperson logs; withdrawn, its to-do goes."""
        invoice, terms = self._stopped(100.0)
        item = Command.create({"move_line_id": self._item(invoice).id, "amount": 100.0})
        values = {"partner_id": self.customer.id, "date": "2026-03-20", "line_ids": [item], "to_accept": False}
        Promise = self.env["crm.payment.promise"].with_user(self.salesman).with_context(default_to_accept=False)
        promise = Promise.create(values)
        self.assertTrue(promise.to_accept)
        self.assertEqual(len(promise.sudo().activity_ids), 1)
        promise.action_cancel()
        self.assertFalse(promise.sudo().activity_ids)
        self.assertEqual(self._stop_now(terms), "all")

    def test_many_are_accepted_at_once(self):
        """The list's button accepts the open promises among those chosen; what is over stays as it is."""
        invoice, terms = self._stopped(100.0)
        over = self._promise(invoice, 10.0, user=self.salesman)
        over.action_cancel()
        promises = self._promise(invoice, 60.0, user=self.salesman) | self._promise(invoice, 40.0, user=self.salesman)
        (promises | over).with_user(self.biller).action_accept()
        self.assertEqual(((promises | over).mapped("to_accept"), terms.stop), ([False, False, True], False))

    def test_no_to_do_where_nobody_is_stopped(self):
        """A promise of a customer who may buy asks accounting for nothing."""
        promise = self._promise(self._invoice(100.0, due="2026-02-20"), 100.0, user=self.salesman)
        self.assertEqual((promise.to_accept, promise.sudo().activity_ids.ids), (True, []))

    def test_a_bounced_receipt_brings_the_stop_back(self):
        """A receipt that nobody has matched lifts the stop while it is there."""
        _invoice, terms = self._stopped(100.0)
        receipt = self._receipt(100.0)
        self.assertFalse(self._stop_now(terms))
        receipt.action_draft()
        receipt.action_cancel()
        self.assertEqual(self._stop_now(terms), "all")

    def test_a_stop_taken_off_by_hand_stays_off(self):
        """What the controller takes off, no broken promise sets again."""
        invoice, terms = self._stopped(100.0)
        terms.with_user(self.finance).write({"stop": False})
        self.assertFalse(self._stop_now(terms))
        promise = self._promise(invoice, 100.0)
        self.assertFalse(self._stop_now(terms))
        promise.action_cancel()
        self.assertFalse(self._stop_now(terms))

    def test_a_milder_letter_does_not_weaken_the_stop(self):
        """A later letter that stops orders only leaves the deliveries stopped, until the other invoice is paid."""
        self.levels[0].credit_stop = True
        self.levels[1].write({"credit_stop": True, "delivery_stop": True})
        old = self._invoice(100.0, due="2026-02-12")
        kinds = []
        for day in ("2026-02-28", "2026-03-10", "2026-03-17"):
            with freeze_time(f"{day} 10:00:00"):
                if fields.Date.to_date(day) > TODAY:
                    self._invoice(30.0, due="2026-03-08")
                letter = self._letter(self._sent(fields.Date.to_date(day)))
                terms = self.env["crm.credit.limit"].search([("partner_id", "=", self.customer.id)])
                kinds.append((letter.rank, terms.stop))
        self.assertEqual(kinds, [(1, "orders"), (2, "all"), (1, "all")])
        with freeze_time("2026-03-18 10:00:00"):
            self.assertEqual(self._stop_now(terms), "all")
            self._pay(old, 100.0, date="2026-03-18")
            self.assertEqual(self._stop_now(terms), "orders")

    def test_an_undone_payment_brings_the_stop_back(self):
        """What a payment ended comes back when it is set back to draft, or its money goes to another invoice."""
        invoice, terms = self._stopped(100.0)
        payment = self._pay(invoice, 100.0, date="2026-03-10")
        self.assertFalse(self._stop_now(terms))
        self.assertFalse(self._stop_now(terms), "a second run remembers it as well")
        payment.action_draft()
        self.assertEqual(self._stop_now(terms), "all")
        payment.action_post()
        self.assertFalse(self._stop_now(terms))
        other = self._item(self._invoice(100.0, due="2026-03-30"))
        money = self._item(invoice).matched_credit_ids.credit_move_id
        money.remove_move_reconcile()
        self.assertFalse(self._stop_now(terms), "the money is there, unmatched")
        (money + other).reconcile()
        self.assertEqual(self._stop_now(terms), "all")
        self._pay(invoice, 100.0, date="2026-03-10")
        self.assertFalse(self._stop_now(terms))
        self.assertFalse(self.Letter.search([("stopped", "=", True)]))

    def test_a_payment_undone_after_a_decision_stops_nobody(self):
        """Once the controller has set and taken off a stop, the reminders' stop is over for good."""
        invoice, terms = self._stopped(100.0)
        payment = self._pay(invoice, 100.0, date="2026-03-10")
        self.assertFalse(self._stop_now(terms))
        mine = terms.with_user(self.finance)
        mine.write({"stop": "orders"})
        mine.write({"stop": False})
        payment.action_draft()
        self.assertFalse(self._stop_now(terms))
        self.assertFalse(self.Letter.search(["|", ("stopped", "=", True), ("stop_paid", "=", True)]))
