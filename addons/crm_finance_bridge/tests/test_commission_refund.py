"""What is refunded is taken back from those who earned it, at the rates that were paid, by the plan that paid."""

from collections import defaultdict
from decimal import Decimal

from odoo import Command
from odoo.addons.crm_custom.tests.oracle import exact
from odoo.tests import freeze_time, tagged

from .commission_common import CommissionCommon

TIERS = ((0, 1), (10000, 5))


@tagged("post_install", "-at_install")
@freeze_time("2026-12-02")
class TestCommissionRefund(CommissionCommon):
    def tiers(self, *tiers, **values):
        steps = [Command.create({"amount_from": start, "rate": rate}) for start, rate in tiers]
        return self.plan(rules=[{"kind": "tier"}], tier_ids=steps, **values)

    def paid(self, amount=20000.0, date="2026-01-10", **values):
        invoice = self._invoice(amount, date="2026-01-05", **values)
        self._pay(invoice, amount, date)
        return invoice

    def check_money(self, plan):
        """The money of the plan's lines is that of crm.collection, source by source."""
        facts = self.env["crm.collection"]
        facts.invalidate_model()
        wanted = {f"c{row.id}": exact(row.amount) for row in facts.search([("company_id", "=", self.company.id)])}
        booked = defaultdict(Decimal)
        for line in self.env["crm.commission.line"].search(
            [("plan_id", "=", plan.id), ("is_override", "=", False), ("source", "=", "collection")]
        ):
            booked[line.source_key] += exact(line.source_amount)
        self.assertEqual({key: value for key, value in booked.items() if value}, wanted)

    def test_tiers(self):
        """R187: what was paid by tiers is taken back at the rate it came to, refund by refund, also of the leader."""
        self._check_tiers(TIERS, 600.0)

    def test_tiers_from_a_threshold(self):
        """R187: the same where nothing is earned below the first tier."""
        self._check_tiers(TIERS[1:], 500.0)

    def _check_tiers(self, tiers, paid):
        plan = self.tiers(
            *tiers,
            share_ids=[
                Command.create({"role": "document", "percent": 100}),
                Command.create({"role": "leader", "percent": 10, "is_override": True}),
            ],
        )
        invoice = self.paid(team_id=self.team.id)
        self.close("2026-01-31")
        self.assertEqual(self.totals(plan), {self.salesman: paid, self.leader: paid / 10})
        self.pay_back(self.credit(invoice, 5000.0, date="2026-02-05"), "2026-02-06")
        self.compute_twice("2026-02-28")
        self.assertEqual(self.totals(plan), {self.salesman: paid * 0.75, self.leader: paid * 0.075})
        self.assertIn("rate that was paid", self.statement().line_ids.why)
        self.close("2026-02-28")
        self.pay_back(self.credit(invoice, 15000.0, date="2026-03-05"), "2026-03-06")
        self.compute_twice("2026-03-31")
        self.assertEqual(self.totals(plan), {})
        self._pay(self._invoice(20000.0, date="2026-03-07", team_id=self.team.id), 20000.0, "2026-03-20")
        self.compute_twice("2026-03-31")
        self.assertEqual(
            self.totals(plan), {self.salesman: paid, self.leader: paid / 10}, "it costs the tiers of this month nothing"
        )
        self.check_money(plan)

    def test_money_that_goes_back_late_is_no_late_money(self):
        """R187: the cut for late money is for money received, with and without an invoice behind the credit note."""
        plan = self.plan(5.0, late_days=60, late_percent=0.0)
        refund = self.credit(self.paid(1000.0), date="2026-01-20")
        self.close("2026-01-31")
        self.pay_back(refund, "2026-08-01")
        self.compute_twice("2026-08-31")
        self.assertEqual(self.totals(plan), {})
        loose = self._invoice(100.0, date="2026-01-05", move_type="out_refund")
        self.pay_back(loose, "2026-08-01")
        self.compute_twice("2026-08-31")
        self.assertEqual(self.totals(plan), {self.salesman: -5.0})
        self.check_money(plan)

    def test_from_the_person_who_earned_it(self):
        """R187: the salesperson changed since; the one who was paid gives back, the new one nothing."""
        plans = [self.plan(5.0), self.plan(10.0, base="invoiced")]
        only = self.plan(3.0, user_ids=[Command.set(self.salesman.ids)])
        other = self.plan(2.0, user_ids=[Command.set(self.other_salesman.ids)])
        invoice = self.paid(1000.0)
        self.close("2026-01-31")
        invoice.invoice_user_id = self.other_salesman
        self.pay_back(self.credit(invoice, date="2026-02-05"), "2026-02-06")
        self.compute_twice("2026-02-28")
        for plan in [*plans, only, other]:
            self.assertEqual(self.totals(plan), {})
        self.check_money(plans[0])

    def test_a_cap_does_not_turn_a_refund_into_a_debt(self):
        """R187: what the cap took of a sale is given back when the sale is undone, up to the cap."""
        plan = self.plan(5.0, cap_amount=1000.0)
        bounced, credited = self.paid(20000.0), self.paid(10000.0)
        self.close("2026-01-31")
        january = self.statement(month="2026-01-01")
        self.assertEqual((january.amount_total, january.other), (1000.0, -500.0))
        plan.cap_amount = 0.0  # of later months only
        self.pay_back(self.credit(credited, 4000.0, date="2026-02-05"), "2026-02-06")
        self.compute_twice("2026-02-28")
        self.assertEqual(self.totals(plan), {self.salesman: 1000.0}, "1,300 are still beyond the cap")
        self.close("2026-02-28")
        bounced.line_ids.remove_move_reconcile()
        self.compute_twice("2026-03-31")
        self.assertEqual(self.totals(plan), {self.salesman: 300.0})
        self.pay_back(self.credit(credited, 6000.0, date="2026-03-05"), "2026-03-06")
        self.compute_twice("2026-03-31")
        self.assertEqual(self.totals(plan), {})
        released = self.statement(month="2026-03-01").line_ids.filtered(lambda line: line.kind == "cap")
        self.assertIn("takes less", released.why)

    def test_by_the_plan_that_paid(self):
        """R187: after its last day a plan takes back what it paid; the plan that follows takes nothing back."""
        old = self.tiers(*TIERS, date_to="2026-01-31")
        sales = self.plan(10.0, base="invoiced", date_to="2026-01-31", late_days=60)
        new = self.plan(2.0, date_from="2026-02-01")
        new_sales = self.plan(2.0, base="invoiced", date_from="2026-02-01", late_days=60)
        invoice, unpaid = self.paid(), self._invoice(1000.0, date="2026-01-05")
        self.compute("2026-01-31")
        self.assertEqual(self.totals(sales), {self.salesman: 2100.0})
        self.pay_back(self.credit(invoice, date="2026-02-05"), "2026-02-06")
        self._invoice(500.0, date="2026-02-07")
        self.compute_twice("2026-02-28")
        self.assertEqual((self.totals(old), self.totals(new)), ({}, {}))
        self.assertEqual(self.totals(sales), {self.salesman: 100.0})
        self.close("2026-02-28")
        self.compute_twice("2026-03-31")
        self.assertEqual((self.totals(sales), self.totals(new_sales)), ({}, {self.salesman: 10.0}), "unpaid too long")
        self.close("2026-03-31")
        self.credit(unpaid, date="2026-04-05", reconcile=True)
        self.compute_twice("2026-04-30")
        self.assertEqual((self.totals(sales), self.totals(new)), ({}, {}))

    def test_money_of_two_plans_goes_back_in_proportion(self):
        """R187: half of an invoice whose payments two plans paid for is refunded: each takes half of its own back."""
        old, new = self.plan(5.0, date_to="2026-01-31"), self.plan(2.0, date_from="2026-02-01")
        invoice = self._invoice(1000.0, date="2026-01-05")
        self._pay(invoice, 600.0, "2026-01-10")
        self._pay(invoice, 400.0, "2026-02-10")
        self.close("2026-02-28")
        self.pay_back(self.credit(invoice, 500.0), "2026-03-06")
        self.compute_twice("2026-03-31")
        self.assertEqual((self.totals(old), self.totals(new)), ({self.salesman: 15.0}, {self.salesman: 4.0}))
        self.pay_back(self.credit(invoice, 500.0, date="2026-04-05"), "2026-04-06")
        self.compute_twice("2026-04-30")
        self.assertEqual((self.totals(old), self.totals(new)), ({}, {}))

    def test_credit_note_line_by_line_and_write_off(self):
        """R187: on invoices a credited product takes back its own rate; a write-off with tax all that is left."""
        goods = self.env["product.category"].create({"name": "Goods"})
        self.service.categ_id = goods
        rates = [{"product_categ_id": goods.id, "kind": "rate", "rate": 10}, {"kind": "rate", "rate": 1}]
        plan = self.plan(rules=rates, base="invoiced")
        invoice = self._invoice(333.33, date="2026-01-05", post=False)
        tax = self.company_data["default_tax_sale"]
        line = {"product_id": self.service.id, "quantity": 1, "price_unit": 100.0, "tax_ids": [Command.set(tax.ids)]}
        invoice.invoice_line_ids = [Command.create(line)]
        invoice.action_post()
        self.close("2026-01-31")
        self.assertEqual(self.totals(plan), {self.salesman: 13.33})
        plan.rule_ids.rate = 50.0
        refund = invoice._reverse_moves([{"invoice_date": "2026-02-05", "date": "2026-02-05"}])
        refund.invoice_line_ids.filtered(lambda line: line.product_id != self.service).unlink()
        refund.action_post()
        (invoice + refund).line_ids.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.compute_twice("2026-02-28")
        self.assertEqual(self.totals(plan), {self.salesman: 3.33})
        self.close("2026-02-28")
        self._register_payment(
            invoice,
            payment_date="2026-03-01",
            amount=0.01,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self.compute_twice("2026-03-31")
        self.assertEqual(self.totals(plan), {})
