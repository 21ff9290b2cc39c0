"""Receipts matched with invoices: from the proposal to the balance, and back."""

import base64
import io

import openpyxl
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import FinanceCommon


@tagged("post_install", "-at_install")
class TestReceiptMatch(FinanceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = cls._user("fin_reader", "account.group_account_readonly")
        cls.Match = cls.env["crm.receipt.match"].with_user(cls.biller)
        cls.bank = cls.company_data["default_journal_bank"]

    def _read(self, company=None):
        """The live proposals after a fresh look, as the accountant sees them."""
        self.env["crm.receipt.ledger"]._refresh(company or self.company)
        return self.Match.search([("state", "in", ("proposed", "unmatched"))])

    def _of(self, payment):
        """The live proposal of a payment or bank line."""
        matches = self._read()
        field = "statement_line_id" if payment._name == "account.bank.statement.line" else "move_line_id.payment_id"
        return matches.filtered(lambda match: match.mapped(field) == payment)

    def _money(self, amount, memo="", partner=None, date="2026-02-01"):
        payment = self._receipt(amount, date, partner)
        payment.memo = memo
        return payment

    def _bank_line(self, amount, text="", **values):
        return self.env["account.bank.statement.line"].create(
            {"journal_id": self.bank.id, "date": "2026-02-03", "payment_ref": text, "amount": amount, **values}
        )

    def _balance(self, partner=None):
        """Brute force: what the posted receivable entries say the customer owes."""
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "child_of", (partner or self.customer).id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        return round(sum(lines.mapped("balance")), 2), round(sum(lines.mapped("amount_residual")), 2)

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

    def test_early_discount(self):
        """R166: paid in time less the discount: the invoice is paid and the discount is booked as Odoo books it."""
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % in 10 days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": "excluded",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})],
            }
        )
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
        match.action_accept()
        with self.assertRaisesRegex(UserError, "decided on already"):
            match.action_accept()
        second = self._invoice(99.0)
        late = self._of(self._money(99.0, second.name))
        self._pay(second, 99.0)
        with self.assertRaisesRegex(UserError, "have changed since"):
            late.action_accept()
        partials = self.env["account.partial.reconcile"].search([("debit_move_id", "in", second.line_ids.ids)])
        self.assertEqual(sum(partials.mapped("amount")), 99.0)

    def test_automatic_run_and_precision(self):
        """R166: the nightly run accepts the certain ones only, also run twice; precision counts what is undone."""
        self.company.crm_match_automatic = True
        certain = [self._money(amount, self._invoice(amount).name) for amount in (10.1, 20.2, 30.3)]
        self._invoice(44.4), self._invoice(44.4)
        tied = self._money(44.4)
        Match = self.env["crm.receipt.match"]
        for _run in range(2):
            self.env["crm.receipt.ledger"]._refresh(self.company)
            Match._process_automatic(self.company)
        self.assertEqual([payment.is_reconciled for payment in certain], [True] * 3)
        self.assertFalse(tied.is_reconciled)
        rule = (
            self.env["crm.receipt.rule"]
            .with_user(self.biller)
            .search([("code", "=", "reference"), ("company_id", "=", self.company.id)])
        )
        self.assertEqual((rule.auto, rule.right, rule.wrong, rule.precision), (3, 3, 0, 1.0))
        done = self.Match.search([("was_auto", "=", True)])
        done[:2].action_undo()
        rule.invalidate_recordset()
        self.assertEqual((rule.auto, rule.right, rule.wrong, rule.state), (3, 1, 2, "braked"))
        self.assertAlmostEqual(rule.auto_precision, 1 / 3, 4)
        invoice = self._invoice(55.55)
        self.assertEqual(self._of(self._money(55.55, invoice.name)).barrier, "switched")

    def test_undone_elsewhere_is_noticed(self):
        """R166: whoever takes a reconciliation apart on the invoice undoes the decision in the log too."""
        invoice = self._invoice(71.0)
        match = self._of(self._money(71.0, invoice.name))
        match.action_accept()
        invoice.line_ids.remove_move_reconcile()
        self._read()
        self.assertEqual((match.state, invoice.amount_residual), ("undone", 71.0))

    def _advice(self, content, name="advice.csv"):
        return (
            self.env["crm.remittance.advice"]
            .with_user(self.biller)
            .create(
                {
                    "name": "Payment 4711",
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "file": base64.b64encode(content),
                    "file_name": name,
                }
            )
        )

    def test_remittance_advice(self):
        """R166: a list of invoices in CSV or XLSX names what a silent receipt pays."""
        one, two, _twin = self._invoice(150.0), self._invoice(60.0), self._invoice(60.0)
        advice = self._advice(f"Invoice;Paid\n{one.name};150,00\n{two.name};60,00\n".encode())
        advice.action_read()
        self.assertEqual((advice.amount, advice.found_count, advice.state), (210.0, 2, "open"))
        match = self._of(self._money(210.0, "our payment"))
        self.assertEqual((match.rule, match.barrier, match.advice_id), ("advice", False, advice))
        match.action_accept()
        self.assertEqual((one.amount_residual, two.amount_residual, advice.state), (0.0, 0.0, "used"))
        book = openpyxl.Workbook()
        third = self._invoice(33.0)
        for row in (["Our number", "Your invoice", "Amount"], [1, third.name, 33.0], [None, "Total", 33.0]):
            book.active.append(row)
        target = io.BytesIO()
        book.save(target)
        advice = self._advice(target.getvalue(), "advice.xlsx")
        advice.action_read()
        self.assertEqual((len(advice.line_ids), advice.line_ids.move_line_id.move_id), (1, third))
        with self.assertRaisesRegex(UserError, "cannot be read"):
            self._advice(b"\xd0\xcf\x11\xe0 not a list").action_read()
        with self.assertRaisesRegex(UserError, "No invoice numbers"):
            self._advice(b"who,what\nme,you\n").action_read()

    def test_credit_note_meets_its_invoice(self):
        """R166: an open credit is offered to the invoice that it credits, and to no other on its own."""
        invoice, _other = self._invoice(500.0), self._invoice(40.0)
        refund = self._invoice(40.0, move_type="out_refund", ref=f"Reversal of {invoice.name}")
        match = self._read().filtered(lambda found: found.move_line_id.move_id == refund)
        self.assertEqual(match.source, "credit")
        self.assertEqual((match.rule, match.line_ids.move_line_id.move_id), ("reference_short", invoice))
        match.action_accept()
        self.assertEqual((invoice.amount_residual, refund.amount_residual), (460.0, 0.0))

    def test_covered_lines(self):
        """R166: what an unmatched receipt probably pays is known to the dunning run, in company currency."""
        invoice = self._invoice(88.0)
        self._of(self._money(88.0, invoice.name))
        rows = self.env.execute_query(self.Match._covered_query([self.company.id]))
        receivable = invoice.line_ids.filtered("date_maturity")
        self.assertEqual([(line, float(amount)) for line, amount in rows], [(receivable.id, 88.0)])

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

    def test_person(self):
        """R166: what a person wrote on a receipt is in the person's export, and goes when the person is erased."""
        match = self._of(self._money(12.0, "from my own pocket"))
        titles = {line[2] for _title, lines in self.customer.sudo()._crm_person_sections() for line in lines}
        self.assertTrue([text for text in titles if "from my own pocket" in (text or "")])
        self.customer.sudo()._crm_erase_more()
        self.assertFalse(match.text)

    def test_who_may(self):
        """R166: a reader looks, a salesperson does not, another company's accountant sees nothing."""
        invoice = self._invoice(23.0)
        match = self._of(self._money(23.0, invoice.name))
        seen = match.with_user(self.reader)
        self.assertTrue(seen.why)
        for act in ("action_accept", "action_refuse"):
            with self.assertRaises(AccessError):
                getattr(seen, act)()
        with self.assertRaises(AccessError):
            seen.accept_with(invoice.line_ids.ids)
        with self.assertRaises(AccessError):
            match.with_user(self.salesman).read(["name"])
        with self.assertRaises(AccessError):
            match.with_user(self.salesman).action_accept()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "fin_stranger",
            groups="account.group_account_invoice",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertFalse(self.Match.with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            match.with_user(stranger).action_accept()
        with self.assertRaisesRegex(UserError, "they cannot be deleted"):
            match.action_accept()
            match.sudo().unlink()

    def _entries(self, count, start):
        """Many open credits at once: lines of one posted entry."""
        receivable = self.company_data["default_account_receivable"].id
        lines = [
            {"name": f"receipt {number}", "account_id": receivable, "partner_id": self.customer.id, "credit": amount}
            for number in range(count)
            if (amount := start + number)
        ]
        cash = {"account_id": self.company_data["default_account_revenue"].id, "name": "cash"}
        cash["debit"] = sum(line["credit"] for line in lines)
        self.env["account.move"].create(
            {
                "date": "2026-02-01",
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [Command.create(line) for line in (*lines, cash)],
            }
        ).action_post()

    def test_desk_and_queries(self):
        """R166: the screen takes as many queries for many receipts as for few."""
        self._invoice(1000.0)
        self._entries(10, 10.0)
        self._read()
        Match = self.Match.with_context(allowed_company_ids=self.company.ids)
        Match.get_desk()

        def queries():
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            desk = Match.get_desk()
            return self.env.cr.sql_log_count - start, desk

        few, desk = queries()
        self.assertEqual((len(desk["rows"]), desk["may_decide"]), (10, True))
        self._entries(40, 40.0)
        self._read()
        many, desk = queries()
        self.assertEqual(len(desk["rows"]), 50)
        self.assertLessEqual(many, few)
        detail = Match.browse(desk["rows"][0]["id"]).get_receipt()
        self.assertEqual(detail["items"][0]["open"], 1000.0)
        start = self.env.cr.sql_log_count
        self.env["crm.receipt.ledger"]._refresh(self.company)
        self.assertLess(self.env.cr.sql_log_count - start, 30, "reading again takes no query per receipt")
