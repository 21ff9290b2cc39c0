"""Flags and shares of the receivables screen: of all that is owed, whatever is filtered and whoever looks."""

from datetime import date, timedelta

from odoo.tests import HttpCase, tagged

from .common import FinanceCommon

TODAY = date(2026, 3, 1)


@tagged("post_install", "-at_install")
class TestReceivablesWhole(FinanceCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["crm.team"].create({"name": "Key accounts"})
        cls.company.write(
            {"crm_credit_overdue_limit": 500, "crm_aging_max_days": 60, "crm_credit_max_days": 0}
            | {"crm_aging_concentration": 50}
        )

    def _overdue(self, amount, days, **values):
        due = TODAY - timedelta(days=days)
        return self._invoice(amount, date="2025-10-01", due=due, **values)

    def _board(self, user=None, **options):
        return self.env["crm.aging"].with_user(user or self.biller).get_board("2026-03-01", **options)

    def _rows(self, user=None, **options):
        return {row["key"]: row for row in self._board(user, **options)["rows"]}

    def _branch(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.env.user.company_ids += branch
        receivable = self.company_data["default_account_receivable"]
        self.customer.with_company(branch).property_account_receivable_id = receivable
        values = {"journal_id": self.company_data["default_journal_sale"].id, "company_id": branch.id}
        return branch, values

    def test_filters_change_no_flag(self):
        """R177, R178, R179: over limit, too old and above N % are of the customer's whole account; a filter by
        currency, salesperson or team narrows the amounts and neither adds nor takes a flag or a share."""
        euro = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        other = self._customer("Other")
        self._overdue(300, 30)
        self._overdue(800, 70, currency_id=euro.id, invoice_user_id=self.other_salesman.id)  # 400
        self._overdue(300, 30, partner=other, team_id=self.team.id)
        self._overdue(300, 30, partner=other)
        self._receipt(300, partner=other)
        whole = self._rows()
        self.assertEqual(set(whole[self.customer.id]["flags"]), {"over_limit", "too_old", "concentrated"})
        self.assertFalse(whole[other.id]["flags"])
        self.assertEqual((whole[self.customer.id]["share"], whole[other.id]["share"]), (70, 30))
        company_currency = self.company.currency_id.id
        for filters, total in (
            ({"currency_id": company_currency}, 300),
            ({"currency_id": euro.id}, 400),
            ({"user_id": self.salesman.id}, 300),
            ({"partner_id": self.customer.id}, 700),
            ({"user_id": self.salesman.id, "currency_id": company_currency, "flag": "too_old"}, 300),
        ):
            for age_by in ("due", "invoice"):
                board = self._board(filters=filters, age_by=age_by)
                row = {row["key"]: row for row in board["rows"]}[self.customer.id]
                self.assertEqual(row["total"], total)
                self.assertEqual((row["flags"], row["share"]), (whole[self.customer.id]["flags"], 70), filters)
                self.assertEqual(board["concentration"]["largest"], 70)
                self.assertEqual(board["flags"]["over_limit"], {"amount": total, "customers": 1})
        sheet = self.env["crm.aging"].with_user(self.biller)._sheet("2026-03-01", {**filters, "flag": "over_limit"})
        self.assertEqual(
            [(name, sum(amounts[:6])) for name, *amounts in sheet["customers"][1]], [("Riverside Tools", 300)]
        )
        narrowed = self._rows(filters={"team_id": self.team.id})
        self.assertEqual((narrowed[other.id]["total"], narrowed[other.id]["flags"]), (300, {}), "600 less 300 received")
        self.assertFalse(self._board(filters={"team_id": self.team.id, "flag": "over_limit"})["rows"])

    def test_share_of_a_group(self):
        """R177: salespeople, teams ... have their share of all that is owed as well, whatever is filtered."""
        euro = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        self._invoice(600, currency_id=euro.id)  # 300
        self._invoice(300)
        self._invoice(400, invoice_user_id=self.other_salesman.id)
        rows = self._rows(group_by="user_id", filters={"currency_id": self.company.currency_id.id})
        self.assertEqual([rows[user.id]["total"] for user in (self.salesman, self.other_salesman)], [300, 400])
        self.assertEqual([rows[user.id]["share"] for user in (self.salesman, self.other_salesman)], [60, 40])

    def test_salesperson_learns_no_total(self):
        """R177, R178: a salesperson's customers are judged by their whole account; the share of each, which would
        tell what the company is owed, is shown neither on the screen nor on paper."""
        self._overdue(100, 30)
        self._overdue(500, 70, invoice_user_id=self.other_salesman.id, partner=self.customer)
        self.customer.user_id = self.other_salesman
        board = self._board(self.salesman)
        [row] = board["rows"]
        self.assertEqual((row["key"], row["total"], row["share"]), (self.customer.id, 100, False))
        self.assertEqual(set(row["flags"]), {"over_limit", "too_old"})
        self.assertIs(board["concentration"], False)
        self.assertEqual(board["flags"]["concentrated"], {"amount": 0, "customers": 0})
        self.assertFalse(self._board(self.salesman, filters={"flag": "concentrated"})["rows"])
        self.assertEqual(len(self._board(self.salesman, filters={"flag": "over_limit"})["rows"]), 1)
        for group_by in ("user_id", "currency_id"):
            self.assertEqual([row["share"] for row in self._rows(self.salesman, group_by=group_by).values()], [False])
        for login, shared in (("fin_salesman", False), ("fin_biller", True)):
            self.authenticate(login, login)
            text = self.url_open("/crm_finance_bridge/receivables.pdf", params={"as_of": "2026-03-01"}).text
            self.assertEqual(("Share" in text, "of all receivables" in text), (shared, shared))
            self.assertIn("overdue, ", text)

    def test_legal_entity_is_judged_as_one(self):
        """R178, R179: what a customer owes a branch counts, also for those who may not enter the branch; the amounts
        are those of the companies that are looked at."""
        branch, values = self._branch()
        self._overdue(300, 30)
        self._overdue(300, 70, **values)
        [row] = self._rows().values()
        self.assertEqual((row["total"], set(row["flags"])), (300, {"over_limit", "too_old", "concentrated"}))
        self.biller.company_ids += branch
        both = (
            self.env["crm.aging"].with_user(self.biller).with_context(allowed_company_ids=[self.company.id, branch.id])
        )
        for company, total in ((False, 600), (self.company.id, 300), (branch.id, 300)):
            [row] = both.get_board("2026-03-01", filters={"company_id": company})["rows"]
            self.assertEqual((row["total"], len(row["flags"])), (total, 3))

    def test_branch_and_root_share_headings_and_buckets(self):
        """R172, R173: in a branch with other limits of its own both headings and buckets are those of its root."""
        branch, values = self._branch()
        branch.write({"crm_bucket_1": 5, "crm_bucket_2": 6, "crm_bucket_3": 7, "crm_bucket_4": 8})
        self.company.write({"crm_bucket_1": 20, "crm_bucket_2": 40, "crm_bucket_3": 80, "crm_bucket_4": 160})
        self._invoice(100, date="2026-02-01", due=TODAY - timedelta(days=10), **values)
        self.biller.company_ids += branch
        there = self.env["crm.aging"].with_user(self.biller).with_context(allowed_company_ids=branch.ids)
        for age_by, bucket, heading in (("due", "1_30", "1-20 days"), ("invoice", "31_60", "21-40 days")):
            board = there.get_board("2026-03-01", age_by=age_by)
            self.assertEqual(dict(board["buckets"])[bucket], heading)
            self.assertEqual(board["totals"][bucket]["amount"], 100)
        found = self.env["crm.statement"]._statements(branch, self.customer, "open", TODAY, TODAY)[self.customer]
        self.assertEqual(found["sections"][0]["buckets"], {"1_30": 100})
        ages = self.env["crm.statement"]._render_values(found)["ages"](found["sections"][0])
        self.assertEqual(ages, [("1-20 days", 100)])

    def test_no_query_per_customer(self):
        """The screen takes as many queries for ten customers as for one, filtered, and for those who see a part."""
        asked = (
            (self.biller, {}),
            (self.biller, {"user_id": self.salesman.id}),
            (self.salesman, {}),
            (self.salesman, {"flag": "over_limit"}),
        )
        self._overdue(600, 70)
        found = []
        for number in range(2):
            for user, filters in asked:
                for _warming in range(2):
                    self._board(user, filters=filters)
                    self.env.invalidate_all()
                started = self.env.cr.sql_log_count
                board = self._board(user, filters=filters)
                found.append(self.env.cr.sql_log_count - started)
                self.assertEqual(board["count"], 10 if number else 1)
            for index in range(0 if number else 9):
                self._overdue(600, 70, partner=self._customer(f"Customer {index}"))
        self.assertEqual(found[:4], found[4:])
        self.assertEqual(found[1] - found[0], 0, "filtered, the account is judged in the same scan")
