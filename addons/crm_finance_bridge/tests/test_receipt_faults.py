"""What used to go wrong in matching: currencies, drafts, failing bookings, claims, and what is undone elsewhere."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .receipt_common import ReceiptCommon


@tagged("post_install", "-at_install")
class TestReceiptFaults(ReceiptCommon):
    def test_tolerance_is_in_company_currency(self):
        """R166: a tolerance of 4 in company currency is 1 of a currency worth four times as much."""
        gold = self.setup_other_currency("EUR", rates=[("2026-01-01", 0.25)])
        self.company.crm_match_tolerance = 4.0
        for kept, rule in ((3.0, "reference_short"), (1.0, "reference_fee")):
            invoice = self._invoice(300.0, currency_id=gold.id)
            payment = self.env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.customer.id,
                    "amount": 300.0 - kept,
                    "currency_id": gold.id,
                    "date": "2026-02-01",
                    "journal_id": self.bank.id,
                    "memo": invoice.name,
                }
            )
            payment.action_post()
            self.assertEqual(self._of(payment).rule, rule, kept)

    def test_draft_receipt_is_not_reconciled(self):
        """R166: a payment or bank line that was reset to draft settles nothing, neither as proposed nor by hand."""
        invoice = self._invoice(120.0)
        items = invoice.line_ids.filtered("date_maturity").ids
        payment, line = self._money(120.0, invoice.name), self._bank_line(120.0, partner_id=self.customer.id)
        found = self._of(payment) | self._of(line)
        payment.action_draft()
        line.move_id.button_draft()
        for match in found:
            with self.assertRaisesRegex(UserError, "have changed since"):
                match.accept_shown(match.line_ids.move_line_id.ids)
            with self.assertRaisesRegex(UserError, "have changed since"):
                match.accept_with(items)
        found.sudo()._accept_certain()
        self.assertEqual((set(found.mapped("state")), invoice.amount_residual), ({"proposed"}, 120.0))

    def test_bank_account_of_another_company(self):
        """R166: a bank account names the payer only where payer and account are of this company, or of all."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        partner = self._customer("Customer of Elsewhere", company_id=elsewhere.id)
        account = self.env["res.partner.bank"].create({"acc_number": "DE99 4711", "partner_id": partner.id})
        line = self._bank_line(10.0, "transfer", account_number="DE994711")
        match = self._of(line)
        self.assertEqual((match.partner_id.id, match.barrier), (False, "no_payer"))
        self.assertIn(match.id, [row["id"] for row in self.Match.get_desk()["rows"]])
        account.active = False
        self.env["res.partner.bank"].create({"acc_number": "DE99 4711", "partner_id": self.customer.id})
        match = self._of(line)
        self.assertEqual((match.partner_id, match.payer_by), (self.customer, "account"))

    def _run(self):
        """What the nightly run does."""
        self.company.crm_match_automatic = True
        self.env["crm.receipt.ledger"]._refresh(self.company)
        self.env["crm.receipt.match"]._process_automatic(self.company)

    def test_one_bad_match_does_not_stop_the_others(self):
        """R166: a receipt that cannot be booked waits for a person with its reason; the others are matched."""
        self.company.write(
            {"crm_match_tolerance": 5.0, "crm_match_fee_account_id": self.company_data["default_account_expense"].id}
        )
        one, bad, two = self._invoice(100.0), self._invoice(200.0), self._invoice(300.0)
        failing = self._money(197.0, bad.name)
        self._money(100.0, one.name), self._money(300.0, two.name)
        self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "general")]
        ).active = False
        self._run()
        self.assertEqual([one.amount_residual, bad.amount_residual, two.amount_residual], [0.0, 200.0, 0.0])
        match = self._of(failing)
        self.assertEqual((match.state, match.barrier, match.was_auto), ("proposed", "failed", False))
        self.assertIn("type Miscellaneous", match.why_not)
        calls = []
        self.patch(type(match), "_reconcile", lambda matches: calls.append(matches.ids))
        self._run()
        self.assertFalse(calls, "not tried again")
        self.assertEqual(self._of(failing), match)
