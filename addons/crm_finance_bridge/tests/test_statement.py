"""Statements of account: equal to brute force at any date, sent once a month to those who want them."""

import datetime
import io
import random
import zipfile
from collections import defaultdict
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from ..models import crm_statement_run_send
from .common import FinanceCommon

TODAY = fields.Date.to_date("2026-03-10")
CLOSING = fields.Date.to_date("2026-02-28")
START = fields.Date.to_date("2026-02-01")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestStatement(FinanceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.partner_id.tz = "UTC"
        cls.company.crm_statement_attachment = "none"
        cls.customer.email = "pay@riverside.test"
        cls.Statement = cls.env["crm.statement"]
        cls.Line = cls.env["crm.statement.run.line"]

    def _run(self, **values):
        run = self.env["crm.statement.run"].with_user(self.biller).create({"company_id": self.company.id, **values})
        run.action_prepare()
        return run

    def _send(self, run):
        run.state = "sending"
        run._process_send(fields.Datetime.now())

    def _line(self, run, partner=None):
        return run.line_ids.filtered(lambda line: line.partner_id == (partner or self.customer))

    def _items(self, partner, date):
        """Posted receivable journal items, item by item."""
        return self.env["account.move.line"].search(
            [
                ("partner_id", "child_of", partner.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("company_id", "=", self.company.id),
                ("date", "<=", date),
            ]
        )

    def _brute_open(self, partner, date):
        """{(currency, journal item): (open in its currency, in company currency)}, partial by partial."""
        found = {}
        for item in self._items(partner, date):
            amount, balance = item.amount_currency, item.balance
            for partial in item.matched_credit_ids.filtered(lambda one: one.max_date <= date):
                amount -= partial.debit_amount_currency
                balance -= partial.amount
            for partial in item.matched_debit_ids.filtered(lambda one: one.max_date <= date):
                amount += partial.credit_amount_currency
                balance += partial.amount
            if item.currency_id.round(amount) or self.company.currency_id.round(balance):
                found[item.currency_id, item.id] = (item.currency_id.round(amount), balance)
        return found

    def _ledger(self, rng):
        """Random invoices, credit notes, payments and receipts of three customers in two currencies."""
        foreign = self.setup_other_currency("EUR")
        partners = self.customer + self._customer("Second Tools") + self._customer("Third Tools")
        for partner in partners:
            for _number in range(6):
                day = datetime.date(2025, 12, 1) + datetime.timedelta(days=rng.randrange(95))
                due = day + datetime.timedelta(days=rng.randrange(60))
                kind = rng.choice(["out_invoice"] * 4 + ["out_refund"])
                currency = rng.choice([self.company.currency_id, foreign])
                amount = rng.randrange(100, 100000) / 100
                invoice = self._invoice(amount, day, due, partner, move_type=kind, currency_id=currency.id)
                if kind == "out_invoice" and rng.random() < 0.7:
                    share = round(amount * rng.choice([1, 1, 0.4]), 2)
                    self._pay(invoice, share, min(day + datetime.timedelta(days=rng.randrange(60)), TODAY))
            self._receipt(rng.randrange(100, 5000) / 100, "2026-02-10", partner)
        return partners

    def test_equal_to_brute_force_at_any_date(self):
        """Open items, movements, balances and ages of a random ledger, at today and past dates, item by item."""
        partners = self._ledger(random.Random(6))
        for date in (TODAY, CLOSING, datetime.date(2026, 1, 15)):
            opened = self.Statement._statements(self.company, partners, "open", date, date)
            moved = self.Statement._statements(self.company, partners, "movement", START, date)
            for partner in partners:
                brute = self._brute_open(partner, date)
                shown = {
                    (section["currency"], row["id"]): row["open"]
                    for section in opened[partner]["sections"]
                    for row in section["rows"]
                }
                self.assertEqual(shown, {key: amount for key, (amount, _balance) in brute.items()})
                total = sum(balance for _amount, balance in brute.values())
                self.assertAlmostEqual(opened[partner]["amount"], total, 2)
                self._check_movements(partner, moved[partner], date, brute)

    def _check_movements(self, partner, statement, date, brute):
        balances, moves, ages = defaultdict(float), defaultdict(float), defaultdict(float)
        for item in self._items(partner, date):
            balances[item.currency_id] += item.amount_currency
            if item.date >= START:
                moves[item.currency_id, item.move_id.id] += item.amount_currency
        for (currency, _item), (amount, _balance) in brute.items():
            ages[currency] += amount
        for section in statement["sections"]:
            currency = section["currency"]
            self.assertAlmostEqual(section["total"], balances[currency], 2)
            shown = {row["move"]: row["amount"] for row in section["rows"]}
            expected = {move: round(amount, 2) for (cur, move), amount in moves.items() if cur == currency}
            self.assertEqual(shown, {move: amount for move, amount in expected.items() if amount})
            self.assertAlmostEqual(section["opening"] + sum(shown.values()), section["total"], 2)
            self.assertAlmostEqual(sum(section["buckets"].values()), ages[currency], 2)
        shown = {section["currency"] for section in statement["sections"]}
        self.assertFalse({currency for currency, amount in balances.items() if not currency.is_zero(amount)} - shown)

    def test_as_many_queries_for_a_hundred_customers_as_for_ten(self):
        """The statements of ten and of a hundred customers take the same number of queries."""
        counts = []
        for number in (10, 90):
            for index in range(number):
                self._invoice(10.0, "2026-02-05", partner=self._customer(f"Many {number}-{index}"))
        partners = self.env["res.partner"].search([("name", "like", "Many %")])
        for found in (partners[:10], partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self.Statement._statements(self.company, found, "movement", START, TODAY)), len(found))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_run_log_and_optout(self):
        """A run writes who got the statement, who does not want it, who has no address; and the mail shows it all."""
        invoice = self._invoice(1234.56, "2026-02-05", "2026-02-20")
        self._invoice(99.0, "2026-03-05")
        silent = self._customer("Silent Tools", email="silent@tools.test", crm_statement_send="none")
        nameless = self._customer("Nameless Tools")
        for partner in silent + nameless:
            self._invoice(50.0, "2026-02-05", partner=partner)
        run = self._run()
        self.assertEqual((run.date_from, run.date, run.line_count, run.amount), (START, CLOSING, 3, 1334.56))
        self._send(run)
        self.assertEqual([run.sent_count, run.optout_count, run.no_email_count, run.state], [1, 1, 1, "done"])
        line = self._line(run)
        self.assertEqual((line.amount, line.overdue, line.email), (1234.56, 1234.56, "pay@riverside.test"))
        mail = line.mail_id.sudo()
        self.assertEqual((mail.state, mail.recipient_ids), ("outgoing", self.customer))
        self.assertIn(invoice.name, mail.body_html)
        self.assertIn("One Thousand", mail.body_html)
        self.assertIn(f"/my/invoices/{invoice.id}?access_token={invoice.access_token}", mail.body_html)
        self.assertNotIn("99.00", mail.body_html)
        self.assertIn("1,234.56", mail.body_html)

    def test_each_statement_once(self):
        """A run killed after a batch goes on, a second run of the month is refused, nothing leaves twice."""
        for number in range(5):
            self._invoice(50.0, "2026-02-05", partner=self._customer(f"Debtor {number}", email=f"d{number}@late.test"))
        run = self._run()
        run.state = "sending"
        with patch.object(crm_statement_run_send, "BATCH", 2):
            run._send(fields.Datetime.now())
            self.assertEqual(run.line_ids.mapped("state").count("sent"), 2)
            run._process_send()
            run._process_send()
        self.assertEqual(run.state, "done")
        mails = self.env["mail.mail"].sudo().search([("model", "=", self.Line._name)])
        self.assertEqual(sorted(mails.mapped("res_id")), sorted(run.line_ids.ids))
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self._run()
            self.env.flush_all()

    def test_monthly_job(self):
        """The job waits for the day, makes one run a month, catches up missed days, respects a cancelled run."""
        self._invoice(50.0, "2026-01-05")
        Run = self.env["crm.statement.run"]
        self.company.write({"crm_statement_mode": "preview", "crm_statement_day": 12})
        mine = [("company_id", "=", self.company.id)]
        Run._process_prepare(TODAY)
        self.assertFalse(Run.search(mine))
        for day in (12, 13, 20):
            Run._process_prepare(TODAY.replace(day=day))
        run = Run.search(mine)
        self.assertEqual((len(run), run.date, run.state, run.by_cron), (1, CLOSING, "draft", True))
        self.assertIn("Look at the statements", run.activity_ids.summary)
        run.action_cancel()
        Run._process_prepare(TODAY.replace(day=25))
        self.assertEqual(Run.search(mine), run)
        self.company.crm_statement_mode = "send"
        Run._process_prepare(TODAY.replace(month=4, day=28))
        Run._process_send()
        self.assertEqual(Run.search(mine)[0].date, datetime.date(2026, 3, 31))
        self.assertEqual(Run.search(mine)[0].line_ids.mapped("state"), ["sent"])

    def test_failures_surface_and_are_sent_again(self):
        """A mail that cannot leave marks its line; a line without address is sent once there is one."""
        self.customer.email = False
        self._invoice(50.0, "2026-02-05")
        run = self._run()
        self._send(run)
        line = self._line(run)
        self.assertEqual(line.state, "no_email")
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            line.action_resend()
        self.customer.email = "now@riverside.test"
        line.action_resend()
        self.assertEqual((line.state, line.email), ("sent", "now@riverside.test"))
        line.mail_id.sudo()._postprocess_sent_message([], [], failure_reason="No such box", failure_type="mail_smtp")
        self.assertEqual((line.state, line.reason), ("failed", "No such box"))

    def test_a_mail_retried_in_the_queue_is_not_sent_twice(self):
        """A mail that leaves at a later try marks its line as sent, and nobody sends it again."""
        other = self._customer("Second Tools", email="second@tools.test")
        for partner in self.customer + other:
            self._invoice(50.0, "2026-02-05", partner=partner)
        run = self._run()
        self._send(run)
        first, second = self._line(run), self._line(run, other)
        mails = (first + second).mail_id.sudo()
        for mail in mails:
            mail._postprocess_sent_message([], [], failure_reason="Server down", failure_type="mail_smtp")
        self.assertEqual((first + second).mapped("state"), ["failed", "failed"])
        first.mail_id.sudo()._postprocess_sent_message(first.contact_id.ids, [])
        self.assertEqual((first.state, first.reason, run.failed_count), ("sent", False, 1))
        with self.assertRaisesRegex(UserError, "did not leave"):
            first.with_user(self.biller).action_resend()
        mails.write({"state": "sent"})  # left before this was noted
        second.with_user(self.biller).action_resend()
        self.assertEqual((second.state, second.reason), ("sent", False))
        self.assertEqual(self.env["mail.mail"].sudo().search([("model", "=", self.Line._name)]), mails)

    def test_a_preview_keeps_its_dates(self):
        """What is prepared for a date cannot be given another one: it would leave unprepared."""
        self._invoice(50.0, "2026-02-05")
        run = self.env["crm.statement.run"].with_user(self.biller).create({"company_id": self.company.id})
        run.write({"kind": "movement", "date_from": "2026-01-01"})
        run.action_prepare()
        for values in ({"date": "2026-03-05"}, {"date_from": "2026-02-01"}, {"kind": "open"}):
            with self.assertRaisesRegex(UserError, "keeps its dates"):
                run.write(values)
        run.action_prepare()
        self.assertEqual((run.state, self._line(run).kind, self._line(run).date), ("draft", "movement", CLOSING))

    def test_a_run_that_nobody_prepared_does_not_stop_the_month(self):
        """The job makes the run of the month although somebody began one; that one is refused afterwards."""
        self._invoice(50.0, "2026-01-05")
        begun = self.env["crm.statement.run"].with_user(self.biller).create({"company_id": self.company.id})
        self.company.write({"crm_statement_mode": "preview", "crm_statement_day": 1})
        for _time in range(2):
            begun._process_prepare(TODAY)
        run = begun.search([("company_id", "=", self.company.id)]) - begun
        self.assertEqual((len(run), run.date, run.state, run.by_cron), (1, CLOSING, "draft", True))
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            begun.action_prepare()

    def test_movement_statement_in_chinese_with_workbook(self):
        """A Chinese customer reads the amount in capital numerals; the workbook goes with the mail."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.customer.write({"lang": "zh_CN", "crm_statement_send": "movement"})
        self.company.crm_statement_attachment = "xlsx"
        self._invoice(1000.0, "2026-01-05")
        self._invoice(234.56, "2026-02-05")
        run = self._run(kind="open")
        self._send(run)
        line = self._line(run)
        self.assertEqual((line.kind, line.amount), ("movement", 1234.56))
        mail = line.mail_id.sudo()
        self.assertIn("美元壹仟贰佰叁拾肆元伍角陆分", mail.body_html)
        with zipfile.ZipFile(io.BytesIO(mail.attachment_ids.raw)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        for amount in ("1000", "234.56", "1234.56"):
            self.assertIn(f"<v>{amount}</v>", sheet)

    def test_words_of_a_region(self):
        """Taiwan reads traditional characters, and 兆 where the mainland says ten thousand of 亿, once."""
        words = {"zh_TW": "美元壹兆貳仟參佰億元整", "zh_CN": "美元壹万贰仟叁佰亿元整"}
        for lang, text in words.items():
            self.env["res.lang"]._activate_lang(lang)
            self.assertEqual(self.Statement._words(self.company.currency_id, 1230000000000.0, lang), text)

    def test_by_hand(self):
        """A salesperson prints and sends an own customer's statement, nobody else's; the log has it."""
        invoice = self._invoice(100.0, "2026-02-05")
        action = self.customer.with_user(self.salesman).action_crm_statement()
        wizard = self.env["crm.statement.wizard"].with_user(self.salesman).with_context(**action["context"]).create({})
        self.assertIn(invoice.name, wizard.preview)
        self.assertNotIn("access_token", wizard.preview)
        self.assertIn(f"/statement/{self.customer.id}.pdf", wizard.action_pdf()["url"])
        wizard.action_send()
        line = self.Line.with_user(self.salesman).search([("partner_id", "=", self.customer.id)])
        self.assertEqual((line.state, line.amount, line.date), ("sent", 100.0, TODAY))
        self.assertFalse(self.Line.with_user(self.other_salesman).search([("partner_id", "=", self.customer.id)]))
        with self.assertRaises(AccessError):
            self.customer.with_user(self.other_salesman).action_crm_statement()
        stranger = wizard.with_user(self.other_salesman).create({"partner_id": self.customer.id})
        self.assertFalse(stranger.preview)
        with self.assertRaises(AccessError):
            stranger.action_send()
        Report = self.env["report.crm_finance_bridge.report_statement"]
        self.assertTrue(Report.with_user(self.salesman)._get_report_values(self.customer.ids)["documents"])
        with self.assertRaises(AccessError):
            Report.with_user(self.other_salesman)._get_report_values(self.customer.ids)

    def test_printed(self):
        """The printed statement has the items, the balance in words and the ages, in the customer's language."""
        invoice = self._invoice(100.0, "2026-02-05", "2026-02-20")
        html = self.Statement._pdf(self.company, self.customer, "open", TODAY, TODAY)[0].decode()
        for text in (invoice.name, "In words", "One Hundred", "1-30 days", "Riverside Tools"):
            self.assertIn(text, html)
