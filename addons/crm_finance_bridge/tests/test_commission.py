"""Commission on collected money: earned, approved, booked, taken back."""

from collections import defaultdict
from decimal import Decimal

from odoo import Command
from odoo.addons.crm_custom.tests.oracle import exact
from odoo.addons.crm_custom.tests.random_ledger import RandomLedger
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .commission_common import CommissionCommon


@tagged("post_install", "-at_install")
class TestCommission(CommissionCommon):
    def test_collected_not_invoiced_then_approved_and_booked(self):
        """R187: commission is on collected money pro rata to each payment, approved by finance, and booked."""
        plan = self.plan(5.0)
        invoice = self._invoice(1000.0)
        self._invoice(5000.0)  # never paid
        self._pay(invoice, 600.0, "2026-02-10")
        self._pay(invoice, 400.0, "2026-03-10")
        self.compute("2026-03-31")
        february, march = self.statement(), self.statement(month="2026-03-01")
        self.assertEqual((february.amount_total, march.amount_total), (30.0, 20.0))
        self.assertEqual((february.collected, march.collected), (600.0, 400.0))
        self.assertIn("5 %", february.line_ids.why)

        with freeze_time("2026-04-02"):
            with self.assertRaises(AccessError):
                february.with_user(self.salesman).action_approve()
            with self.assertRaises(UserError):
                february.with_user(self.finance).write({"state": "approved"})
            february.with_user(self.finance).action_send()
            self.approve(february)
        self.assertEqual((february.state, february.approved_by_id), ("approved", self.finance))
        february.with_user(self.finance).action_post()
        lines = february.move_id.line_ids
        payable = lines.filtered(lambda line: line.account_type == "liability_payable")
        self.assertEqual(february.move_id.state, "posted")
        self.assertEqual((payable.balance, payable.partner_id), (-30.0, self.salesman.partner_id))
        self.assertEqual((lines - payable).account_id, self.company.crm_commission_account_id)
        self.assertFalse(february.is_paid)
        with self.assertRaises(UserError):
            self.env["crm.commission.line"].create({"statement_id": february.id, "amount": 1.0, "note": "Too late"})
        self.assertEqual(plan.line_count, 2)

    @freeze_time("2026-04-02")
    def test_refund_reverses_what_was_paid(self):
        """R187: a credit note of a paid invoice takes the commission back, and the money going back does not twice."""
        self.plan(5.0)
        invoice = self._invoice(1000.0)
        self._pay(invoice, 1000.0, "2026-02-10")
        self.compute()
        february = self.statement()
        self.approve(february)
        self.assertEqual(february.amount_total, 50.0)

        refund = self.credit(invoice, 400.0)
        self.compute("2026-03-31")
        march = self.statement(month="2026-03-01")
        self.assertEqual((march.amount_total, march.line_ids.source), (-20.0, "credit_note"))
        self.pay_back(refund)
        self.compute("2026-03-31")
        march = self.statement(month="2026-03-01")
        self.assertEqual((march.amount_total, march.line_ids.source), (-20.0, "collection"))
        self.assertEqual(february.amount_total, 50.0, "an approved statement stays")

    @freeze_time("2026-04-02")
    def test_refund_after_the_claw_back_was_closed(self):
        """R187: the money going back later replaces the credit note that was taken back in a closed month."""
        self.plan(5.0)
        invoice = self._invoice(1000.0)
        self._pay(invoice, 1000.0, "2026-02-10")
        refund = self.credit(invoice, date="2026-02-20")
        self.compute()
        self.assertEqual(self.statement().amount_total, 0.0)
        self.approve(self.statement())
        self.pay_back(refund, "2026-03-03")
        self.compute("2026-03-31")
        march = self.statement(month="2026-03-01")
        self.assertEqual(sorted(march.line_ids.mapped("amount")), [-50.0, 50.0])
        self.assertEqual(self.compute("2026-03-31"), self.statement(month="2026-03-01"), "a second run changes nothing")
        self.assertEqual(self.statement(month="2026-03-01").amount_total, 0.0)

    @freeze_time("2026-04-02")
    def test_payment_undone_and_not_due_yet(self):
        """R187: a payment that bounces after approval is taken back at the rate that was paid, also of the leader."""
        plan = self.plan(
            5.0,
            share_ids=[
                Command.create({"role": "document", "percent": 100}),
                Command.create({"role": "leader", "percent": 10, "is_override": True}),
            ],
        )
        invoice = self._invoice(1000.0, team_id=self.team.id)
        self._pay(invoice, 1000.0, "2026-02-10")
        self.compute()
        self.assertEqual((self.statement().amount_total, self.statement(self.leader).amount_total), (50.0, 5.0))
        self.approve(self.statement() + self.statement(self.leader))
        plan.rule_ids.rate = 9.0  # the next money; not what is taken back
        invoice.line_ids.remove_move_reconcile()
        self.compute("2026-03-31")
        own, leader = self.statement(month="2026-03-01"), self.statement(self.leader, "2026-03-01")
        self.assertEqual((own.amount_total, leader.amount_total), (-50.0, -5.0))
        self.assertEqual(own.line_ids.mapped("kind"), ["clawback"])
        with self.assertRaises(UserError):
            own.with_user(self.salesman).action_accept()

    def test_rate_table_tiers_splits_and_caps(self):
        """R187: the first rate that fits decides; tiers are progressive over the quarter; splits and caps hold."""
        goods = self.env["product.category"].create({"name": "Goods"})
        self.service.categ_id = goods
        plan = self.plan(
            rules=[
                {"product_categ_id": goods.id, "discount_from": 20, "kind": "none"},
                {"product_categ_id": goods.id, "kind": "rate", "rate": 10},
                {"kind": "tier"},
            ],
            tier_period="quarter",
            tier_ids=[
                Command.create({"amount_from": 0, "rate": 1}),
                Command.create({"amount_from": 1000, "rate": 3}),
            ],
        )
        goods_line = {"product_id": self.service.id, "quantity": 1, "price_unit": 300.0, "tax_ids": [Command.clear()]}
        invoice = self._invoice(700.0, post=False)
        invoice.invoice_line_ids = [
            Command.create(goods_line),
            Command.create({**goods_line, "price_unit": 100.0, "discount": 50.0}),
        ]
        invoice.action_post()
        self._pay(invoice, 525.0, "2026-01-10")  # half: 350 other, 150 goods, 25 goods with discount
        self._pay(invoice, 525.0, "2026-02-10")
        self._pay(self._invoice(800.0), 800.0, "2026-02-20")
        self.compute()
        january, february = self.statement(month="2026-01-01"), self.statement()
        self.assertEqual(sorted(january.line_ids.mapped("amount")), [0.0, 3.5, 15.0])
        # 350 + 350 + 800 = 1500 in the quarter: 300 of the last at 1 %, 500 at 3 %
        self.assertEqual(sorted(february.line_ids.mapped("amount")), [0.0, 3.5, 15.0, 18.0])
        plan.cap_amount = 30.0
        plan.share_ids = [
            Command.create({"role": "document", "percent": 70}),
            Command.create({"role": "user", "user_id": self.other_salesman.id, "percent": 30}),
        ]
        self.compute()
        self.assertEqual(self.statement(self.other_salesman).collected, 397.5)
        self.assertEqual(self.statement().collected, 927.5)
        self.assertLessEqual(self.statement().amount_total, 30.0)
        with self.assertRaises(ValidationError):
            plan.share_ids = [Command.update(plan.share_ids[0].id, {"percent": 60})]

    def test_late_money_and_other_bases(self):
        """R187: late money earns less; a plan on invoices takes write-offs and what stays unpaid back."""
        self.plan(10.0, late_days=30, late_percent=50.0)
        invoiced = self.plan(10.0, base="invoiced", late_days=60)
        invoice = self._invoice(1000.0, date="2026-01-05")
        self._pay(invoice, 500.0, "2026-01-20")
        self._pay(invoice, 300.0, "2026-02-25")
        self.compute()
        late = self.statement().line_ids.filtered(lambda line: line.days_late > 30)
        self.assertEqual((late.source_amount, late.amount), (300.0, 15.0))

        def total():
            lines = self.env["crm.commission.line"].search([("plan_id", "=", invoiced.id)])
            return sum(lines.mapped("amount")), set(lines.mapped("source"))

        self.assertEqual(total(), (100.0, {"invoice"}))
        self.compute("2026-03-31")
        self.assertEqual(total(), (80.0, {"invoice", "late"}))
        self._register_payment(
            invoice,
            payment_date="2026-04-01",
            amount=50.0,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self.compute("2026-04-30")
        self.assertEqual(total(), (85.0, {"invoice", "write_off"}))

    def test_orders_and_margin(self):
        """R187: orders and the margin of collected money are bases; without a cost a margin earns nothing."""
        self.service.standard_price = 40.0
        ordered, margin = self.plan(2.0, base="ordered"), self.plan(10.0, base="margin")
        order = self._order(100.0)
        order.order_line.purchase_price = 40.0
        order.action_confirm()
        order.date_order = "2026-02-03 10:00:00"
        invoice = order._create_invoices()
        invoice.write({"invoice_date": "2026-02-04", "invoice_payment_term_id": False})
        invoice.action_post()
        self._pay(invoice, 50.0, "2026-02-10")
        self._pay(self._invoice(500.0), 500.0, "2026-02-11")
        self.compute()
        lines = self.statement().line_ids
        self.assertEqual(lines.filtered(lambda line: line.plan_id == ordered).mapped("amount"), [2.0])
        found = lines.filtered(lambda line: line.plan_id == margin)
        self.assertEqual(sorted(found.mapped("amount")), [0.0, 3.0])
        self.assertIn("cost", found.filtered(lambda line: not line.amount).why)
        order._action_cancel()
        self.compute()
        self.assertFalse(self.statement().line_ids.filtered(lambda line: line.plan_id == ordered))

    def test_margin_without_a_cost_earns_nothing(self):
        """R187: an order line whose cost is not known has no margin yet, not one of 100 %."""
        self.plan(10.0, base="margin")
        order = self._order(1000.0)
        order.action_confirm()
        self.assertEqual(order.order_line.margin_percent, 1.0)
        invoice = order._create_invoices()
        invoice.write({"invoice_date": "2026-02-04", "invoice_payment_term_id": False})
        invoice.action_post()
        self._pay(invoice, 1000.0, "2026-02-10")
        self.compute()
        self.assertEqual(self.statement().line_ids.mapped("amount"), [0.0])
        self.assertIn("cost", self.statement().line_ids.why)

    def test_sum_of_lines_equals_the_collection_to_the_cent(self):
        """R187: on a random ledger, closed month by month, the lines' money equals crm.collection, source by source."""
        partners = self.customer + self._customer("Second") + self._customer("Third")
        plan = self.plan(
            rules=[{"partner_id": partners[1].id, "kind": "rate", "rate": 7.5}, {"kind": "rate", "rate": 3.3}],
            date_from="2024-01-01",
            tax_included=True,
            take_back_credit=False,
            share_ids=[
                Command.create({"role": "document", "percent": 66.67}),
                Command.create({"role": "user", "user_id": self.other_salesman.id, "percent": 33.33}),
            ],
        )
        ledger = RandomLedger(self.env, self.company, partners, self.company.currency_id, seed=6).run(36)
        for moment, month in ((1, "2024-09-30"), (2, "2025-06-30"), (3, "2027-12-31")):
            self.compute(month)
            self._check_against_collection(plan, month)
            if moment == 1:
                self._check_rates_by_brute_force(plan, partners[1])
            with freeze_time("2028-01-01"):
                self.approve(
                    self.env["crm.commission.statement"].search(
                        [("user_id", "!=", False), ("company_id", "=", self.company.id), ("state", "=", "draft")]
                    )
                )
            ledger.run(9)
        self.assertTrue(ledger.done["pay"] or ledger.done["pay_part"])

    def _check_against_collection(self, plan, month):
        facts = self.env["crm.collection"]
        facts.invalidate_model()
        wanted = defaultdict(Decimal)
        for row in facts.search([("company_id", "=", self.company.id), ("date", "<=", month)]):
            wanted[f"c{row.id}"] += exact(row.amount)
        booked = defaultdict(Decimal)
        for line in self.env["crm.commission.line"].search([("plan_id", "=", plan.id)]):
            booked[line.source_key] += exact(line.source_amount)
        self.assertTrue(wanted)
        self.assertEqual({key: value for key, value in booked.items() if value}, dict(wanted))

    def _check_rates_by_brute_force(self, plan, special):
        for line in self.env["crm.commission.line"].search([("plan_id", "=", plan.id)]):
            rate = Decimal("0.075") if line.partner_id == special else Decimal("0.033")
            expected = exact(line.source_amount) * rate if line.user_id else Decimal(0)
            self.assertLessEqual(abs(exact(line.amount) - expected), Decimal("0.005"), line.why)
