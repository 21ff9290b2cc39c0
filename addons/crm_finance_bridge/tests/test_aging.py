"""Receivables by age: the screen's figures against the ledger."""

import random
from datetime import date, timedelta

from odoo.addons.crm_custom.tools.aging import BUCKETS, bucket
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import FinanceCommon

TODAY = date(2026, 3, 1)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-01")
class TestAging(FinanceCommon):
    def _board(self, user=None, as_of="2026-03-01", **options):
        return self.env["crm.aging"].with_user(user or self.biller).get_board(as_of, **options)

    def _row(self, board, partner=None):
        return next(row for row in board["rows"] if row["key"] == (partner or self.customer).id)

    def test_one_bucket_each_at_its_limits(self):
        """R171, R172, R173, R174, R175, R176: each overdue invoice is in one bucket; 30, 60, 90, 180 days."""
        days = {0: 1, 1: 2, 30: 4, 31: 8, 60: 16, 61: 32, 90: 64, 91: 128, 180: 256, 181: 512, -1: 1024}
        for overdue, amount in days.items():
            self._invoice(amount, date="2025-01-01", due=TODAY - timedelta(days=overdue))
        row = self._row(self._board())
        expected = {
            "not_due": 1 + 1024,
            "1_30": 2 + 4,
            "31_60": 8 + 16,
            "61_90": 32 + 64,
            "91_180": 128 + 256,
            "over_180": 512,
        }
        self.assertEqual({key: row[key] for key in BUCKETS}, expected)
        self.assertEqual(row["overdue"], 1022)
        self.assertEqual(row["total"], 2047)
        totals = self._board()["totals"]
        self.assertEqual(totals["1_30"], {"amount": 6, "items": 2, "customers": 1})

    def test_an_unreadable_date_is_refused(self):
        with self.assertRaisesRegex(UserError, "nonsense"):
            self._board(as_of="nonsense")

    def test_due_today_and_in_the_next_seven_days(self):
        """R170: today and the seven days after it are two totals, each opening its items."""
        for days, amount in ((-1, 1), (0, 2), (1, 4), (7, 8), (8, 16)):
            self._invoice(amount, due=TODAY + timedelta(days=days))
        self._receipt(0.5, date="2026-03-01")
        board = self._board()
        self.assertEqual(board["totals"]["due_today"]["amount"], 2)
        self.assertEqual(board["totals"]["due_week"]["amount"], 12)
        self.assertEqual(board["totals"]["overdue"]["amount"], 1)
        items = self.env["crm.open.item"].with_user(self.biller).with_context(as_of=board["as_of"])
        self.assertEqual(
            sum(
                items.search([*board["domain"], ("residual", ">", 0), ("due_date", "=", "2026-03-01")]).mapped(
                    "residual"
                )
            ),
            2,
        )

    def test_instalments_age_by_their_own_dates(self):
        """R172: an invoice in two instalments sits in two buckets, each with its part."""
        terms = self.env["account.payment.term"].create(
            {
                "name": "30 % now, rest after 60 days",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 30, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 70, "nb_days": 60}),
                ],
            }
        )
        self._invoice(100, date="2026-02-01", invoice_payment_term_id=terms.id)
        row = self._row(self._board())
        self.assertEqual((row["1_30"], row["not_due"]), (30, 70))

    def test_as_of_a_past_date(self):
        """R171: a payment of today does not change yesterday's receivables."""
        invoice = self._invoice(100, date="2026-01-01", due="2026-01-15")
        self._pay(invoice, 40, date="2026-02-20")
        self.assertEqual(self._row(self._board())["31_60"], 60)
        past = self._row(self._board(as_of="2026-02-19"))
        self.assertEqual((past["31_60"], past["total"]), (100, 100))
        self.assertEqual(self._board(as_of="2025-12-31")["count"], 0)

    def test_board_equals_the_ledger_on_random_books(self):
        """R171, R201: at random dates the board is the posted ledger to the cent, by customer and in total."""
        rng = random.Random(20260301)
        partners = [self._customer(f"Random {number}") for number in range(4)]
        for _number in range(25):
            partner = rng.choice(partners)
            day = date(2025, 6, 1) + timedelta(days=rng.randrange(270))
            invoice = self._invoice(
                rng.randrange(1, 100000) / 100,
                date=day,
                due=day + timedelta(days=rng.randrange(90)),
                partner=partner,
                move_type=rng.choice(["out_invoice"] * 4 + ["out_refund"]),
            )
            if invoice.move_type == "out_invoice" and rng.random() < 0.6:
                part = round(invoice.amount_total * rng.choice([0.25, 0.5, 1.0]), 2) or 0.01
                self._pay(invoice, part, date=day + timedelta(days=rng.randrange(120)))
            elif rng.random() < 0.3:
                self._receipt(rng.randrange(1, 5000) / 100, date=day, partner=partner)
        for _number in range(6):
            as_of = date(2025, 6, 1) + timedelta(days=rng.randrange(300))
            board = self._board(as_of=as_of, limit=0)
            lines = self.env["account.move.line"].search(
                [
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("parent_state", "=", "posted"),
                    ("date", "<=", as_of),
                    ("company_id", "=", self.company.id),
                ]
            )
            self.assertAlmostEqual(board["totals"]["total"]["amount"], sum(lines.mapped("balance")), 2)
            for partner in partners:
                balance = sum(lines.filtered(lambda line, p=partner: line.partner_id == p).mapped("balance"))
                row = next((row for row in board["rows"] if row["key"] == partner.id), {"total": 0})
                self.assertAlmostEqual(row["total"], balance, 2)
            self._assert_buckets(board, lines, as_of)

    def _assert_buckets(self, board, lines, as_of):
        """Brute force: each line's open part at the date, from its partials, in the bucket of its days."""
        expected = dict.fromkeys(BUCKETS, 0.0)
        for line in lines:
            settled = sum(p.amount for p in line.matched_credit_ids if p.max_date <= as_of)
            settled -= sum(p.amount for p in line.matched_debit_ids if p.max_date <= as_of)
            expected[bucket((as_of - (line.date_maturity or line.date)).days)] += line.balance - settled
        for key in BUCKETS:
            self.assertAlmostEqual(board["totals"][key]["amount"], expected[key], 2)

    def test_cell_opens_its_items(self):
        """R172: the items behind a cell add up to it."""
        self._invoice(10, due="2026-02-20")
        self._invoice(20, due="2026-02-10")
        self._invoice(40, due="2026-01-10")
        board = self._board()
        items = self.env["crm.open.item"].with_user(self.biller).with_context(as_of=board["as_of"])
        found = items.search([*board["domain"], ("partner_id", "=", self.customer.id), ("bucket", "=", "1_30")])
        self.assertEqual(sum(found.mapped("residual")), self._row(board)["1_30"])
        self.assertEqual(len(found.move_id), 2)

    def test_filters_by_salesperson_and_order_of_customers(self):
        """R171: filtered by salesperson the totals are that salesperson's; all salespeople stay to choose from."""
        second = self._customer("Second", user_id=self.other_salesman.id)
        self._invoice(10)
        self._invoice(30, partner=second, invoice_user_id=self.other_salesman.id)
        board = self._board(filters={"user_id": self.salesman.id})
        self.assertEqual((board["totals"]["total"]["amount"], board["count"]), (10, 1))
        options = self.env["crm.aging"].with_user(self.biller).get_options("2026-03-01")
        self.assertEqual(len(options["user_id"]), 2)
        self.assertEqual([row["key"] for row in self._board()["rows"]], [second.id, self.customer.id])
        by_name = self._board(order="name", limit=1)
        self.assertEqual([row["name"] for row in by_name["rows"]], ["Riverside Tools"])
        self.assertEqual(by_name["totals"]["total"]["amount"], 40)

    def test_companies_in_other_currencies_are_not_added_up(self):
        """R171, R201: books in another currency are named, and shown on their own."""
        currency = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        other = self.setup_other_company(currency_id=currency.id)["company"]
        self.env.user.company_ids += other
        self.biller.company_ids += other
        self._invoice(10)
        Aging = (
            self.env["crm.aging"].with_user(self.biller).with_context(allowed_company_ids=(self.company + other).ids)
        )
        board = Aging.get_board("2026-03-01")
        self.assertEqual((board["totals"]["total"]["amount"], board["left_out"]), (10, [other.name]))
        self.assertEqual(Aging.get_board("2026-03-01", {"company_id": other.id})["currency_id"], currency.id)

    def test_who_may_see_what(self):
        """R171: a salesperson sees own customers only; without accounting or sales rights nothing is shown."""
        self._invoice(10)
        self.assertEqual(self._board(self.salesman)["totals"]["total"]["amount"], 10)
        self.assertEqual(self._board(self.other_salesman)["count"], 0)
        nobody = new_test_user(self.env, "fin_nobody", "base.group_user", company_id=self.company.id)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            self._board(nobody)

    def test_disputed_promised_and_unapplied(self):
        """R171, R185, R201: what is disputed, promised and not yet matched stands beside the buckets, which keep to
        the ledger; disputed money is out of the figure to collect."""
        late = self._invoice(100, date="2026-01-01", due="2026-02-01")
        self._invoice(50, date="2026-01-01", due="2026-02-20")
        self._receipt(5, date="2026-02-20")
        line = late.line_ids.filtered(lambda item: item.account_id.account_type == "asset_receivable")
        self.env["crm.dispute"].with_user(self.biller).create(
            {
                "partner_id": self.customer.id,
                "cause_id": self.env.ref("crm_finance_bridge.crm_dispute_cause_price_list").id,
                "line_ids": [Command.create({"move_line_id": line.id, "amount": 60})],
            }
        )
        self.env["crm.payment.promise"].with_user(self.biller).create(
            {"partner_id": self.customer.id, "date": "2026-03-10", "amount": 40}
        )
        board = self._board()
        row = self._row(board)
        self.assertEqual((row["disputed"], row["promised"], row["unapplied"]), (60, 40, -5))
        self.assertEqual((row["overdue"], row["undisputed"], row["total"]), (145, 85, 145))
        self.assertEqual((row["1_30"], row["disputed_count"]), (145, 1))
        items = self.env["crm.open.item"].with_user(self.salesman).with_context(as_of=board["as_of"])
        self.assertEqual(items.search([*board["domain"], ("disputed", "!=", 0)]).move_id, late)
        self.assertFalse(self._row(self._board(as_of="2026-02-25"))["disputed"], "not yet disputed then")

    def test_marked_customers_and_what_they_owe_late(self):
        """R178, R179: a card shows what is overdue, not all that is owed; disputed money is not over limit."""
        self.company.write({"crm_credit_overdue_limit": 99, "crm_credit_max_days": 20})
        late = self._invoice(100, date="2026-01-01", due="2026-02-01")
        self._invoice(50, date="2026-02-20", due="2026-03-20")
        flags = self._board()["flags"]
        expected = {"amount": 100, "customers": 1}
        self.assertEqual((flags["over_limit"], flags["too_old"]), (expected, expected))
        line = late.line_ids.filtered(lambda item: item.account_id.account_type == "asset_receivable")
        self.env["crm.dispute"].with_user(self.biller).create(
            {
                "partner_id": self.customer.id,
                "cause_id": self.env.ref("crm_finance_bridge.crm_dispute_cause_price_list").id,
                "line_ids": [Command.create({"move_line_id": line.id, "amount": 1})],
            }
        )
        flags = self._board()["flags"]
        self.assertEqual((flags["over_limit"]["customers"], flags["too_old"]["customers"]), (0, 1))

    def test_screen_costs_the_same_at_any_size(self):
        """R171: the number of queries does not grow with customers."""

        def cost():
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self._board()
            return self.env.cr.sql_log_count - start

        self._invoice(10)
        cost()
        few = cost()
        for number in range(10):
            self._invoice(10, partner=self._customer(f"More {number}"))
        cost()  # caches that new records empty are warm again
        self.assertEqual(cost(), few)
        self.assertLess(few, 15)
