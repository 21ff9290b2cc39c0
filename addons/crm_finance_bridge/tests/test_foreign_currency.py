"""An invoice in euros of a company that keeps its books in dollars: what is promised, disputed and earned on it.

300 EUR at 2 EUR a dollar on the day of the invoice are 150 USD; on the day of the payment a dollar is 2.5 EUR.
"""

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .collect_common import CollectCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestForeignCurrency(CollectCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.setup_other_currency(
            "EUR", rates=[("2016-01-01", 2.0), ("2026-03-01", 2.5), ("2026-04-01", 1.5)]
        )
        cls.buyer = cls._customer("Rhine Tools")
        cls.bill = cls._invoice(300.0, "2026-01-20", "2026-02-20", partner=cls.buyer, currency_id=cls.euro.id)

    def _paid(self, amount, day="2026-03-05"):
        return self._register_payment(
            self.bill,
            payment_date=day,
            amount=amount,
            currency_id=self.euro.id,
            payment_difference_handling="open",
        )

    def _promised_row(self, amount, **values):
        return self._promise(lines=[(self.bill, amount)], partner_id=self.buyer.id, **values)

    # === PROMISES === #

    def test_promise_in_the_companys_currency(self):
        self.assertEqual(self._item(self.bill).amount_residual, 150.0)
        promise = self._promise(150.0, partner_id=self.buyer.id)
        line = promise.line_ids
        self.assertEqual((promise.currency_id, promise.amount), (self.company.currency_id, 150.0))
        self.assertEqual((line.move_id, line.amount, line.residual), (self.bill, 150.0, 150.0))
        self.assertEqual(self._promised("2026-03-02")[0][1], 150.0)

    def test_no_more_can_be_promised_than_is_open(self):
        with self.assertRaises(ValidationError):
            self._promised_row(150.01)
        self._promised_row(100.0)
        with self.assertRaises(ValidationError):
            self._promise(51.0, partner_id=self.buyer.id)
        self.assertEqual(self._promise(50.0, partner_id=self.buyer.id).line_ids.amount, 50.0)

    def test_paid_at_a_worse_rate_is_kept(self):
        """All of it is paid, though the money was worth 120 USD on the day."""
        promise = self._promised_row(150.0)
        self._paid(300.0)
        self.assertEqual(self._item(self.bill).amount_residual, 0.0)
        self.assertEqual((promise.state, promise.settled, promise.remaining), ("kept", 150.0, 0.0))
        self.assertFalse(self._promised("2026-03-05"))

    def test_paid_at_a_better_rate_is_kept(self):
        """The 200 USD that came are no more than the 150 USD that were promised."""
        promise = self._promised_row(150.0, day="2026-04-10")
        with freeze_time("2026-04-05 10:00:00"):
            self._paid(300.0, "2026-04-05")
        self.assertEqual((promise.state, promise.settled), ("kept", 150.0))

    def test_half_paid(self):
        """Half of the euros are half of what was owed, whatever the rate of the day."""
        promise = self._promised_row(150.0)
        self._paid(150.0)
        item = self._item(self.bill)
        self.assertEqual((item.amount_residual_currency, item.amount_residual), (150.0, 75.0))
        self.assertEqual((promise.state, promise.settled, promise.remaining), ("open", 75.0, 75.0))
        self.assertEqual(promise.line_ids.residual, 75.0)

    # === DISPUTES === #

    def test_dispute_in_the_companys_currency(self):
        """60 USD of 150 USD are 120 EUR of 300 EUR on the invoice."""
        dispute = self._dispute(self.bill, 60.0, partner_id=self.buyer.id)
        line = dispute.line_ids
        self.assertEqual((dispute.amount, line.residual, line.currency_id), (60.0, 150.0, self.company.currency_id))
        self.assertEqual(self._disputed("2026-03-02")[self._item(self.bill).id], 60.0)
        self.assertEqual(self.bill.crm_disputed_amount, 120.0)
        with self.assertRaises(ValidationError):
            self._dispute(self.bill, 150.01, partner_id=self.buyer.id)

    def test_credit_note_in_the_invoices_currency(self):
        dispute = self._dispute(self.bill, 60.0, partner_id=self.buyer.id)
        dispute.action_propose_credit()
        refund = dispute.refund_id.sudo()
        self.assertEqual((refund.currency_id, refund.amount_total), (self.euro, 120.0))

    # === COMMISSION === #

    def _earned(self, base):
        """What 5 % on the invoice comes to until March: [(source, base, commission)]."""
        self.env["crm.commission.plan"].search([]).state = "closed"
        plan = self.env["crm.commission.plan"].create(
            {
                "name": base,
                "company_id": self.company.id,
                "date_from": "2026-01-01",
                "base": base,
                "rule_ids": [Command.create({"kind": "rate", "rate": 5.0})],
            }
        )
        plan.with_user(self.finance).action_activate()
        with freeze_time("2026-05-02 10:00:00"):
            self.env["crm.commission.run"]._run(self.company, fields.Date.to_date("2026-03-31"))
        lines = self.env["crm.commission.line"].search([("plan_id", "=", plan.id), ("move_id", "=", self.bill.id)])
        return [(line.source, line.base_amount, line.amount) for line in lines.sorted("id")]

    def test_commission_on_invoices(self):
        """5 % of 150 USD, by the rate of the invoice."""
        self.assertEqual(self._earned("invoiced"), [("invoice", 150.0, 7.5)])

    def test_commission_on_money(self):
        """5 % of the 120 USD that came, by the rate of the payment."""
        self._paid(300.0)
        self.assertEqual(self._earned("collected"), [("collection", 120.0, 6.0)])
