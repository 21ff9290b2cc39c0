"""From objection to payout and back: the roles of commission one after the other, and plans that are closed."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .commission_common import CommissionCommon


@tagged("post_install", "-at_install")
class TestCommissionPath(CommissionCommon):
    def total(self, plan):
        return round(sum(self.env["crm.commission.line"].search([("plan_id", "=", plan.id)]).mapped("amount")), 2)

    def compute_twice(self, month):
        """As finance, by the wizard; a second computation changes nothing."""
        names = ("plan_id", "user_id", "month", "source_key", "kind", "amount")
        seen = []
        for _time in range(2):
            wizard = self.env["crm.commission.compute"].with_user(self.finance).with_company(self.company)
            wizard.create({"until": month}).action_run()
            lines = self.env["crm.commission.line"].search([("company_id", "=", self.company.id)])
            seen.append(sorted([str(line[name]) for name in names] for line in lines))
        self.assertEqual(*seen)

    def close_month(self, month, *plans):
        """January is approved, then the plans are closed."""
        self.compute_twice(month)
        self.approve(self.statement(month=month))
        for plan in plans:
            plan.with_user(self.finance).action_close()
            self.assertEqual((plan.state, str(plan.date_to)), ("closed", "2026-01-31"))

    # === CLOSED PLANS === #

    @freeze_time("2026-12-02")
    def test_a_closed_plan_takes_back_what_it_paid(self):
        """R187: refunds and write-offs after a plan was closed; its copy earns, and takes nothing of it back."""
        money, sales = self.plan(5.0), self.plan(10.0, base="invoiced")
        paid, unpaid = (self._invoice(amount, date="2026-01-05") for amount in (1000.0, 500.0))
        self._pay(paid, 1000.0, "2026-01-10")
        self.close_month("2026-01-01", money, sales)
        self.assertEqual((self.total(money), self.total(sales)), (50.0, 150.0))
        money.active = False  # nor is it forgotten in the archive
        copy = money.copy({"active": True})
        copy.with_user(self.finance).action_activate()
        self.assertEqual(str(copy.date_from), "2026-02-01")

        self.pay_back(self.credit(paid, 400.0, date="2026-02-05"), "2026-02-06")
        self._register_payment(
            unpaid,
            payment_date="2026-02-20",
            amount=100.0,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self.compute_twice("2026-02-28")
        self.assertEqual((self.total(money), self.total(sales), self.total(copy)), (30.0, 70.0, 5.0))
        february = self.statement()
        self.assertEqual((february.taken_back, february.amount_total), (-100.0, -95.0))
        self.assertEqual(self.statement(month="2026-01-01").amount_total, 200.0)

        self.pay_back(self.credit(paid, 600.0, date="2026-03-05"), "2026-03-06")
        copy.with_user(self.finance).action_close()
        self.compute_twice("2026-03-31")
        self.assertEqual(self.total(money), 0.0, "no plan is in force any more")

    @freeze_time("2026-12-02")
    def test_a_closed_plan_pays_nothing_new(self):
        """R187: money matched anew is not lost to the salesperson; what comes after the last day is not earned."""
        plan = self.plan(5.0)
        invoice = self._invoice(1000.0, date="2026-01-05")
        payment = self._pay(invoice, 1000.0, "2026-01-10")
        self.close_month("2026-01-01", plan)
        self._pay(self._invoice(700.0, date="2026-02-01"), 700.0, "2026-02-10")
        self.compute_twice("2026-02-28")
        self.assertEqual((self.total(plan), bool(self.statement())), (50.0, False))
        invoice.line_ids.remove_move_reconcile()
        self.compute_twice("2026-02-28")
        self.assertEqual(self.total(plan), 0.0)
        lines = (invoice + payment.move_id).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.compute_twice("2026-02-28")
        self.assertEqual(self.total(plan), 50.0)

    @freeze_time("2026-12-02")
    def test_an_archived_plan_pays_nothing_new(self):
        """R187: after a plan was archived another may pay, from the next day on; what it paid it takes back."""
        old = self.plan(5.0, base="invoiced")
        sold = self._invoice(1000.0, date="2026-01-12")
        self.compute("2026-01-31")
        old.active = False
        self.plan(8.0, base="invoiced", date_from="2026-01-13")
        self._invoice(500.0, date="2026-01-20")
        self.compute_twice("2026-01-31")
        self.assertEqual(self.statement(month="2026-01-01").amount_total, 90.0, "50.00 and 40.00")
        self.credit(sold, 1000.0, date="2026-01-25")
        self.compute_twice("2026-01-31")
        self.assertEqual(self.total(old), 0.0)

    @freeze_time("2026-12-02")
    def test_a_closed_plan_pays_what_waited_for_a_dispute(self):
        """R187: an invoice that was disputed when its plan was closed belongs to no other plan."""
        plan = self.plan(5.0, base="invoiced")
        self._invoice(200.0, date="2026-01-10")
        invoice = self._invoice(1000.0, date="2026-02-12")
        line = invoice.line_ids.filtered(lambda item: item.account_type == "asset_receivable")
        dispute = (
            self.env["crm.dispute"]
            .with_user(self.finance)
            .create(
                {
                    "partner_id": self.customer.id,
                    "cause_id": self.env.ref("crm_finance_bridge.crm_dispute_cause_price_list").id,
                    "line_ids": [Command.create({"move_line_id": line.id, "amount": 1000.0})],
                }
            )
        )
        self._invoice(300.0, date="2026-02-03", invoice_user_id=self.other_salesman.id)
        self.compute("2026-02-28")
        self.assertEqual(self.total(plan), 25.0)
        self.approve(self.statement(self.other_salesman))
        plan.with_user(self.finance).action_close()
        self.assertEqual(str(plan.date_to), "2026-02-28")
        dispute.with_user(self.finance).action_cancel()
        self.compute_twice("2026-03-31")
        self.assertEqual(self.total(plan), 75.0)

    @freeze_time("2026-12-02")
    def test_which_plans_are_computed(self):
        """R187: a closed plan that paid nothing is done with; one without last day ends with what it earned."""
        plan, empty = self.plan(5.0), self.plan(5.0)
        self._pay(self._invoice(1000.0, date="2026-01-05"), 1000.0, "2026-01-10")
        self.assertFalse(plan._last_day())
        empty.state = "closed"
        self.compute("2026-01-31")
        plan.state = "closed"  # not by its button
        self.assertEqual(self.env["crm.commission.plan"]._in_effect(self.company), plan)
        self.assertEqual((str(plan._last_day()), str(empty._last_day())), ("2026-01-31", "2025-12-31"))
        self.compute("2026-02-28")
        self.assertEqual(self.statement(month="2026-01-01").amount_total, 50.0)
        self.assertIn(plan, self.plan(1.0, date_from="2026-01-31")._rivals())
        self.assertNotIn(plan, self.plan(1.0, date_from="2026-02-01")._rivals())

    # === THE WHOLE PATH === #

    def _pay_as(self, user, move, amount, day):
        wizard = self.env["account.payment.register"].with_user(user).with_company(self.company)
        wizard = wizard.with_context(active_model="account.move", active_ids=move.ids)
        wizard.create({"payment_date": day, "amount": amount}).action_create_payments()
        self.assertFalse(move.amount_residual)

    def test_objection_approval_payout_and_take_back(self):
        """R187: a salesperson sells and objects, finance answers, approves and books; a refund is taken back later."""
        self.plan(5.0)
        with freeze_time("2026-04-10 10:00:00"):
            order = self._order(1000.0).with_user(self.salesman)
            order.action_confirm()
            invoice = order.with_user(self.biller)._create_invoices()
            invoice.write({"invoice_date": "2026-04-10", "invoice_payment_term_id": False})
            invoice.action_post()
            self._pay_as(self.biller, invoice, 1000.0, "2026-04-12")
        with freeze_time("2026-05-04 10:00:00"):
            self.compute_twice("2026-04-30")
            april = self.statement(month="2026-04-01")
            own, finance = april.with_user(self.salesman), april.with_user(self.finance)
            self.assertEqual((own.state, own.amount_total), ("draft", 50.0))
            finance.action_send()
            objection = self.env["crm.commission.objection"].with_user(self.salesman)
            objection.create({"statement_id": own.id, "reason": "The fair is missing"}).action_object()
            self.assertEqual((own.state, april.activity_ids.user_id), ("objected", self.finance))
            finance.write({"answer": "Added", "line_ids": [Command.create({"amount": 7.0, "note": "Fair"})]})
            finance.action_send()
            self.assertEqual(own.answer, "Added")
            own.action_accept()
            for step in (own.action_approve, own.action_post):
                with self.assertRaises(AccessError):
                    step()
            finance.action_approve()
            finance.action_post()
        entry = april.move_id
        payable = entry.line_ids.filtered(lambda line: line.account_type == "liability_payable")
        self.assertEqual((april.state, entry.state, str(entry.date)), ("posted", "posted", "2026-04-30"))
        self.assertEqual((payable.partner_id, payable.balance), (self.salesman.partner_id, -57.0))
        self.assertEqual((entry.line_ids - payable).account_id, self.company.crm_commission_account_id)
        with freeze_time("2026-05-20 10:00:00"):
            refund = self.env["account.move.reversal"].with_user(self.biller).with_company(self.company)
            refund = refund.with_context(active_model="account.move", active_ids=invoice.ids)
            refund = refund.create({"journal_id": invoice.journal_id.id, "date": "2026-05-20"})
            refund = self.env["account.move"].with_user(self.biller).browse(refund.refund_moves()["res_id"])
            refund.action_post()
            self._pay_as(self.biller, refund, 1000.0, "2026-05-21")
        with freeze_time("2026-06-03 10:00:00"):
            self.compute_twice("2026-05-31")
            may = self.statement(month="2026-05-01")
            self.assertEqual((may.taken_back, may.amount_total), (-50.0, -50.0))
            self.assertEqual(may.with_user(self.salesman).line_ids.mapped("kind"), ["clawback"])
            may.with_user(self.finance).action_send()
            may.with_user(self.salesman).action_accept()
            may.with_user(self.finance).action_approve()
            may.with_user(self.finance).action_post()
        back = may.move_id.line_ids.filtered(lambda line: line.account_type == "liability_payable")
        self.assertEqual((april.amount_total, april.state, back.balance), (57.0, "posted", 50.0))
