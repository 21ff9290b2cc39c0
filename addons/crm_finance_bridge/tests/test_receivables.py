"""Receivables by any dimension, printed and as a spreadsheet, at month ends, and the figures above them."""

import io
import json
import random
from datetime import date, timedelta

import openpyxl
from odoo.addons.crm_custom.tools.aging import BUCKETS, bucket
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import FinanceCommon

TODAY = date(2026, 3, 1)


@tagged("post_install", "-at_install")
class TestReceivables(FinanceCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.territory = cls.env["crm.territory"].create({"name": "North"})
        cls.team = cls.env["crm.team"].create({"name": "Key accounts"})

    def _board(self, user=None, as_of="2026-03-01", **options):
        return self.env["crm.aging"].with_user(user or self.biller).get_board(as_of, **options)

    def _rows(self, **options):
        return {row["key"]: row for row in self._board(**options)["rows"]}

    def _lines(self, as_of):
        return self.env["account.move.line"].search(
            [
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("date", "<=", as_of),
                ("company_id", "=", self.company.id),
            ]
        )

    def _open(self, line, as_of):
        """Brute force: what is open of a line at a date, from its reconciliations."""
        settled = sum(p.amount for p in line.matched_credit_ids if p.max_date <= as_of)
        return line.balance - settled + sum(p.amount for p in line.matched_debit_ids if p.max_date <= as_of)

    def _random_books(self, seed):
        rng = random.Random(seed)
        euro = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        partners = [
            self._customer("One", territory_id=self.territory.id),
            self._customer("Two", user_id=self.other_salesman.id),
            self._customer("Three", user_id=False),
        ]
        for _number in range(14):
            day = date(2025, 9, 1) + timedelta(days=rng.randrange(170))
            invoice = self._invoice(
                rng.randrange(1, 90000) / 100,
                date=day,
                due=day + timedelta(days=rng.randrange(80)),
                partner=rng.choice(partners),
                invoice_user_id=rng.choice([self.salesman.id, self.other_salesman.id, False]),
                team_id=rng.choice([self.team.id, False]),
                currency_id=rng.choice([self.company.currency_id.id, euro.id]),
            )
            if rng.random() < 0.4:
                self._pay(invoice, round(invoice.amount_total / 2, 2) or 0.01, date=day + timedelta(days=30))
        self._receipt(33.33, date="2026-01-31", partner=partners[0])

    def test_every_grouping_equals_the_ledger(self):
        """R171, R172, R176, R201: by customer, salesperson, team, territory, class and currency, by due and by
        invoice date, at two dates, each bucket of each row equals brute force on the posted entries."""
        self._random_books(170)
        keys = {
            "partner_id": lambda line: line.partner_id.commercial_partner_id.id,
            "user_id": lambda line: (line.move_id.invoice_user_id or line.partner_id.user_id).id,
            "team_id": lambda line: line.move_id.team_id.id,
            "territory_id": lambda line: line.partner_id.territory_id.id,
            "customer_class": lambda line: line.partner_id.customer_class,
            "currency_id": lambda line: line.currency_id.id,
        }
        for as_of in (TODAY, date(2025, 12, 10)):
            lines = self._lines(as_of)
            for age_by in ("due", "invoice"):
                for group_by, key_of in keys.items():
                    expected = {}
                    for line in lines:
                        start = (line.invoice_date or line.date) if age_by == "invoice" else line.date_maturity
                        key = bucket((as_of - (start or line.date)).days)
                        cell = (key_of(line) or False, key)
                        expected[cell] = expected.get(cell, 0) + self._open(line, as_of)
                    board = self._board(as_of=as_of, group_by=group_by, age_by=age_by, limit=0)
                    found = {(row["key"], key): row[key] for row in board["rows"] for key in BUCKETS}
                    for cell in expected.keys() | found.keys():
                        self.assertAlmostEqual(found.get(cell, 0), expected.get(cell, 0), 2, (as_of, group_by, cell))
                    self.assertAlmostEqual(board["totals"]["total"]["amount"], sum(lines.mapped("balance")), 2)

    def test_a_currency_shows_its_own_amount(self):
        """R171: grouped by currency a row shows the open amount in that currency as well."""
        euro = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        self._invoice(80, currency_id=euro.id)
        row = self._rows(group_by="currency_id")[euro.id]
        self.assertEqual((row["document"], row["total"], row["document_currency_id"]), (80, 40, euro.id))

    def test_concentration(self):
        """R177: each customer's share of all receivables; those above the set percentage are highlighted."""
        self.company.crm_aging_concentration = 30
        large, small, credit = (self._customer(name) for name in ("Large", "Small", "Credit"))
        self._invoice(700, partner=large)
        self._invoice(300, partner=small)
        self._receipt(50, partner=credit)
        board = self._board()
        rows = {row["key"]: row for row in board["rows"]}
        self.assertEqual([rows[partner.id]["share"] for partner in (large, small, credit)], [70, 30, 0])
        self.assertIn("70.0 %", rows[large.id]["flags"]["concentrated"])
        self.assertFalse(rows[small.id]["flags"])
        self.assertEqual(board["flags"]["concentrated"], {"amount": 700, "customers": 1})
        self.assertEqual((board["concentration"]["largest"], board["concentration"]["top"]), (70, 100))
        only = self._board(filters={"flag": "concentrated"})
        self.assertEqual(([row["key"] for row in only["rows"]], only["totals"]["total"]["amount"]), ([large.id], 700))
        self.company.crm_aging_concentration = 0
        self.assertFalse(self._board()["flags"]["concentrated"]["customers"])

    def test_too_old_and_over_limit(self):
        """R179, R178: the customers whose oldest open invoice is older than the set days, own terms before the
        company's; those whose overdue total is above their limit, as the credit check counts it."""
        self.company.write({"crm_credit_max_days": 0, "crm_aging_max_days": 60, "crm_credit_overdue_limit": 500})
        old, patient, fresh = (self._customer(name) for name in ("Old", "Patient", "Fresh"))
        for partner, days in ((old, 61), (patient, 61), (fresh, 60)):
            self._invoice(400, due=TODAY - timedelta(days=days), partner=partner, date="2025-12-01")
        self._limit(patient, max_days_overdue=90, overdue_limit=399)
        rows = self._rows()
        self.assertEqual([set(rows[p.id]["flags"]) - {"concentrated"} for p in (old, fresh)], [{"too_old"}, set()])
        self.assertEqual(set(rows[patient.id]["flags"]) - {"concentrated"}, {"over_limit"})
        self.assertEqual(rows[old.id]["oldest"], 61)
        self._receipt(1, partner=patient, date="2026-02-01")
        self.assertNotIn("over_limit", self._rows()[patient.id]["flags"], "unapplied receipts count, as in the check")
        self.assertEqual(self._board(filters={"flag": "too_old"})["totals"]["overdue"]["amount"], 400)

    def test_buckets_are_settings(self):
        """R172, R173, R174, R175, R176: the limits of the buckets are the company's settings, labels as well."""
        self.company.write({"crm_bucket_1": 7, "crm_bucket_2": 14, "crm_bucket_3": 21, "crm_bucket_4": 28})
        for days in (7, 8, 29):
            self._invoice(days, date="2026-01-01", due=TODAY - timedelta(days=days))
        board = self._board()
        self.assertEqual([board["totals"][key]["amount"] for key in BUCKETS], [0, 7, 8, 0, 0, 29])
        self.assertEqual(dict(board["buckets"])["1_30"], "1-7 days")

    def test_figures_of_collection(self):
        """R171, R201: DSO, count-back DSO, best-possible DSO, ADD and CEI, with the inputs they are made of."""
        self.company.crm_kpi_days = 59  # 2026-01-01 to 2026-02-28
        first = self._invoice(300, date="2025-12-15", due="2026-01-15")
        self._invoice(600, date="2026-01-10", due="2026-02-10")
        self._invoice(400, date="2026-02-20", due="2026-03-20")
        self._pay(first, 100, date="2026-02-01")
        kpis = self.env["crm.aging"].with_user(self.biller).get_kpis("2026-02-28")
        # 1200 open, 400 not due, 1000 sold, 300 at the start; newest month 28 days with 400, then 31 with 600, then
        # 200 of December's 300.
        expected = {
            "dso": 1200 / 1000 * 59,
            "countback": 28 + 31 + 31 * 200 / 300,
            "bpdso": 400 / 1000 * 59,
            "add": 800 / 1000 * 59,
        }
        found = {kpi["key"]: kpi["value"] for kpi in kpis}
        for key, value in expected.items():
            self.assertEqual(found[key], f"{value:.1f} days")
        self.assertEqual(found["cei"], f"{(300 + 1000 - 1200) / (300 + 1000 - 400) * 100:.1f} %")
        self.assertTrue(all(kpi["formula"] and kpi["inputs"] for kpi in kpis))
        self.assertIn("1,000.00", kpis[0]["inputs"][1])
        early = self.env["crm.aging"].with_user(self.biller).get_kpis("2025-01-31")
        self.assertEqual({kpi["state"] for kpi in early} - {"ok"}, {"none"})

    def test_window_begins_with_the_books(self):
        """R171, R201: days before the first entry count for nothing; what was taken over is owed at the start."""
        Kpi = self.env["crm.receivable.kpi"]
        day = date(2026, 2, 28)
        self.company.crm_kpi_days = 90
        self._invoice(100, date="2026-01-30", due="2026-03-30")  # 30 days, all open, nothing due
        values = Kpi._values(self.company, day)
        self.assertEqual((values["window_days"], values["dso"], values["ar_begin"]), (30, 30, 0))
        entry = self.env["account.move"].create(
            {
                "date": "2026-01-15",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.company_data["default_account_receivable"].id,
                            "partner_id": self.customer.id,
                            "date_maturity": "2026-01-20",
                            "debit": 500,
                        }
                    ),
                    Command.create(
                        {"account_id": self.company_data["default_account_revenue"].id, "credit": 500},
                    ),
                ],
            }
        )
        entry.action_post()
        values = Kpi._values(self.company, day)
        self.assertEqual((values["window_days"], values["ar_begin"], values["sales"]), (45, 500, 100))
        self.assertAlmostEqual(values["dso"], 600 / 100 * 45)
        self.assertAlmostEqual(values["cei"], (500 + 100 - 600) / (500 + 100 - 100) * 100)
        self._invoice(50, date="2025-06-01", due="2025-06-01")
        self.assertEqual(Kpi._values(self.company, day)["window_days"], 90)

    def test_nothing_to_collect_is_not_zero(self):
        """R171, R201: a month without anything to collect shows no effectiveness and is left out of averages."""
        Kpi = self.env["crm.receivable.kpi"]
        invoice = self._invoice(100, date="2026-01-30", due="2026-02-10")
        self._pay(invoice, 50, date="2026-02-15")
        self.env["crm.aging.snapshot"]._process(TODAY)
        january, february = Kpi.search([("company_id", "=", self.company.id)], order="date")
        self.assertEqual((january.has_cei, february.has_cei, february.cei), (False, True, 50.0))
        found = Kpi.with_user(self.biller)._read_group([("company_id", "=", self.company.id)], [], ["cei:avg"])
        self.assertEqual(found, [(50.0,)])
        [group] = Kpi.with_user(self.biller).formatted_read_group(
            [("company_id", "=", self.company.id)], ["company_id"], ["cei:avg", "countback:avg", "dso:avg"]
        )
        self.assertEqual((group["cei:avg"], group["dso:avg"]), (50.0, (january.dso + february.dso) / 2))
        alone = Kpi.with_user(self.biller)._read_group([("id", "=", january.id)], [], ["cei:avg", "dso:avg"])
        self.assertFalse(alone[0][0])
        self.assertEqual(alone[0][1], january.dso)

    def test_month_ends(self):
        """R171, R201: a month end is taken once and equals the ledger then; later entries show as a difference."""
        Snapshot, Kpi = self.env["crm.aging.snapshot"], self.env["crm.receivable.kpi"]
        paid = self._invoice(100, date="2026-01-05", due="2026-01-15")
        self._invoice(50, date="2026-01-05", due="2026-02-10")
        self._invoice(30, date="2025-12-05", due="2025-12-10")
        self._pay(paid, 60, date="2026-02-15")
        taken = Snapshot._process(TODAY)
        kpis = Kpi.search([("company_id", "=", self.company.id)])
        self.assertEqual(sorted(map(str, kpis.mapped("date"))), ["2025-12-31", "2026-01-31", "2026-02-28"])
        self.assertEqual(taken, len(Kpi.search([])))
        self.assertEqual([kpi.source for kpi in kpis.sorted("date")], ["rebuilt", "rebuilt", "measured"])
        for kpi in kpis:
            board = self._board(as_of=kpi.date)
            found = dict(Snapshot._read_group([("kpi_id", "=", kpi.id)], ["bucket"], ["amount:sum"]))
            for key in BUCKETS:
                self.assertAlmostEqual(found.get(key, 0), board["totals"][key]["amount"], 2)
            self.assertAlmostEqual(kpi.ar_end, board["totals"]["total"]["amount"], 2)
        rows = Snapshot.search_count([])
        self.assertEqual((Snapshot._process(TODAY), Snapshot.search_count([])), (0, rows))
        self.assertFalse(Snapshot._take(self.company, date(2026, 2, 28), TODAY), "a second run finds it taken")
        self._invoice(7, date="2026-02-01", due="2026-02-01")
        february = kpis.filtered(lambda kpi: kpi.date == date(2026, 2, 28)).with_user(self.biller)
        february.action_compare()
        self.assertEqual((february.ar_end, february.difference), (120, 7))
        self.assertEqual(february.action_open_items()["context"], {"as_of": "2026-02-28"})

    def test_roll_rates(self):
        """R171: of what was open in a bucket at a month end, which share is settled and which grew older."""
        Roll = self.env["crm.aging.roll"]
        paid = self._invoice(100, date="2026-01-05", due="2026-01-15")
        self._invoice(50, date="2026-01-05", due="2026-02-10")
        self._pay(paid, 60, date="2026-02-15")
        self.env["crm.aging.snapshot"]._process(TODAY)
        rolls = Roll.search([("company_id", "=", self.company.id), ("date", "=", "2026-02-28")])
        found = {(roll.bucket, roll.outcome): (roll.amount, roll.rate) for roll in rolls if roll.amount}
        expected = {
            ("1_30", "settled"): (60, 60),
            ("1_30", "31_60"): (40, 40),
            ("not_due", "1_30"): (50, 100),
        }
        self.assertEqual(found, expected)
        rates = Roll._rates(self.company, date(2026, 2, 28))
        self.assertEqual((rates["1_30"]["settled"], rates["1_30"]["31_60"]), (0.6, 0.4))
        groups = Roll._read_group([("id", "in", rolls.ids)], ["bucket"], ["rate:avg"])
        self.assertEqual([(bucket, round(rate, 6)) for bucket, rate in groups], [("not_due", 100), ("1_30", 100)])
        settled = Roll._read_group([("id", "in", rolls.ids), ("outcome", "=", "settled")], [], ["rate:avg"])
        self.assertAlmostEqual(settled[0][0], 60 / 150 * 100)

    def test_own_customers_only(self):
        """R171, R177, R185: a salesperson sees own customers by any grouping, in month ends and prints, and no
        figures of the whole company."""
        self._invoice(10)
        other = self._customer("Of another", user_id=self.other_salesman.id)
        self._invoice(20, partner=other, invoice_user_id=self.other_salesman.id)
        for group_by in ("partner_id", "user_id", "team_id", "territory_id", "customer_class", "currency_id"):
            board = self._board(self.salesman, group_by=group_by)
            self.assertEqual((board["totals"]["total"]["amount"], board["count"]), (10, 1))
        options = self.env["crm.aging"].with_user(self.salesman).get_options("2026-03-01")
        self.assertEqual([user["id"] for user in options["user_id"]], [self.salesman.id])
        self.assertEqual(self.env["crm.aging"].with_user(self.salesman).get_kpis("2026-03-01"), [])
        self.env["crm.aging.snapshot"]._process(TODAY)
        snapshots = self.env["crm.aging.snapshot"].with_user(self.salesman).search([])
        self.assertEqual(snapshots.partner_id, self.customer)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            self.env["crm.receivable.kpi"].with_user(self.salesman).search([])
        for options in ({"group_by": "password"}, {"filters": {"id": 1}}, {"age_by": "x"}):
            with self.assertRaises(UserError):
                self._board(self.salesman, **options)

    # === FILES === #

    def _xlsx(self, login, **query):
        self.authenticate(login, login)
        response = self.url_open("/crm_finance_bridge/receivables.xlsx", params={"as_of": "2026-03-01", **query})
        response.raise_for_status()
        return openpyxl.load_workbook(io.BytesIO(response.content), data_only=True)

    def test_spreadsheet_equals_the_screen(self):
        """R172: both sheets total what the screen shows; names are text; dates and amounts have their types."""
        formula = self._customer("=1+1")
        self._invoice(100.5, date="2026-01-10", due="2026-01-20", partner=formula)
        self._invoice(20.25, date="2026-02-10", due="2026-03-20")
        book = self._xlsx("fin_biller")
        customers, items = book.worksheets
        rows = list(customers.iter_rows(min_row=5, values_only=True))
        self.assertEqual(rows[0][:4], ("=1+1", None, None, 100.5))
        self.assertEqual(rows[-1][7], 120.75)
        found = list(items.iter_rows(min_row=5, values_only=True))
        self.assertEqual(
            (found[0][0], found[0][4].date(), found[0][5], found[0][-1]), ("=1+1", date(2026, 1, 20), 40, 100.5)
        )
        self.assertEqual(found[-1][-1], 120.75)

    def test_salesperson_gets_own_customers(self):
        """R172: the file of a salesperson holds own customers only; filters of the screen apply."""
        self._invoice(10, partner=self._customer("Of another", user_id=self.other_salesman.id), invoice_user_id=False)
        self._invoice(20)
        text = str(list(self._xlsx("fin_salesman").worksheets[1].iter_rows(values_only=True)))
        self.assertIn("Riverside", text)
        self.assertNotIn("Of another", text)
        filtered = str(
            list(
                self._xlsx("fin_biller", filters=json.dumps({"user_id": self.salesman.id}))
                .worksheets[1]
                .iter_rows(values_only=True)
            )
        )
        self.assertNotIn("Of another", filtered)

    def test_refused_without_rights(self):
        """R172: neither accounting nor sales rights, or a portal user: no file."""
        new_test_user(self.env, "fin_nobody", "base.group_user", company_id=self.company.id)
        new_test_user(self.env, "fin_portal", "base.group_portal", company_id=self.company.id)
        for login in ("fin_nobody", "fin_portal"):
            self.authenticate(login, login)
            with mute_logger("odoo.http", "odoo.addons.base.models.ir_model"):
                response = self.url_open("/crm_finance_bridge/receivables.xlsx")
            self.assertEqual(response.status_code, 403)

    def test_spreadsheet_of_a_grouping(self):
        """R171: the summary of the file follows the screen: its grouping, its buckets, overdue beside."""
        self._invoice(25, date="2026-01-10", due="2026-02-10")
        summary = self._xlsx("fin_biller", group_by="user_id", age_by="invoice").worksheets[0]
        header, row = list(summary.iter_rows(min_row=4, max_row=5, values_only=True))
        self.assertEqual((header[0], header[1], header[8]), ("Salesperson", "Issued today", "Overdue"))
        self.assertEqual((row[0], row[3], row[8]), (self.salesman.name, 25, 25))

    def test_printed(self):
        """R172, R177: the printed report shows what the screen shows; a salesperson prints own customers only."""
        self._invoice(123.45, date="2026-01-10", due="2026-02-10")
        self._invoice(10, partner=self._customer("Of another", user_id=self.other_salesman.id), invoice_user_id=False)
        for login, wanted in (("fin_biller", True), ("fin_salesman", False)):
            self.authenticate(login, login)
            text = self.url_open("/crm_finance_bridge/receivables.pdf", params={"as_of": "2026-03-01"}).text
            self.assertIn("123.45", text)
            self.assertEqual("Of another" in text, wanted)

    def test_screen(self):
        """R170, R171, R172, R179: a salesperson looks at own receivables by customer and by class, and opens items."""
        self.company.crm_aging_max_days = 30
        self._invoice(150, date="2025-12-01", due=TODAY - timedelta(days=45))
        self.start_tour("/odoo/receivables", "crm_finance_bridge_receivables", login="fin_salesman")
