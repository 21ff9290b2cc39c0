"""An order that people share, and invoices whose commission waits for the end of a dispute."""

from collections import defaultdict
from decimal import Decimal

from odoo import Command
from odoo.addons.crm_custom.tests.oracle import exact
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .commission_common import CommissionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-12-02")
class TestCommissionSplit(CommissionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.third = cls._user("fin_third", "sales_team.group_sale_salesman")
        cls.people = (cls.salesman, cls.other_salesman, cls.third)

    def share(self, order, *percents):
        """The sales manager shares an order, in the form: all lines are written at once."""
        lines = [
            Command.create({"user_id": user.id, "percent": percent})
            for user, percent in zip(self.people, percents, strict=False)
        ]
        order.with_user(self.leader).write({"crm_split_ids": [Command.clear(), *lines]})
        self.env.cr.flush()

    def sell(self, amount, *percents, date="2026-02-04", **values):
        order = self._order(amount, **values)
        if percents:
            self.share(order, *percents)
        order.action_confirm()
        order.date_order = f"{date} 10:00:00"
        return order

    def bill(self, orders, date="2026-02-04"):
        invoice = orders._create_invoices()
        invoice.write({"invoice_date": date, "invoice_payment_term_id": False})
        invoice.action_post()
        return invoice

    def check_money(self, plan):
        """The money of the plan's lines is that of crm.collection, source by source; each person's row once."""
        facts = self.env["crm.collection"]
        facts.invalidate_model()
        wanted = {f"c{row.id}": exact(row.amount) for row in facts.search([("company_id", "=", self.company.id)])}
        booked = defaultdict(Decimal)
        for line in self.env["crm.commission.line"].search([("plan_id", "=", plan.id), ("is_override", "=", False)]):
            booked[line.source_key.partition("/")[0]] += exact(line.source_amount)
        self.assertEqual({key: value for key, value in booked.items() if value}, wanted)

    # === EARNED AND TAKEN BACK === #

    def test_two_people_share_an_order(self):
        """R187: 60/40 of each payment to the cent; a leader on top of both; a refund takes back from both."""
        leader = Command.create({"role": "leader", "percent": 10, "is_override": True})
        plan = self.plan(5.0, share_ids=[Command.create({"role": "document", "percent": 100}), leader])
        only = self.plan(5.0, user_ids=[Command.set(self.other_salesman.ids)])
        order = self.sell(1000.0, 60, 40, team_id=self.team.id)
        invoice = self.bill(order + self.sell(500.0, team_id=self.team.id))
        self._pay(invoice, 333.33, "2026-02-10")
        self._pay(invoice, 1166.67, "2026-02-11")
        self.compute()
        self.assertEqual(self.totals(plan), {self.salesman: 55.0, self.other_salesman: 20.0, self.leader: 7.5})
        self.assertEqual(self.totals(only), {self.other_salesman: 20.0})
        self.assertEqual(set(self.statement(self.other_salesman).line_ids.mapped("share")), {40.0})
        self.check_money(plan)
        self.approve(self.statement() + self.statement(self.other_salesman) + self.statement(self.leader))
        with self.assertRaises(UserError):
            self.share(order, 50, 50)
        refund = invoice._reverse_moves([{"invoice_date": "2026-03-05", "date": "2026-03-05"}])
        refund.invoice_line_ids.filtered(lambda line: order not in line.sale_line_ids.order_id).unlink()
        refund.action_post()
        self.pay_back(refund)
        self.compute("2026-03-31")
        self.assertEqual(self.totals(plan), {self.salesman: 25.0, self.leader: 2.5})
        self.assertFalse(self.totals(only))
        self.check_money(plan)

    def test_cents_of_uneven_shares(self):
        """R187: many small payments over thirds sum to crm.collection to the cent, before and after a change."""
        plan = self.plan(3.3)
        order = self.sell(100.01, 33.33, 33.33, 33.34)
        invoice = self.bill(order)
        for cents in (1, 2, 5, 333, 667, 3000):
            self._pay(invoice, cents / 100, "2026-02-10")
        self.compute()
        self.check_money(plan)
        for user in self.people:
            self.statement(user).with_user(self.finance).action_send()
        self.share(order, 50, 50)
        self._pay(invoice, 60.0, "2026-03-10")
        self.compute("2026-03-31")
        self.check_money(plan)
        lines = self.env["crm.commission.line"].search([("plan_id", "=", plan.id)])
        money = {user: sum(lines.filtered(lambda line, user=user: line.user_id == user).mapped("source_amount"))
                 for user in self.people}  # fmt: skip
        self.assertAlmostEqual(money[self.third], 0.0, 2)
        self.assertAlmostEqual(money[self.salesman], money[self.other_salesman], delta=0.06)

    def test_other_bases_and_plan_shares(self):
        """R187: orders and invoices are shared too; what a plan gives to others is taken off first."""
        ordered = self.plan(10.0, base="ordered")
        invoiced = self.plan(
            10.0,
            base="invoiced",
            share_ids=[
                Command.create({"role": "document", "percent": 70}),
                Command.create({"role": "user", "user_id": self.third.id, "percent": 30}),
            ],
        )
        order = self.sell(1000.0, 60, 40)
        invoice = self.bill(order)
        self.compute()
        self.assertEqual(self.totals(ordered), {self.salesman: 60.0, self.other_salesman: 40.0})
        wanted = {self.salesman: 42.0, self.other_salesman: 28.0, self.third: 30.0}
        self.assertEqual(self.totals(invoiced), wanted)
        self.credit(invoice, 500.0, date="2026-02-20", reconcile=True)
        self.compute()
        self.assertEqual(self.totals(invoiced), {user: amount / 2 for user, amount in wanted.items()})

    # === RIGHTS === #

    def test_who_shares_an_order(self):
        """R187: a sales manager names the people, percents sum to 100; those of the order see it, no one else does."""
        order = self.sell(1000.0, 60, 40)
        rows = order.crm_split_ids
        for user, seen in ((self.salesman, 2), (self.other_salesman, 1), (self.third, 0), (self.biller, 2)):
            found = self.env["crm.commission.split"].with_user(user).search([("order_id", "=", order.id)])
            self.assertEqual(len(found), seen, user.login)
            for step in (lambda row: row.write({"percent": 50}), lambda row: row.unlink(), lambda row: row.copy()):
                with self.assertRaises(AccessError):
                    step(rows[0].with_user(user))
        for percents in ((60,), (60, 50), (60, 39.9)):
            with self.assertRaises(ValidationError):
                self.share(order, *percents)
        stranger = new_test_user(
            self.env,
            "fin_stranger",
            groups="sales_team.group_sale_salesman",
            company_id=self.env["res.company"].create({"name": "Elsewhere"}).id,
        )
        with self.assertRaises(ValidationError):
            rows[0].with_user(self.leader).user_id = stranger
        self.share(order)
        self.assertFalse(order.crm_split_ids)
        self.assertFalse(order.copy().crm_split_ids)

    def test_in_the_form_of_the_order(self):
        """R187: people of sales and accounting find the split in the order; workers of the stock do not."""
        worker = self._user("fin_worker", "stock.group_stock_user")
        for user, sees in ((self.salesman, True), (self.leader, True), (self.biller, True), (worker, False)):
            view = self.env["sale.order"].with_user(user).get_view(view_type="form")["arch"]
            self.assertEqual("crm_split_ids" in view, sees, user.login)

    # === DISPUTES === #

    def test_a_disputed_invoice_waits(self):
        """R187: on invoices, what is disputed earns in the month in which the dispute has ended, and is not late."""
        plan = self.plan(10.0, base="invoiced", late_days=10)
        invoice, other = self._invoice(1000.0, date="2026-02-04"), self._invoice(200.0, date="2026-02-05")
        item = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        dispute = (
            self.env["crm.dispute"]
            .with_user(self.biller)
            .create(
                {
                    "partner_id": self.customer.id,
                    "cause_id": self.env.ref("crm_finance_bridge.crm_dispute_cause_price_list").id,
                    "line_ids": [Command.create({"move_line_id": item.id, "amount": 300.0})],
                }
            )
        )
        self._pay(other, 200.0, "2026-02-10")
        self.compute()
        self.assertEqual(self.totals(plan), {self.salesman: 20.0})
        self.approve(self.statement())
        self.compute("2026-03-31")
        self.assertEqual(self.totals(plan), {self.salesman: 20.0}, "what never earned is not taken back")
        self._pay(invoice, 1000.0, "2026-03-20")
        dispute.action_won()
        self.compute("2026-03-31")
        self.assertEqual(self.statement(month="2026-03-01").amount_total, 100.0)
        dispute.action_reopen()
        plan.hold_disputes = False
        self.compute("2026-03-31")
        self.assertEqual(self.statement(month="2026-03-01").amount_total, 100.0)
