"""Receipts matched with invoices: from the proposal to the balance, and back."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .receipt_common import ReceiptCommon


@tagged("post_install", "-at_install")
class TestReceiptMatch(ReceiptCommon):
    def test_named_payment_clears_its_invoices(self):
        """R166: a registered collection is matched to the invoices it names; the balance falls by that amount."""
        one, two, other = self._invoice(120.0), self._invoice(80.5), self._invoice(200.5)
        before = self._balance()[0]
        payment = self._money(200.5, f"paying {one.name} and {two.name}")
        self.assertEqual(self._balance()[0], before - 200.5)
        match = self._of(payment)
        self.assertEqual((match.rule, match.barrier, match.state), ("reference", False, "proposed"))
        self.assertEqual(match.line_ids.move_line_id.move_id, one | two)
        self.assertIn(one.name, match.why)
        match.action_accept()
        self.assertEqual([one.amount_residual, two.amount_residual, other.amount_residual], [0.0, 0.0, 200.5])
        self.assertEqual(self._balance(), (before - 200.5, before - 200.5))
        self.assertEqual((match.state, match.decided_by_id), ("accepted", self.biller))
        self.assertFalse(self._of(payment))
        match.action_undo()
        self.assertEqual([one.amount_residual, two.amount_residual], [120.0, 80.5])
        self.assertEqual((match.state, match.undone_by_id), ("undone", self.biller))
        again = self._of(payment)
        self.assertNotEqual(again.line_ids.move_line_id.move_id, one | two, "what was undone is not proposed again")

    def test_amount_alone_and_ties(self):
        """R166: the one invoice of this amount is certain, two of them are not, and it says so."""
        one = self._invoice(311.11)
        payment = self._money(311.11)
        match = self._of(payment)
        self.assertEqual((match.rule, match.barrier, match.line_ids.move_line_id.move_id), ("amount", False, one))
        twin = self._invoice(311.11)
        match = self._of(payment)
        self.assertEqual((match.barrier, match.rivals), ("tied", 1))
        self.assertIn("1", match.why_not)
        match.accept_with(twin.line_ids.filtered("date_maturity").ids)
        self.assertEqual((one.payment_state, twin.amount_residual), ("not_paid", 0.0))
        self.assertTrue(match.by_hand)

    def test_bank_line_by_name(self):
        """R166: a bank line that names its sender is booked from suspense to the receivable and matched; undo too."""
        self.customer.name = "Only One of This Name 4711"
        invoice = self._invoice(455.25)
        line = self._bank_line(455.25, "SEPA transfer", partner_name="only one of this NAME 4711 ")
        match = self._of(line)
        self.assertEqual((match.partner_id, match.payer_by, match.rule), (self.customer, "name", "amount"))
        match.action_accept()
        self.assertEqual((invoice.amount_residual, line.is_reconciled), (0.0, True))
        self.assertEqual(line.partner_id, self.customer)
        self.assertFalse(line.move_id.line_ids.filtered(lambda row: row.account_id == self.bank.suspense_account_id))
        match.action_undo()
        self.assertEqual((invoice.amount_residual, line.is_reconciled), (455.25, False))
        self.assertTrue(line.move_id.line_ids.filtered(lambda row: row.account_id == self.bank.suspense_account_id))

    def test_bank_line_settles_a_registered_payment_first(self):
        """R166: the bank line of a payment that Odoo already knows clears that payment, not a second invoice."""
        invoice = self._invoice(77.7)
        payment = self._pay(invoice, 77.7)
        other = self._invoice(140.0)
        line = self._bank_line(77.7, payment.name or "", partner_id=self.customer.id)
        match = self._of(line)
        self.assertEqual(match.line_ids.move_line_id.payment_id, payment)
        match.action_accept()
        self.assertEqual((payment.state, other.amount_residual, line.is_reconciled), ("paid", 140.0, True))

    def test_unknown_payer_says_so(self):
        """R166: nobody known and no number: proposed or not matched with the reason, never certain."""
        self._invoice(91.19)
        match = self._of(self._bank_line(91.19, "cash in"))
        self.assertEqual((match.rule, match.barrier), ("amount_payer", "suggested"))
        match = self._of(self._bank_line(5.55, "cash in"))
        self.assertEqual((match.state, match.barrier), ("unmatched", "no_payer"))
        self.assertTrue(match.why_not)
        with self.assertRaisesRegex(UserError, "Choose the invoices"):
            match.action_accept()

    def test_payer_known_by_the_invoice_named(self):
        """R166: who pays is known from the invoice that the text names, and the screen says so."""
        invoice = self._invoice(91.23)
        match = self._of(self._bank_line(91.23, f"paying {invoice.name}"))
        self.assertEqual((match.partner_id, match.payer_by), (self.customer, "reference"))
        self.assertEqual(match.get_receipt()["payer_by_label"], "Invoice named")
        self.assertFalse(self._of(self._bank_line(3.21, "cash in")).payer_by)

    def test_early_discount(self):
        """R166: paid in time less the discount: the invoice is paid and the discount is booked as Odoo books it."""
        term = self._early_term("excluded")
        loss = self.company_data["default_account_expense"]
        self.company.account_journal_early_pay_discount_loss_account_id = loss
        invoice = self._invoice(1000.0, "2026-02-01", invoice_payment_term_id=term.id, invoice_date_due=False)
        payment = self._money(980.0, invoice.name, date="2026-02-05")
        match = self._of(payment)
        self.assertEqual((match.rule, match.kept, match.barrier), ("reference_discount", 20.0, False))
        match.action_accept()
        self.assertEqual((invoice.amount_residual, self._balance()), (0.0, (0.0, 0.0)))
        cost = match.kept_move_id.line_ids.filtered(lambda line: line.account_id == loss)
        self.assertEqual((cost.balance, match.kept_move_id.date.isoformat()), (20.0, "2026-02-05"))
        match.action_undo()
        self.assertEqual((invoice.amount_residual, self._balance()[0]), (1000.0, 20.0))

    def test_fee_is_learned(self):
        """R166: what a customer keeps back twice is known from then on; another difference stays open."""
        self.company.write(
            {"crm_match_tolerance": 5.0, "crm_match_fee_account_id": self.company_data["default_account_expense"].id}
        )
        for _time in range(2):
            invoice = self._invoice(300.0)
            self._of(self._money(296.5, invoice.name)).action_accept()
            self.assertEqual(invoice.amount_residual, 0.0)
        self.company.crm_match_tolerance = 0.0
        invoice, _other = self._invoice(410.0), self._invoice(77.0)
        match = self._of(self._money(406.5))
        self.assertEqual((match.rule, match.kept, match.line_ids.move_line_id.move_id), ("amount_fee", 3.5, invoice))
        match.action_refuse()
        match = self._of(self._money(405.0, invoice.name))
        self.assertEqual((match.rule, match.kept), ("reference_short", 0.0))
        match.action_accept()
        self.assertEqual(invoice.amount_residual, 5.0)

    def test_refused_is_not_proposed_again(self):
        """R166: after a refusal the next best is proposed, never certain."""
        invoice = self._invoice(64.4)
        payment = self._money(64.4)
        self._of(payment).action_refuse()
        match = self._of(payment)
        self.assertNotEqual((match.line_ids.move_line_id.move_id, match.rule), (invoice, "amount"))
        self.assertTrue(match.barrier)
        self.assertEqual(match.state, "unmatched")
        self.assertIn("refused", match.why_not)

    def test_nothing_is_matched_twice(self):
        """R166: a decided receipt, and a receipt whose invoice was paid meanwhile, are refused with a clear text."""
        invoice = self._invoice(512.0)
        match = self._of(self._money(512.0, invoice.name))
        with self.assertRaisesRegex(UserError, "have changed since"):
            match.accept_shown(self._invoice(77.0).line_ids.ids)
        match.accept_shown(match.line_ids.move_line_id.ids)
        with self.assertRaisesRegex(UserError, "decided on already"):
            match.action_accept()
        second = self._invoice(99.0)
        late = self._of(self._money(99.0, second.name))
        self._pay(second, 99.0)
        with self.assertRaisesRegex(UserError, "have changed since"):
            late.action_accept()
        partials = self.env["account.partial.reconcile"].search([("debit_move_id", "in", second.line_ids.ids)])
        self.assertEqual(sum(partials.mapped("amount")), 99.0)

    def test_credit_note_meets_its_invoice(self):
        """R166: an open credit is offered to the invoice that it credits, and to no other on its own."""
        invoice, _other = self._invoice(500.0), self._invoice(40.0)
        refund = self._invoice(40.0, move_type="out_refund", ref=f"Reversal of {invoice.name}")
        match = self._read().filtered(lambda found: found.move_line_id.move_id == refund)
        self.assertEqual(match.source, "credit")
        self.assertEqual((match.rule, match.line_ids.move_line_id.move_id), ("reference_short", invoice))
        match.action_accept()
        self.assertEqual((invoice.amount_residual, refund.amount_residual), (460.0, 0.0))

    def test_currencies(self):
        """R166: a receipt is matched within its currency; at another rate Odoo books the exchange difference."""
        euro = self.setup_other_currency("EUR", rates=[("2026-01-01", 2.0), ("2026-02-01", 4.0)])
        invoice = self._invoice(300.0, currency_id=euro.id)
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": 300.0,
                "currency_id": euro.id,
                "date": "2026-02-01",
                "journal_id": self.bank.id,
            }
        )
        payment.action_post()
        match = self._of(payment)
        self.assertEqual((match.rule, match.barrier, match.currency_id), ("amount", False, euro))
        rows = self.env.execute_query(self.Match._covered_query([self.company.id]))
        self.assertEqual([float(amount) for _line, amount in rows], [150.0])
        match.action_accept()
        self.assertEqual((invoice.amount_residual, invoice.payment_state), (0.0, "paid"))
        match.action_undo()
        self.assertEqual((invoice.amount_residual, self._balance()[0]), (300.0, 75.0))
        other = self._of(self._money(300.0))
        self.assertEqual((other.state, other.barrier), ("unmatched", "nothing_open"))
