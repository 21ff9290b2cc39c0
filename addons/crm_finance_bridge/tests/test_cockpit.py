"""The finance supervisor's day: figures equal the ledger, each opens what it is made of, only for whom it is."""

import random
from datetime import date, timedelta

from freezegun import freeze_time
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import FinanceCommon
from .receipt_common import ReceiptCommon

TODAY = date(2026, 3, 11)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-11 10:00:00")
class TestCockpit(ReceiptCommon):
    def _day(self, user=None, companies=None):
        Cockpit = self.env["crm.cockpit"].with_user(user or self.biller)
        if companies:
            Cockpit = Cockpit.with_context(allowed_company_ids=companies.ids)
        return Cockpit.get_day()

    def _blocks(self, *args):
        return {block["key"]: block for block in self._day(*args)["blocks"]}

    def _figures(self, block):
        return {figure["key"]: figure for figure in block["figures"]}

    def _bill(self, amount, due, **values):
        return self._invoice(amount, "2026-01-05", due, move_type="in_invoice", **values)

    def _random_books(self):
        rng = random.Random(205)
        for _number in range(25):
            due = TODAY + timedelta(days=rng.choice([-200, -181, -91, -61, -31, -30, -1, 0, 0, 1, 7, 8, 40]))
            invoice = self._invoice(rng.randrange(100, 90000) / 100, "2025-06-01", due)
            if rng.random() < 0.4:
                self._pay(invoice, round(invoice.amount_total / 3, 2), date=rng.choice(["2026-02-07", "2026-03-11"]))
            self._bill(rng.randrange(100, 9000) / 100, due)
        self._invoice(40.0, "2026-02-01", move_type="out_refund")
        self._receipt(33.33, date="2026-03-02")
        self._bank_line(55.5, "somebody", date="2026-03-03")
        self._bank_line(-20.0, "bank charges", date="2026-03-03")

    def _ledger(self, kind):
        """[(due, open)] of the posted items of an account type."""
        lines = self.env["account.move.line"].search(
            [
                ("account_id.account_type", "=", kind),
                ("parent_state", "=", "posted"),
                ("company_id", "=", self.company.id),
            ]
        )
        return [(line.date_maturity or line.date, line.amount_residual) for line in lines if line.amount_residual]

    def test_receivables_and_payables_equal_the_ledger(self):
        """R205: due today, in the next seven days and overdue, each bucket, and the same of what vendors are owed."""
        self._random_books()
        blocks = self._blocks()
        owed, bills = self._ledger("asset_receivable"), self._ledger("liability_payable")
        week = TODAY + timedelta(days=7)
        for block, items, sign, names in (
            ("receivables", owed, 1, ("due_today", "due_week", "overdue")),
            ("payables", bills, -1, ("pay_today", "pay_week", "pay_overdue")),
        ):
            positive = [(due, sign * amount) for due, amount in items if sign * amount > 0]
            expected = (
                sum(amount for due, amount in positive if due == TODAY),
                sum(amount for due, amount in positive if TODAY < due <= week),
                sum(amount for due, amount in (items if sign > 0 else positive) if due < TODAY),
            )
            figures = self._figures(blocks[block])
            for name, amount in zip(names, expected, strict=True):
                self.assertAlmostEqual(figures[name]["value"], amount, 2, name)
                self.assertTrue(figures[name]["value"])
        rows = {row["key"]: row["value"] for row in blocks["receivables"]["rows"]}
        self.assertEqual(len(rows), 6)
        self.assertAlmostEqual(sum(rows.values()), sum(amount for _due, amount in owed), 2)
        late = sum(amount for due, amount in owed if 1 <= (TODAY - due).days <= 30)
        self.assertAlmostEqual(rows["1_30"], late, 2)

    def test_every_figure_opens_what_it_is_made_of(self):
        """R205: the records behind each figure and row sum up to it."""
        self._random_books()
        measures = {
            "crm.open.item": "residual",
            "account.move.line": "amount_residual",
            "crm.collection": "amount",
            "crm.expense.entry": "amount",
            "hr.expense": "total_amount",
        }
        seen = 0
        for block in self._day(self.finance)["blocks"]:
            for figure in (*block["figures"], *block["rows"]):
                target = figure["target"]
                if not target["model"] or "domain" not in target:
                    continue
                records = self.env[target["model"]].with_user(self.finance).search(target["domain"])
                if figure["kind"] == "count":
                    found = len(records)
                else:
                    found = abs(sum(records.mapped(measures[target["model"]])))
                self.assertAlmostEqual(found, abs(figure["value"]), 2, figure["key"])
                seen += 1
        self.assertGreaterEqual(seen, 14)

    def test_collections(self):
        """R205: money of today and of the month, and what nobody has matched: credits on account and bank lines."""
        self._random_books()
        figures = self._figures(self._blocks()["collections"])
        partials = self.env["account.partial.reconcile"].search([("company_id", "=", self.company.id)])
        by_day = [(p.credit_move_id.date, p.amount) for p in partials if p.credit_move_id.payment_id]
        self.assertAlmostEqual(figures["today"]["value"], sum(a for day, a in by_day if day == TODAY), 2)
        self.assertAlmostEqual(figures["month"]["value"], sum(a for day, a in by_day if day.month == 3), 2)
        before = self.company.currency_id.format(sum(a for day, a in by_day if day.month == 2))
        self.assertIn(before, figures["month"]["note"])
        self.assertEqual((figures["unmatched"]["value"], figures["unmatched"]["note"]), (128.83, "Receipts: 3"))
        self.env["crm.receipt.ledger"].sudo()._refresh(self.company)
        rows = self._blocks()["collections"]["rows"]
        self.assertEqual([row["value"] for row in rows], [55.5, 40.0, 33.33])
        self.assertTrue(all(row["note"] for row in rows))

    def test_who_sees_what(self):
        """R205: accounting and its auditors; a salesperson has no such day, whatever role the call names."""
        self._invoice(100.0, "2026-01-01")
        self.assertEqual(self._day(self.salesman)["roles"], [])
        day = self.env["crm.cockpit"].with_user(self.salesman).get_day("finance")
        self.assertEqual((day["role"], day["blocks"]), (False, []))
        customer = self._user("cockpit_portal", "base.group_portal")
        self.assertEqual((self._day(customer)["roles"], self._day(customer)["blocks"]), ([], []))
        auditor = self._user("cockpit_auditor", "account.group_account_readonly")
        self.assertEqual(self._figures(self._blocks(auditor)["receivables"])["overdue"]["value"], 100.0)

    def test_entry_of_expenses(self):
        """R205: who enters everybody's expenses opens the daily list; in it appears what was handed in."""
        clerk = self._user("cockpit_clerk", "account.group_account_invoice,hr_expense.group_hr_expense_user")
        self.assertEqual(
            [button["target"]["action"] for button in self._blocks(clerk)["expenses"]["buttons"]],
            ["crm_finance_bridge.hr_expense_action_daily"],
        )
        employee = (
            self.env["hr.employee"].sudo().create({"name": "Ann", "user_id": clerk.id, "company_id": self.company.id})
        )
        expense = (
            self.env["hr.expense"]
            .sudo()
            .create(
                {
                    "name": "Taxi",
                    "employee_id": employee.id,
                    "total_amount_currency": 30.0,
                    "company_id": self.company.id,
                }
            )
        )
        expense.state = "submitted"
        figure = self._figures(self._blocks(clerk)["expenses"])["approve"]
        self.assertEqual((figure["value"], figure["note"]), (30.0, "Expenses: 1"))

    def test_decisions(self):
        """R205: only what waits is named: a limit asked for, a dispute and a promise of sales."""
        self.assertEqual(self._blocks()["decisions"]["rows"], [])
        self.assertTrue(self._blocks()["decisions"]["empty"])
        invoice = self._invoice(100.0, "2026-01-01")
        item = invoice.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        self.env["crm.payment.promise"].with_user(self.salesman).create(
            {
                "partner_id": self.customer.id,
                "date": "2026-03-20",
                "line_ids": [Command.create({"move_line_id": item.id, "amount": 100.0})],
            }
        )
        rows = {row["key"]: row["value"] for row in self._blocks()["decisions"]["rows"]}
        self.assertEqual(rows, {"promises": 1})

    def test_companies(self):
        """R205: the companies that are switched on and keep the same currency; of one that is off, nothing."""
        books = self.setup_other_company()
        other = books["company"]
        self.biller.company_ids |= other
        self._invoice(100.0, "2026-01-01")
        foreign = (
            self.env["account.move"]
            .with_company(other)
            .create(
                {
                    "move_type": "out_invoice",
                    "company_id": other.id,
                    "partner_id": self.partner_a.id,
                    "invoice_date": "2026-01-01",
                    "invoice_date_due": "2026-01-01",
                    "invoice_line_ids": [
                        Command.create({"name": "x", "price_unit": 7.0, "tax_ids": [Command.clear()]})
                    ],
                }
            )
        )
        foreign.action_post()

        def overdue(companies):
            return self._figures(self._blocks(None, companies)["receivables"])["overdue"]["value"]

        both = self.company | other
        same = other.currency_id == self.company.currency_id
        self.assertEqual((overdue(self.company), overdue(other)), (100.0, 7.0))
        self.assertEqual(overdue(both), 107.0 if same else 100.0)

    def test_queries_do_not_grow(self):
        """The same queries at 10 and at 100 open items."""
        counts = []
        for number in (10, 90):
            for index in range(number):
                self._invoice(10.0 + index, "2026-01-01", partner=self._customer(f"Customer {number}-{index}"))
                self._bill(5.0 + index, "2026-03-01")
            self.env["crm.receipt.ledger"].sudo()._refresh(self.company)
            self.env.flush_all()
            for _warm in range(2):
                self._day()
                self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._day()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])


@tagged("post_install", "-at_install")
class TestCockpitTour(FinanceCommon, HttpCase):
    def test_sign_in(self):
        """R205: the finance supervisor signs in, lands on the screen, and opens what is overdue."""
        today = date.today()
        self._invoice(150.0, today - timedelta(days=60), today - timedelta(days=40))
        self._invoice(60.0, today, today)
        self.start_tour("/odoo", "crm_finance_bridge_cockpit", login=self.biller.login)
