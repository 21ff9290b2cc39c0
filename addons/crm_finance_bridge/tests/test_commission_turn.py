"""Sales that wait for an open statement and what undoes them; money matched anew; refunds after a deposit."""

from odoo import Command
from odoo.tests import freeze_time, tagged

from .commission_common import CommissionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-12-02")
class TestCommissionTurn(CommissionCommon):
    def booked(self, plan, month):
        """Commissions of the salesperson's lines in a month, sorted."""
        lines = self.statement(month=month).line_ids.filtered(lambda line: line.plan_id == plan)
        return sorted(lines.mapped("amount"))

    # === CLOSED MONTHS === #

    def closed_autumn(self):
        """September and October are approved; what names no salesperson stays a draft of September."""
        self._invoice(300.0, date="2026-09-01")
        self._invoice(50.0, date="2026-09-01", invoice_user_id=False)
        self._pay(self._invoice(200.0, date="2026-10-01"), 200.0, "2026-10-02")
        self._pay(self._invoice(200.0, date="2026-09-01"), 200.0, "2026-09-02")
        self.close("2026-10-31")
        for month in ("2026-09-01", "2026-10-01"):
            self.assertEqual(self.statement(month=month).state, "approved")

    def test_what_undoes_a_late_invoice_waits_for_it(self):
        """R187: invoices entered after their month was closed: the credit note and the delay take them back."""
        plan = self.plan(4.0, base="invoiced", date_from="2026-09-01", late_days=30, late_percent=0.0)
        self.closed_autumn()
        self._invoice(1000.0, date="2026-09-05", due="2026-09-05")
        credited = self._invoice(700.0, date="2026-09-10")
        self.credit(credited, date="2026-10-10", reconcile=True)
        backdated = self._invoice(500.0, date="2026-09-20", due="2026-12-31")
        self.credit(backdated, date="2026-09-15", reconcile=True)
        self.compute_twice("2026-11-30")
        self.assertEqual(self.booked(plan, "2026-11-01"), [-40.0, -28.0, -20.0, 20.0, 28.0, 40.0])

    def test_a_refund_of_late_money_waits_for_it(self):
        """R187: also where the plan has ended, money booked late is taken back when it was refunded."""
        plan = self.plan(5.0, date_from="2026-09-01", date_to="2026-09-30")
        self.plan(1.0, base="invoiced", date_from="2026-09-01")  # has drafts of September
        self.closed_autumn()
        invoice = self._invoice(150.0, date="2026-09-05")
        self._pay(invoice, 150.0, "2026-09-10")
        self.pay_back(self.credit(invoice, date="2026-10-10"), "2026-10-11")
        self.compute_twice("2026-11-30")
        self.assertEqual(self.booked(plan, "2026-11-01"), [-7.5, 7.5])

    # === MATCHED ANEW === #

    def rematch(self, invoice, payment):
        """Take a payment off its invoice and put it back, as the invoice's form does."""
        line = payment.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        partial = line.matched_debit_ids | line.matched_credit_ids
        invoice.js_remove_outstanding_partial(partial.id)
        self.assertTrue(invoice.amount_residual)
        invoice.js_assign_outstanding_line(line.id)
        self.assertFalse(invoice.amount_residual)

    def test_money_matched_anew_moves_nothing(self):
        """R187: no money changed, so neither does commission; what is taken off for good is still taken back."""
        tiers = [Command.create({"amount_from": start, "rate": rate}) for start, rate in ((0, 1), (10000, 2))]
        plan = self.plan(rules=[{"kind": "tier"}], tier_ids=tiers, progressive=False, date_from="2026-09-01")
        invoice = self._invoice(16384.96, date="2026-09-01")
        payment = self._pay(invoice, 16384.96, "2026-09-07")
        refund = self.credit(invoice, 384.96, date="2026-09-20")
        back = self.pay_back(refund, "2026-09-21")
        self.close("2026-09-30")
        september = self.statement(month="2026-09-01").amount_total
        self.assertEqual(september, 320.0)
        for move, money in ((invoice, payment), (refund, back), (invoice, payment)):
            self.rematch(move, money)
            self.compute_twice("2026-11-30")
            self.assertEqual(self.totals(plan), {self.salesman: 320.0})
            self.assertFalse(self.statement(month="2026-11-01").line_ids)
        invoice.line_ids.remove_move_reconcile()
        self.compute_twice("2026-11-30")
        self.assertEqual(self.totals(plan), {self.salesman: -7.7})
        (invoice + payment.move_id).line_ids.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.pay_back(self.credit(invoice, 8000.0, date="2026-11-05"), "2026-11-06")
        self.compute_twice("2026-11-30")
        self.assertEqual(self.totals(plan), {self.salesman: 160.0})

    def test_money_matched_anew_of_a_shared_order(self):
        """R187: each person's part finds its own again; matched by another amount it counts anew."""
        plan = self.plan(5.0, date_from="2026-09-01")
        order = self._order(1000.0)
        shares = ((self.salesman, 60), (self.other_salesman, 40))
        order.with_user(self.leader).crm_split_ids = [
            Command.create({"user_id": user.id, "percent": percent}) for user, percent in shares
        ]
        self.env.cr.flush()
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.write({"invoice_date": "2026-09-02", "invoice_payment_term_id": False})
        invoice.action_post()
        payment = self._pay(invoice, 1000.0, "2026-09-07")
        self.close("2026-09-30")
        self.rematch(invoice, payment)
        self.compute_twice("2026-11-30")
        self.assertEqual(self.totals(plan), {self.salesman: 30.0, self.other_salesman: 20.0})
        self.assertFalse(self.statement(month="2026-11-01"))
        second = self._invoice(400.0, date="2026-09-03")
        line = payment.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        invoice.line_ids.remove_move_reconcile()
        second.js_assign_outstanding_line(line.id)
        invoice.js_assign_outstanding_line(line.id)
        self.compute_twice("2026-11-30")
        self.assertEqual(self.totals(plan), {self.salesman: 38.0, self.other_salesman: 12.0})

    # === DEPOSITS === #

    def deposited(self, plan):
        """Ten units of 100, margin 785.70; 300 as a down payment, 700 by the final invoice: both paid and closed."""
        self.service.standard_price = 21.43
        order = self._order(100.0)
        order.order_line.write({"product_uom_qty": 10.0, "purchase_price": 21.43})
        order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].create(
            {"sale_order_ids": [Command.set(order.ids)], "advance_payment_method": "fixed", "fixed_amount": 300.0}
        )
        for invoice in (wizard._create_invoices(order), order._create_invoices(final=True)):
            invoice.write({"invoice_date": "2026-09-02", "invoice_payment_term_id": False})
            invoice.action_post()
            self._pay(invoice, invoice.amount_total, "2026-09-07")
        self.assertEqual(invoice.amount_total, 700.0)
        self.close("2026-09-30")
        self.assertEqual(self.totals(plan), {self.salesman: 78.57})
        return invoice

    def credit_units(self, invoice, units, deposit=0.0, date="2026-10-10"):
        refund = invoice._reverse_moves([{"invoice_date": date, "date": date}])
        refund.invoice_line_ids.filtered("is_downpayment").price_unit = deposit
        refund.invoice_line_ids.filtered(lambda line: line.product_id == self.service).quantity = units
        refund.action_post()
        return refund

    def test_refund_after_a_deposit(self):
        """R187: two of ten units take back two tenths of the margin, though a deposit paid 300 of the 1,000."""
        plan = self.plan(10.0, base="margin", date_from="2026-09-01")
        invoice = self.deposited(plan)
        refund = self.credit_units(invoice, 2)
        self.compute_twice("2026-10-31")
        self.assertEqual(self.totals(plan), {self.salesman: 62.86}, "not paid back yet")
        self.pay_back(refund, "2026-10-12")
        self.compute_twice("2026-10-31")
        self.assertEqual(self.totals(plan), {self.salesman: 62.86})
        self.close("2026-10-31")
        self.pay_back(self.credit_units(invoice, 8, deposit=300.0, date="2026-11-10"), "2026-11-12")
        self.compute_twice("2026-11-30")
        self.assertEqual(self.totals(plan), {})

    def test_whole_refund_after_a_deposit(self):
        """R187: the whole final invoice, less its deposit, takes back all."""
        plan = self.plan(10.0, base="margin", date_from="2026-09-01")
        invoice = self.deposited(plan)
        self.pay_back(self.credit_units(invoice, 10, deposit=300.0), "2026-10-12")
        self.compute_twice("2026-10-31")
        self.assertEqual(self.totals(plan), {})

    def test_refund_by_hand_after_a_deposit(self):
        """R187: a credit note that names no order takes back in proportion to the money, all of it in the end."""
        plan = self.plan(10.0, base="margin", date_from="2026-09-01")
        invoice = self.deposited(plan)
        for amount, rest in ((350.0, {self.salesman: 39.28}), (350.0, {})):
            refund = self._invoice(amount, date="2026-10-10", move_type="out_refund", reversed_entry_id=invoice.id)
            self.pay_back(refund, "2026-10-12")
            self.compute_twice("2026-10-31")
            self.assertEqual(self.totals(plan), rest)

    def test_refund_beyond_the_final_invoice(self):
        """R187: eight of ten units, 800, go back while the final invoice brought 700: eight tenths."""
        plan = self.plan(10.0, base="margin", date_from="2026-09-01")
        self.pay_back(self.credit_units(self.deposited(plan), 8), "2026-10-12")
        self.compute_twice("2026-10-31")
        self.assertEqual(self.totals(plan), {self.salesman: 15.71})
