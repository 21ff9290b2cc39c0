"""Money that keeps reminders back: bank lines, matching's findings, drafts; and amounts of foreign invoices."""

from freezegun import freeze_time
from odoo.tests import tagged

from .dunning_common import DunningCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestDunningMoney(DunningCommon):
    def _bank_line(self, amount, text, read=True, **values):
        """A bank line that nobody has booked; `read`: matching has looked at it."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "amount": amount,
                "date": "2026-03-09",
                "payment_ref": text,
                **values,
            }
        )
        if read:
            self.env["crm.receipt.ledger"]._refresh(self.company)
        return line

    def test_money_on_a_bank_line_covers(self):
        """A bank line of the customer that nobody has matched keeps its invoice out."""
        invoice = self._invoice(100.0, due="2026-01-01")
        self._bank_line(100.0, "from Riverside", read=False, partner_id=self.customer.id)
        self.assertEqual(self._status()[invoice.id]["state"], "covered")
        self.assertFalse(self._run().letter_ids)

    def test_money_of_a_payer_whom_matching_recognised_covers(self):
        """A bank line without customer that names the invoice keeps it out, and off the worklist."""
        invoice = self._invoice(100.0, due="2026-01-01")
        self._bank_line(100.0, f"Thanks for {invoice.name}")
        self.assertEqual(self._status()[invoice.id]["state"], "covered")
        self.assertFalse(self._run().letter_ids)
        Task = self.env["crm.collection.task"]
        Task._refresh(self.company)
        task = Task.with_user(self.biller).search([("partner_id", "=", self.customer.id)])
        self.assertEqual((task.overdue, task.unapplied, task.free_amount), (100.0, 100.0, 0.0))

    def test_money_of_a_payer_known_by_name_covers_the_oldest(self):
        """A bank line of no invoice's amount counts for the customer whose name the bank gives."""
        invoice = self._invoice(100.0, due="2026-01-01")
        self._bank_line(30.0, "on account", partner_name=self.customer.name)
        self.assertEqual(self._status()[invoice.id]["claim"], 70.0)

    def test_money_of_another_payer_covers_the_invoice_it_names(self):
        """Who pays an invoice of another customer by its number covers that one, not his own."""
        payer = self._customer("Mother Tools", email="mother@late.test")
        own = self._invoice(100.0, due="2026-01-01", partner=payer)
        invoice = self._invoice(100.0, due="2026-01-01")
        self._bank_line(100.0, invoice.name, partner_id=payer.id)
        self.assertEqual(self._status()[invoice.id]["state"], "covered")
        self.assertEqual(self._status(partner=payer)[own.id]["claim"], 100.0)

    def test_amounts_of_a_foreign_invoice_belong_together(self):
        """The letter states the same part of the invoice in both currencies, and still does when printed later."""
        currency = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0)])
        self._invoice(100.0, due="2026-01-01", currency_id=currency.id)
        self._receipt(20.0)
        run = self._run()
        line = self._letter(run).line_ids
        self.assertEqual((line.amount, line.amount_document), (30.0, 60.0))
        self._receipt(5.0)
        self._send(run)
        self.assertEqual((line.amount, line.amount_document), (25.0, 50.0))
        self._receipt(10.0)
        table = str(line.letter_id._overdue_table())
        self.assertIn("50.00", table)
        self.assertIn("25.00", table)
        self.assertNotIn("100.00", table)

    def test_a_payment_set_back_to_draft_pays_nothing(self):
        """Odoo keeps the match of a payment set back to draft; its invoice is open and reminded of all the same."""
        currency = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0)])
        invoice = self._invoice(100.0, due="2026-01-01")
        foreign = self._invoice(80.0, due="2026-01-01", currency_id=currency.id)
        self._pay(invoice, 70.0).action_draft()
        payment = self._pay(foreign, 80.0)
        self.assertFalse(foreign.amount_residual)
        self.assertNotIn(foreign.id, self._status())
        payment.action_draft()
        self.assertEqual(self._status()[invoice.id]["claim"], 100.0)
        letter = self._letter(self._sent())
        lines = letter.line_ids.grouped("move_id")
        self.assertEqual((lines[foreign].amount, lines[foreign].amount_document), (40.0, 80.0))
        self.assertEqual((lines[invoice].amount, letter.amount), (100.0, 140.0))
