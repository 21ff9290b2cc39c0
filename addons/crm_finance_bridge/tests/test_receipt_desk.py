"""Automatic matching, remittance advice, rights and the screen of matching."""

import base64
import io

import openpyxl
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ..tools import receipt_reference
from .receipt_common import ReceiptCommon


@tagged("post_install", "-at_install")
class TestReceiptDesk(ReceiptCommon):
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

    def test_covered_lines(self):
        """R166: what an unmatched receipt probably pays is known to the dunning run, in company currency."""
        invoice = self._invoice(88.0)
        self._of(self._money(88.0, invoice.name))
        rows = self.env.execute_query(self.Match._covered_query([self.company.id]))
        receivable = invoice.line_ids.filtered("date_maturity")
        self.assertEqual([(line, float(amount)) for line, amount in rows], [(receivable.id, 88.0)])

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

    def test_names_of_settled_documents(self):
        """R166: the short look at a name's last digits leaves out none that the text names."""
        names = [
            "INV/2026/00123",
            "INV/2026/00124",
            "00123",
            "A-2026/123",
            "RF18 5390 0754 7034",
            "INV-12345/B",
            "",
            None,
        ]
        tokens = ["INV202600123", "202600124", "A2026123", "RF18539007547034", "INV12345B", "99900123"]
        ledger = self.env["crm.receipt.ledger"]
        rows = self.env.execute_query(
            SQL(
                "SELECT name FROM UNNEST(%s::text[]) AS document(name) WHERE %s",
                names,
                ledger._sql_named(SQL("name"), tokens),
            )
        )
        expected = [
            name
            for name in filter(None, names)
            if {receipt_reference.squeeze(name), "".join(filter(str.isdigit, name))} & set(tokens)
        ]
        self.assertEqual([name for (name,) in rows], expected)
        self.assertEqual(len(expected), 5)
