"""Remittance advice: what the payer's list says of each invoice is proposed, booked, and freed again."""

import base64

from odoo.exceptions import UserError
from odoo.tests import tagged

from .receipt_common import ReceiptCommon


@tagged("post_install", "-at_install")
class TestReceiptAdvice(ReceiptCommon):
    def _advice(self, text, **values):
        return (
            self.env["crm.remittance.advice"]
            .with_user(self.biller)
            .create(
                {
                    "name": "Payment 4711",
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "file": base64.b64encode(text.encode()),
                    "file_name": "advice.csv",
                    **values,
                }
            )
        )

    def test_saved_by_excel_in_another_language(self):
        """A list that is not UTF-8: Chinese as the payer's language says, else as Windows writes western languages."""
        invoice = self._invoice(100.0)
        for lang, title, encoding in (
            ("zh_CN", "发票号码,金额", "gb18030"),
            ("zh_TW", "發票號碼,金額", "cp950"),
            ("en_US", "Número Facture,Paid", "cp1252"),
        ):
            self.env["res.lang"]._activate_lang(lang)
            self.customer.lang = lang
            content = f"{title}\n{invoice.name},80\n".encode(encoding)
            advice = self._advice("", file=base64.b64encode(content))
            advice.action_read()
            self.assertEqual((advice.amount, advice.line_ids.move_line_id.move_id), (80.0, invoice), lang)
        self.customer.lang = "zh_CN"
        advice = self._advice("", file=base64.b64encode(b"\xff\xff\x00\x01" * 9))
        with self.assertRaises(UserError):
            advice.action_read()

    def test_amounts_by_line(self):
        """R166: "INV1 80.00, INV2 20.00" of larger invoices settles exactly these parts; the sentence says them."""
        one, two = self._invoice(100.0, "2026-01-01"), self._invoice(50.0, "2026-01-02")
        advice = self._advice(f"Invoice Date;Invoice No.;Paid\n01.01.2026;{two.name};20,00\n;{one.name};EUR 80,00\n")
        advice.action_read()
        self.assertEqual((advice.amount, advice.found_count), (100.0, 2))
        match = self._of(self._money(100.0, "our payment"))
        self.assertEqual((match.rule, match.barrier, match.advice_id), ("advice_parts", False, advice))
        parts = {line.move_line_id.move_id: line.amount for line in match.line_ids}
        self.assertEqual(parts, {one: 80.0, two: 20.0})
        for text in (one.name, "80.00", two.name, "20.00"):
            self.assertIn(text, match.why)
        match.action_accept()
        self.assertEqual((one.amount_residual, two.amount_residual, advice.state), (20.0, 30.0, "used"))
        self.assertEqual(self._balance(), (50.0, 50.0))
        match.action_undo()
        self.assertEqual((one.amount_residual, two.amount_residual), (100.0, 50.0))
        self.assertEqual(advice.state, "open", "the money may still come")

    def test_parts_of_two_receipts_in_one_run(self):
        """R166: two receipts that pay parts of one invoice are booked together; each settles its part."""
        self.company.crm_match_automatic = True
        one, two = self._invoice(100.0, "2026-01-01"), self._invoice(50.0, "2026-01-02")
        for first, second in ((70.0, 10.0), (25.0, 5.5)):
            self._advice(f"Invoice,Paid\n{one.name},{first}\n{two.name},{second}\n").action_read()
        self._money(80.0, "first"), self._money(30.5, "second")
        self.env["crm.receipt.ledger"]._refresh(self.company)
        self.env["crm.receipt.match"]._process_automatic(self.company)
        self.assertEqual((one.amount_residual, two.amount_residual, self._balance()[0]), (5.0, 34.5, 39.5))

    def _two_parts(self):
        """Two certain receipts over parts of one invoice, both fit while all of it is open."""
        invoice = self._invoice(100.0)
        for part in (70.0, 25.0):
            self._advice(f"Invoice,Paid\n{invoice.name},{part}\n").action_read()
        first, second = self._money(70.0, "first"), self._money(25.0, "second", date="2026-02-02")
        matches = self._of(first) | self._of(second)
        self.assertEqual(matches.mapped("barrier"), [False, False])
        return invoice, matches.sorted("date")

    def test_parts_of_more_than_is_open(self):
        """R166: after money came elsewhere only the first of two receipts still fits: nothing is settled twice."""
        invoice, matches = self._two_parts()
        self._pay(invoice, 20.0)
        self.assertEqual(self.Match.action_accept_certain(), 1)
        self.assertEqual((invoice.amount_residual, matches.mapped("state")), (10.0, ["auto", "proposed"]))
        with self.assertRaisesRegex(UserError, "have changed since"):
            matches[1].action_accept()

    def test_two_of_one_invoice_at_once(self):
        """R166: two receipts accepted in one call settle no more of an invoice than is open."""
        invoice = self._invoice(100.0)
        first, second = self._money(60.0), self._money(60.0)
        both = self._of(first) | self._of(second)
        self.assertEqual([line.amount for line in both.line_ids], [60.0, 60.0])
        with self.assertRaisesRegex(UserError, "have changed since"), self.env.cr.savepoint():
            both.action_accept()
        self.patch(type(both), "_stale", lambda match: match.browse())
        with self.assertRaisesRegex(UserError, "have changed since"), self.env.cr.savepoint():
            both.action_accept()
        self.assertEqual(invoice.amount_residual, 100.0)

    def test_accept_as_shown(self):
        """R166: a proposal whose parts are others than on the screen is refused, although its invoices are the same."""
        invoice, matches = self._two_parts()
        item = matches.line_ids.move_line_id
        for shown in ({item.id: 65.0}, {str(item.id): 65.0}, {item.id: 70.0, self._money(5.0).id: 1.0}, []):
            with self.assertRaisesRegex(UserError, "have changed since"):
                matches[0].accept_shown(shown)
        matches[0].accept_shown({str(item.id): 70.0})
        matches[1].accept_shown(item.ids)
        self.assertEqual(invoice.amount_residual, 5.0)

    def test_parts_in_another_currency(self):
        """R166: parts of invoices in another currency, at another rate; what is left keeps the rate of its invoice."""
        euro = self.setup_other_currency("EUR", rates=[("2026-01-01", 2.0), ("2026-02-01", 4.0)])
        one, two = (self._invoice(amount, currency_id=euro.id) for amount in (100.0, 50.0))
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.customer.id,
                "amount": 100.0,
                "currency_id": euro.id,
                "date": "2026-02-01",
                "journal_id": self.bank.id,
            }
        )
        payment.action_post()
        self._advice(f"Invoice,Paid\n{one.name},80\n{two.name},20\n", currency_id=euro.id).action_read()
        self._of(payment).action_accept()
        items = (one | two).line_ids.filtered("date_maturity")
        self.assertEqual(sorted(items.mapped("amount_residual_currency")), [20.0, 30.0])
        self.assertEqual(sorted(items.mapped("amount_residual")), [10.0, 15.0])
        self.assertEqual(self._balance(), (25.0, 25.0))

    def test_discount_beside_a_part(self):
        """R166: a list that takes the early discount on one invoice and pays a part of another: the first is settled
        with its discount booked, nothing of it is left to dun; the other keeps its rest."""
        term = self._early_term("included")
        loss = self.company_data["default_account_expense"]
        self.company.account_journal_early_pay_discount_loss_account_id = loss
        early = self._invoice(1000.0, "2026-02-01", invoice_payment_term_id=term.id, invoice_date_due=False)
        other = self._invoice(800.0, "2026-01-02")
        text = f"Zahlung;Rechnung;Betrag\n20260205;{early.name};980.-\n20260205;{other.name};CHF 500.-\n"
        advice = self._advice(text)
        advice.action_read()
        self.assertEqual(advice.amount, 1480.0)
        match = self._of(self._money(1480.0, "our payment", date="2026-02-05"))
        self.assertEqual((match.rule, match.kept, match.barrier), ("reference_discount", 20.0, False))
        self.assertEqual(match.short, 300.0)
        self.assertIn("300.00", match.why)
        self.assertEqual(match.line_ids.filtered("early").move_line_id.move_id, early)
        self.company.crm_match_automatic = True
        self.env["crm.receipt.match"]._process_automatic(self.company)
        self.assertEqual(match.state, "auto")
        self.assertEqual((early.amount_residual, other.amount_residual), (0.0, 300.0))
        self.assertEqual(self._balance(), (300.0, 300.0))
        cost = match.kept_move_id.line_ids.filtered(lambda line: line.account_id == loss)
        self.assertEqual(cost.balance, 20.0)
        match.action_undo()
        self.assertEqual((early.amount_residual, other.amount_residual), (1000.0, 800.0))

    def test_undone_elsewhere(self):
        """R166: an advice whose reconciliation somebody takes apart on the invoice waits for its money again."""
        invoice = self._invoice(100.0)
        advice = self._advice(f"Invoice,Paid\n{invoice.name},80\n")
        advice.action_read()
        self._of(self._money(80.0, "our payment")).action_accept()
        self.assertEqual((invoice.amount_residual, advice.state), (20.0, "used"))
        invoice.line_ids.remove_move_reconcile()
        self._read()
        self.assertEqual(advice.state, "open")

    def test_unreadable_amount(self):
        """R166: an amount that cannot be read is said with its row; the file and the lines before stay."""
        advice = self._advice("Rechnungsdatum;Rechnungs-Nr.;Betrag\n01.02.2026;INV/2026/00001;2o,00\n")
        with self.assertRaisesRegex(UserError, r"Row 2 \(INV/2026/00001\): “2o,00”"):
            advice.action_read()
        self.assertEqual((bool(advice.file), advice.state), (True, "draft"))
