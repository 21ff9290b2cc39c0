"""Statements of what is paid in another currency: the movements end where the open items do, at any date."""

import datetime
import io
import random
import zipfile

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged

from .common import FinanceCommon

START, CLOSING = fields.Date.to_date("2026-02-01"), fields.Date.to_date("2026-02-28")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-31 10:00:00")
class TestStatementCurrency(FinanceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dollar = cls.company.currency_id
        cls.euro = cls.setup_other_currency(
            "EUR", rates=[("2016-01-01", 0.9), ("2026-02-10", 0.95), ("2026-03-10", 0.8)]
        )
        cls.Statement = cls.env["crm.statement"]

    def _paid(self, amount, currency, date, partner=None):
        """Money received in a currency, not matched yet."""
        payment = self._receipt(amount, date, partner)
        payment.action_draft()
        payment.currency_id = currency
        payment.action_post()
        return payment

    def _items(self, records):
        moves = records if records._name == "account.move" else records.move_id
        return moves.line_ids.filtered(lambda line: line.account_type == "asset_receivable" and not line.reconciled)

    def _match(self, *documents):
        items = self.env["account.move.line"].union(*(self._items(document) for document in documents))
        items.reconcile()

    def _sections(self, kind, date_from, date, partner=None, lang=None):
        partner = partner or self.customer
        found = self.Statement._statements(self.company, partner, kind, date_from, date)[partner]
        return {section["currency"]: section for section in found["sections"]}

    def _assert_ends(self, partner, dates):
        """At each date and in each currency the movements end where the open items do, whatever the period's start."""
        for date in dates:
            opened = self._sections("open", date, date, partner)
            wanted = {currency: section["total"] for currency, section in opened.items() if section["total"]}
            for start in (*[day for day in dates if day <= date], datetime.date(2020, 1, 1)):
                moved = self._sections("movement", start, date, partner)
                found = {currency: section["total"] for currency, section in moved.items() if section["total"]}
                self.assertEqual(found, wanted, (start, date))
                before = self._sections("open", start, fields.Date.subtract(start, days=1), partner)
                for currency, section in moved.items():
                    opening = before[currency]["total"] if currency in before else 0.0
                    self.assertAlmostEqual(section["opening"], opening, 2)
                    rows = sum(row["amount"] for row in section["rows"])
                    self.assertAlmostEqual(opening + rows, section["total"], 2)

    def test_paid_in_full_in_another_currency(self):
        """1,000 USD paid with 900 EUR: nothing is owed in either, and the statement says what paid what."""
        invoice = self._invoice(1000.0, "2026-01-15")
        payment = self._paid(900.0, self.euro, "2026-02-05")
        self._match(invoice, payment)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertFalse(self._sections("open", CLOSING, CLOSING))
        moved = self._sections("movement", datetime.date(2026, 1, 1), CLOSING)
        self.assertEqual({currency: section["total"] for currency, section in moved.items()},
                         {self.dollar: 0.0, self.euro: 0.0})  # fmt: skip
        paid = moved[self.dollar]["rows"][1]
        self.assertEqual((paid["name"], paid["amount"], str(paid["date"])), (payment.move_id.name, -1000, "2026-02-05"))
        self.assertEqual(self.Statement._reference(paid), f"Paid with {self.euro.format(900)}")
        used = {row["name"]: row["amount"] for row in moved[self.euro]["rows"]}
        self.assertEqual(used, {payment.move_id.name: -900, invoice.name: 900})
        self.assertFalse(self._sections("movement", datetime.date(2026, 3, 1), datetime.date(2026, 3, 31)))
        html = self.Statement._pdf(self.company, self.customer, "movement", START, CLOSING)[0].decode()
        self.assertIn("Paid with", html)
        self.assertIn("Used for", html)
        with zipfile.ZipFile(
            io.BytesIO(self.Statement._xlsx(self.company, self.customer, "movement", START, CLOSING))
        ) as book:
            text = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
        self.assertIn("Paid with", text)

    def test_in_part_and_undone(self):
        """Part of an invoice paid in advance in another currency, undone later: at each date what was so then."""
        payment = self._paid(450.0, self.euro, "2026-01-10")
        invoice = self._invoice(1000.0, "2026-02-05")
        dates = [datetime.date(2026, month, day) for month, day in ((1, 9), (1, 31), (2, 4), (2, 5), (2, 28), (3, 31))]
        self._match(invoice, payment)
        self._assert_ends(self.customer, dates)
        moved = self._sections("movement", START, CLOSING)
        self.assertEqual((moved[self.euro]["opening"], moved[self.euro]["total"]), (-450.0, 0.0))
        self.assertEqual(moved[self.dollar]["total"], 500.0)
        payment.move_id.line_ids.remove_move_reconcile()
        self._assert_ends(self.customer, dates)
        moved = self._sections("movement", START, CLOSING)
        self.assertEqual((moved[self.euro]["total"], moved[self.dollar]["total"]), (-450.0, 1000.0))

    def test_draft_does_not_count(self):
        """A payment set back to draft keeps its match, and settles nothing."""
        invoice = self._invoice(1000.0, "2026-01-15")
        payment = self._paid(900.0, self.euro, "2026-02-05")
        self._match(invoice, payment)
        payment.move_id.button_draft()
        self._assert_ends(self.customer, [START, CLOSING])

    def test_equal_at_any_date_of_a_random_ledger(self):
        """Invoices, credit notes and money of three customers in two currencies, matched at random, some undone."""
        rng = random.Random(11)
        partners = self.customer + self._customer("Second Tools") + self._customer("Third Tools")
        for partner in partners:
            documents = []
            for _number in range(8):
                day = datetime.date(2026, 1, 1) + datetime.timedelta(days=rng.randrange(88))
                currency = rng.choice([self.dollar, self.euro])
                amount = rng.randrange(1000, 100000) / 100
                kind = rng.choice(["out_invoice", "out_invoice", "out_refund", "money", "money"])
                if kind == "money":
                    documents.append(self._paid(amount, currency, day, partner))
                else:
                    values = {"partner": partner, "move_type": kind, "currency_id": currency.id}
                    documents.append(self._invoice(amount, day, **values))
            for _number in range(6):
                self._match(*rng.sample(documents, 2))
            for document in rng.sample(documents, 2):
                move = document if document._name == "account.move" else document.move_id
                move.line_ids.remove_move_reconcile()
            self._match(*rng.sample(documents, 3))
        self.assertTrue(
            self.env["account.partial.reconcile"]
            .search([("debit_move_id.partner_id", "in", partners.ids)])
            .filtered(lambda partial: partial.debit_currency_id != partial.credit_currency_id)
        )
        dates = [datetime.date(2026, 1, 1) + datetime.timedelta(days=days) for days in range(9, 90, 16)]
        for partner in partners:
            self._assert_ends(partner, dates)
