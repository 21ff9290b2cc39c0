"""Open items against the ledger and against a slow recomputation, at many dates."""

from datetime import timedelta
from decimal import Decimal

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.fields import Command
from odoo.tests import tagged

from ..tools import aging
from . import oracle
from .random_ledger import DAYS, FIRST_DAY, RandomLedger


@tagged("post_install", "-at_install")
class TestOpenItemOracle(AccountTestInvoicingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.setup_other_currency(
            "EUR", rates=[("1900-01-01", 1.0), ("2024-01-01", 0.9), ("2024-07-01", 0.8), ("2025-03-01", 1.1)]
        )
        cls.first = cls.company_data["company"]
        cls.second = cls.setup_other_company(name="Second company")["company"]
        cls.branch = cls.env["res.company"].create({"name": "Branch", "parent_id": cls.first.id})
        cls.companies = cls.first + cls.second + cls.branch
        cls.env.user.company_ids |= cls.companies
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=cls.companies.ids))
        partners = cls.partner_a + cls.partner_b
        partners += cls.env["res.partner"].create(
            {"name": "Buyer of A", "parent_id": cls.partner_a.id, "type": "contact"}
        )
        cls.ledgers = [
            RandomLedger(cls.env, company, partners, company.currency_id + cls.foreign, seed).run(steps)
            for company, seed, steps in ((cls.first, 11, 80), (cls.second, 12, 70), (cls.branch, 13, 40))
        ]
        cls.dates = [cls.ledgers[0].day(within=DAYS + 150) for _number in range(20)]

    def items(self, as_of, companies):
        facts = self.env["crm.open.item"].with_context(as_of=as_of).search([("company_id", "in", companies.ids)])
        return {item.id: (oracle.exact(item.residual), oracle.exact(item.residual_currency)) for item in facts}

    def test_ledger_holds_every_kind_of_step(self):
        done = sum((ledger.done for ledger in self.ledgers), start=type(self.ledgers[0].done)())
        for kind in (
            "invoice", "refund", "pay", "pay_part", "pay_group", "write_off", "early_discount", "on_account",
            "allocate", "statement", "entry", "unreconcile", "reset",
        ):  # fmt: skip
            self.assertGreater(done[kind], 0, f"{kind}: {done}")
        self.assertLess(done["refused"], sum(done.values()) / 5, done)
        partials = self.env["account.partial.reconcile"].search([("company_id", "in", self.companies.ids)])
        self.assertTrue(partials.exchange_move_id, "no exchange difference")
        states = set((partials.debit_move_id + partials.credit_move_id).mapped("parent_state"))
        self.assertIn("draft", states, "no draft that kept its partials")

    def test_open_items_equal_posted_ledger_at_twenty_dates(self):
        """R201: the open receivables of each company are the posted journal entries, at any date."""
        for as_of in [*self.dates, FIRST_DAY + timedelta(days=3000)]:
            for company in self.companies:
                items = self.items(as_of, company)
                total = sum((residual for residual, _foreign in items.values()), Decimal(0))
                self.assertEqual(total, oracle.ledger_balance(self.env, company, as_of), (company.name, as_of))

    def test_open_items_equal_oracle_one_by_one(self):
        for as_of in self.dates:
            self.assertEqual(
                self.items(as_of, self.companies), oracle.open_items(self.env, self.companies, as_of), as_of
            )

    def test_account_that_becomes_receivable_brings_its_items(self):
        """Odoo's form changes the type alone: the items of before are open from then on, as the ledger says."""
        company = self.first
        account = self.env["account.account"].create(
            {"name": "Deposits", "code": "113099", "account_type": "asset_current", "company_ids": company.ids}
        )
        entry = self.env["account.move"].create(
            {
                "company_id": company.id,
                "date": self.dates[0],
                "line_ids": [
                    Command.create({"account_id": account.id, "partner_id": self.partner_a.id, "debit": 70.0}),
                    Command.create({"account_id": self.company_data["default_account_revenue"].id, "credit": 70.0}),
                ],
            }
        )
        entry.action_post()
        account.account_type = "asset_receivable"
        day = self.dates[0] + timedelta(days=3000)
        total = sum((residual for residual, _foreign in self.items(day, company).values()), Decimal(0))
        self.assertEqual(total, oracle.ledger_balance(self.env, company, day))
        self.assertIn(entry.line_ids[0].id, self.items(day, company))

    def test_grouping_equals_the_records(self):
        Item = self.env["crm.open.item"].with_context(as_of=self.dates[0])
        groups = Item._read_group([], ["partner_id", "bucket"], ["residual:sum", "__count"])
        items = Item.search([("company_id", "in", self.companies.ids)])
        for partner, bucket, residual, count in groups:
            mine = items.filtered(lambda item, p=partner, b=bucket: item.partner_id == p and item.bucket == b)
            self.assertEqual(len(mine), count)
            self.assertAlmostEqual(sum(mine.mapped("residual")), residual, 2)
        self.assertEqual(sum(group[3] for group in groups), len(items))
        self.assertIn(self.env["res.partner"], [group[0] for group in groups], "items without customer are shown")

    def test_branch_ages_by_the_limits_of_its_root(self):
        """A branch shares the books of its root company: other limits of its own move no item, and no heading."""
        self.branch.write({"crm_bucket_1": 3, "crm_bucket_2": 5, "crm_bucket_3": 7, "crm_bucket_4": 9})
        self.second.write({"crm_bucket_1": 10, "crm_bucket_2": 20, "crm_bucket_3": 40, "crm_bucket_4": 80})
        found = set()
        for as_of in self.dates[:5]:
            items = self.env["crm.open.item"].with_context(as_of=as_of).search([])
            for item in items:
                limits = item.company_id.root_id._crm_bucket_limits()
                self.assertEqual(item.bucket, aging.bucket(item.days_overdue, limits))
                if item.days_overdue > 0:
                    found.add(item.company_id)
        self.assertEqual(len(found), 3, "the dates show overdue items of every company")
        Item = self.env["crm.open.item"]
        labels = [Item.with_company(company)._selection_bucket() for company in (self.first, self.branch)]
        self.assertEqual(labels[0], labels[1])
        self.assertIn(("1_30", "1-30 days"), labels[1])

    def test_money_of_each_entry_is_collected_to_the_cent(self):
        """Write-offs, discounts, bank charges and exchange differences are no money; the rest is all there."""
        parts = self.env["crm.collection"].search([("company_id", "in", self.companies.ids)])
        collected = {}
        for part in parts:
            lines = part.partial_id.debit_move_id + part.partial_id.credit_move_id
            money = lines.move_id.filtered(lambda move: move.origin_payment_id or move.statement_line_id)
            collected[money] = collected.get(money, Decimal(0)) + oracle.exact(part.amount)
        expected = oracle.money_by_entry(self.env, self.companies)
        self.assertGreater(len(expected), 20)
        for move, money in expected.items():
            self.assertEqual(collected.get(move, Decimal(0)), money, (move.name, move.date, move.currency_id.name))
