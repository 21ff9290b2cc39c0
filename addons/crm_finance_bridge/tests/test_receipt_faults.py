"""What used to go wrong in matching: currencies, drafts, failing bookings, claims, and what is undone elsewhere."""

from odoo.exceptions import UserError
from odoo.fields import Command
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

    def _early(self, amount, **values):
        """An invoice with 20 % VAT and 2 % off within ten days, tax included in the discount."""
        term = self._early_term("included")
        return self._invoice(
            amount,
            "2026-02-01",
            invoice_payment_term_id=term.id,
            invoice_date_due=False,
            invoice_line_ids=[
                Command.create(
                    {
                        "name": "line",
                        "quantity": 1,
                        "price_unit": amount,
                        "tax_ids": [Command.set(self.company_data["default_tax_sale"].ids)],
                    }
                )
            ],
            **values,
        )

    def test_discount_of_one_of_two_invoices(self):
        """R166: a discount taken on one of two invoices is booked with the tax of that one, and on no fee account."""
        cost, fee = self.company_data["default_account_expense"].copy(), self.company_data["default_account_expense"]
        self.company.write(
            {"account_journal_early_pay_discount_loss_account_id": cost.id, "crm_match_fee_account_id": fee.id}
        )
        one, two = self._early(1000.0), self._early(500.0)
        off = one.currency_id.round(one.amount_total * 0.02)
        payment = self._money(one.amount_total + two.amount_total - off, f"{one.name} {two.name}", date="2026-02-05")
        match = self._of(payment)
        self.assertEqual((match.rule, match.kept, match.barrier), ("reference_discount", off, False))
        self.assertEqual(match.line_ids.filtered("early").move_line_id.move_id, one)
        match.action_accept()
        self.assertEqual((one.amount_residual, two.amount_residual, self._balance()), (0.0, 0.0, (0.0, 0.0)))
        booked = {line.account_id: line.balance for line in match.kept_move_id.line_ids}
        self.assertEqual((booked.get(cost), booked.get(fee)), (20.0, None))
        self.assertTrue(match.kept_move_id.line_ids.filtered("tax_line_id"))

    def test_discount_without_account_is_only_proposed(self):
        """R166: without an account for discounts a person is asked, and nothing goes to the fee account."""
        self.company.write(
            {
                "account_journal_early_pay_discount_loss_account_id": False,
                "crm_match_fee_account_id": self.company_data["default_account_expense"].id,
            }
        )
        invoice = self._early(1000.0)
        payment = self._money(invoice.amount_total * 0.98, invoice.name, date="2026-02-05")
        self._run()
        match = self._of(payment)
        self.assertEqual((match.rule, match.barrier, match.kept_move_id.id), ("reference_discount", "failed", False))
        with self.assertRaisesRegex(UserError, "cash discount account"):
            match.action_accept()
        match.accept_with(match.line_ids.move_line_id.ids)
        self.assertEqual(invoice.amount_residual, invoice.currency_id.round(invoice.amount_total * 0.02))

    def _two_claims(self, invoice):
        """Proposals of a bank line and of an open credit, each over the invoice and naming it."""
        receivable, cash = (self.company_data[f"default_account_{key}"].id for key in ("receivable", "revenue"))
        credit = {"account_id": receivable, "partner_id": self.customer.id, "credit": invoice.amount_total}
        entry = self.env["account.move"].create(
            {
                "date": "2026-02-01",
                "ref": f"cash for {invoice.name}",
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create(credit),
                    Command.create({"account_id": cash, "debit": invoice.amount_total}),
                ],
            }
        )
        entry.action_post()
        line = self._bank_line(invoice.amount_total, invoice.name)
        return self._read().filtered(
            lambda match: match.statement_line_id == line or match.move_line_id.move_id == entry
        )

    def test_claims_of_bank_lines_and_credits(self):
        """R166: a bank line and an entry that name one invoice are both left to a person."""
        invoice = self._invoice(150.0)
        found = self._two_claims(invoice)
        self.assertEqual(found.mapped("barrier"), ["contested", "contested"])
        self.assertEqual(found.line_ids.move_line_id.move_id, invoice)

    def test_what_settles_nothing_is_not_accepted(self):
        """R166: of two receipts of one invoice, booked in one go, the second stays a proposal."""
        invoice = self._invoice(150.0)
        found = self._two_claims(invoice).sudo()
        found.barrier = False
        found._accept_certain()
        self.assertEqual((sorted(found.mapped("state")), invoice.amount_residual), (["auto", "proposed"], 0.0))
        left = found.filtered(lambda match: match.state == "proposed")
        self.assertEqual((len(found.partial_ids), left.partial_ids.ids), (1, []))
        again = self._read().filtered(lambda match: match.name == left.name)
        self.assertEqual((again.state, len(again.line_ids)), ("unmatched", 0))

    def test_bank_line_undone_elsewhere_is_not_matched_again(self):
        """R166: a bank line un-reconciled on the invoice comes back as a credit, and not with that invoice."""
        invoice = self._invoice(455.25)
        line = self._bank_line(455.25, invoice.name, partner_id=self.customer.id)
        self._run()
        self.assertEqual(invoice.amount_residual, 0.0)
        match = self.Match.search([("statement_line_id", "=", line.id)])
        invoice.line_ids.remove_move_reconcile()
        self._run()
        self.assertEqual((match.state, invoice.amount_residual), ("undone", 455.25))
        again = self._read().filtered(lambda found: found.move_line_id.move_id == line.move_id)
        self.assertEqual((again.barrier, again.line_ids.ids), ("refused", []))

    def test_one_of_two_invoices_undone_elsewhere(self):
        """R166: the invoice that was taken out is not matched again, the other stays; the rule was wrong."""
        one, two = self._invoice(120.0), self._invoice(80.5)
        payment = self._money(200.5, f"{one.name} {two.name}")
        self._run()
        match = self.Match.search([("move_line_id.payment_id", "=", payment.id)])
        two.line_ids.remove_move_reconcile()
        self._run()
        self.assertEqual(
            (match.state, match.by_hand, one.amount_residual, two.amount_residual), ("auto", True, 0, 80.5)
        )
        self.assertEqual(match.line_ids.filtered("removed").move_line_id.move_id, two)
        again = self._of(payment)
        self.assertEqual((again.amount, again.barrier), (80.5, "refused"))
        rule = self.env["crm.receipt.rule"].search([("company_id", "=", self.company.id), ("code", "=", match.rule)])
        self.assertEqual((rule.right, rule.wrong, rule.auto_precision), (0, 1, 0.0))
        match.action_undo()
        self.assertEqual((match.state, one.amount_residual), ("undone", 120.0))

    def test_fee_goes_with_what_is_undone_elsewhere(self):
        """R166: the entry of a fee is reversed when its invoice is un-reconciled; no credit of it stays open."""
        self.company.write(
            {"crm_match_tolerance": 5.0, "crm_match_fee_account_id": self.company_data["default_account_expense"].id}
        )
        invoice = self._invoice(300.0)
        match = self._of(self._money(297.0, invoice.name))
        match.action_accept()
        self.assertEqual((self._balance(), match.kept_move_id.state), ((0.0, 0.0), "posted"))
        invoice.line_ids.remove_move_reconcile()
        self._read()
        self.assertEqual((match.state, match.kept_move_id.reversal_move_ids.state), ("undone", "posted"))
        self.assertEqual(self._balance(), (3.0, 3.0))
        credits = match.kept_move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        self.assertTrue(credits.reconciled)
        self._read()
        self.assertEqual(len(match.kept_move_id.reversal_move_ids), 1)
