"""Commission that ends, is undone or changes hands: closed plans, void payouts, acceptance, days of orders."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .commission_common import CommissionCommon


@tagged("post_install", "-at_install")
class TestCommissionClose(CommissionCommon):
    def approved(self):
        """The approved statement of February over 50.00, of 1000.00 collected."""
        self.plan(5.0)
        self._pay(self._invoice(1000.0), 1000.0, "2026-02-10")
        self.compute()
        statement = self.statement().with_user(self.finance)
        statement.action_send()
        statement.action_approve()
        return statement

    # === PLANS === #

    @freeze_time("2026-04-02")
    def test_a_closed_plan_and_its_copy_pay_once(self):
        """The copy goes on after the last month that was sent; what the old plan earned since is dropped."""
        plan = self.plan(5.0, date_to="2026-12-31").with_user(self.finance)
        for amount, day in ((600.0, "2026-02-10"), (400.0, "2026-03-10")):
            self._pay(self._invoice(amount), amount, day)
        self.compute("2026-03-31")
        self.statement().with_user(self.finance).action_send()
        self._pay(self._invoice(100.0), 100.0, "2026-02-20")  # too late for February's statement
        self.compute("2026-03-31")
        self.assertEqual(self.statement(month="2026-03-01").amount_total, 25.0)

        copy = plan.copy()
        self.assertEqual((str(copy.date_from), str(copy.date_to)), ("2026-03-01", "2026-12-31"))
        plan.action_close()
        self.assertEqual((plan.state, str(plan.date_to)), ("closed", "2026-02-28"))
        self.assertEqual(self.statement(month="2026-03-01").line_ids.mapped("source_amount"), [100.0])
        second = plan.copy()
        self.assertEqual((str(second.date_from), second.date_to), ("2026-03-01", False))
        copy.rule_ids.rate = 10.0
        copy.action_activate()
        self.assertFalse(copy.message_ids.filtered(lambda message: plan.name in (message.body or "")))
        self.compute("2026-03-31")
        march = self.statement(month="2026-03-01")
        paid = {line.source_amount: (line.plan_id, line.amount) for line in march.line_ids}
        self.assertEqual(paid, {100.0: (plan, 5.0), 400.0: (copy, 40.0)})
        lines = self.env["crm.commission.line"].search([("plan_id", "in", (plan + copy).ids)])
        self.assertEqual(sum(lines.mapped("source_amount")), 1100.0)

    @freeze_time("2026-04-10")
    def test_a_plan_closed_in_its_first_month_pays_nothing(self):
        """Nothing was sent: the provisional lines of the running month go, and the copy begins with it."""
        plan = self.plan(5.0, date_from="2026-04-01").with_user(self.finance)
        self._pay(self._invoice(600.0), 600.0, "2026-04-05")
        self.compute("2026-04-30")
        self.assertEqual(self.statement(month="2026-04-01").amount_total, 30.0)
        plan.action_close()
        self.assertFalse(self.statement(month="2026-04-01"))
        copy = plan.copy()
        self.assertEqual(str(copy.date_from), "2026-04-01")
        copy.action_activate()
        self.compute("2026-04-30")
        self.assertEqual(self.statement(month="2026-04-01").line_ids.plan_id, copy)

    @freeze_time("2026-04-02")
    def test_plans_on_the_same_sales_are_named(self):
        """Two plans in force on the same money, or a later one on money that is booked: the chatter says so."""
        first = self.plan(5.0, name="First plan")

        def warned(**values):
            found = self.plan(1.0, **values).message_ids.filtered(lambda message: first.name in (message.body or ""))
            self.env["crm.commission.plan"].browse(found.mapped("res_id")).state = "closed"
            return bool(found)

        self.assertTrue(warned())
        self.assertTrue(warned(user_ids=self.salesman.ids))
        self.assertFalse(warned(base="invoiced"))
        first.team_ids = self.team
        self.assertFalse(warned(team_ids=self.env["crm.team"].create({"name": "Other team"}).ids))
        first.write({"team_ids": [Command.clear()], "date_to": "2026-02-28"})
        self.assertFalse(warned(date_from="2026-03-01"))
        self.env["crm.commission.plan"].search([("id", "!=", first.id)]).state = "closed"
        self._pay(self._invoice(600.0), 600.0, "2026-02-10")
        self.compute()
        first.with_user(self.finance).action_close()
        self.assertTrue(warned(date_from="2026-02-01"))
        self.assertFalse(warned(date_from="2026-03-01"))

    # === PAYOUT === #

    @freeze_time("2026-04-02")
    def test_a_reversed_payout_is_not_paid_and_is_booked_again(self):
        statement = self.approved()
        statement.action_post()
        entry = statement.move_id
        self.assertFalse(statement.can_withdraw)
        with self.assertRaises(UserError):
            statement.action_withdraw()
        entry._reverse_moves(cancel=True)
        payable = entry.line_ids.filtered(lambda line: line.account_type == "liability_payable")
        self.assertTrue(payable.reconciled)
        self.assertFalse(statement.is_paid)
        self.assertTrue(statement.can_withdraw)
        statement.action_withdraw()
        self.assertEqual((statement.state, statement.approved_by_id), ("approved", self.finance))
        self.assertIn(entry.name, statement.message_ids[0].body)
        statement.action_post()
        self.assertNotEqual(statement.move_id, entry)
        owed = statement.move_id.line_ids.filtered(lambda line: line.account_type == "liability_payable")
        self._pay_out(owed)
        self.assertTrue(statement.is_paid)
        self.assertFalse(statement.can_withdraw)

    def _pay_out(self, owed):
        """Another entry settles what the company owes the person."""
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-04-02",
                "journal_id": self.company_data["default_journal_bank"].id,
                "line_ids": [
                    Command.create({"account_id": account.id, "partner_id": owed.partner_id.id, "balance": balance})
                    for account, balance in (
                        (owed.account_id, -owed.balance),
                        (self.company_data["default_journal_bank"].default_account_id, owed.balance),
                    )
                ],
            }
        )
        entry.action_post()
        (owed + entry.line_ids.filtered(lambda line: line.account_id == owed.account_id)).reconcile()

    @freeze_time("2026-04-02")
    def test_a_cancelled_or_deleted_payout_is_booked_again(self):
        statement = self.approved()
        statement.action_post()
        statement.move_id.button_draft()
        self.assertFalse(statement.can_withdraw, "the entry can still be posted")
        statement.move_id.button_cancel()
        statement.action_withdraw()
        self.assertEqual(statement.state, "approved")
        statement.action_post()
        statement.move_id.button_draft()
        statement.move_id.with_context(force_delete=True).unlink()
        self.assertEqual((statement.state, bool(statement.move_id)), ("posted", False))
        statement.action_withdraw()
        statement.action_post()
        self.assertEqual(statement.move_id.state, "posted")
        with self.assertRaises(UserError):
            statement.action_withdraw()

    # === ACCEPTANCE === #

    @freeze_time("2026-04-02")
    def test_a_changed_line_asks_the_person_again(self):
        self.plan(5.0)
        self._pay(self._invoice(1000.0), 1000.0, "2026-02-10")
        self.compute()
        statement = self.statement().with_user(self.finance)
        statement.action_send()
        own = statement.with_user(self.salesman)

        def accept():
            own.action_accept()
            self.assertTrue(statement.accepted_on)

        accept()
        line = (
            self.env["crm.commission.line"]
            .with_user(self.finance)
            .create({"statement_id": statement.id, "amount": 7.0, "note": "Order 12"})
        )
        self.assertFalse(statement.accepted_on)
        self.assertIn("Please check your commission again", statement.message_ids[0].body)
        self.assertIn(self.salesman.partner_id, statement.message_ids[0].partner_ids)
        accept()
        line.amount = 8.0
        self.assertFalse(statement.accepted_on)
        accept()
        line.unlink()
        self.assertFalse(statement.accepted_on)

    @freeze_time("2026-04-02")
    def test_a_line_does_not_move_into_an_approved_statement(self):
        approved = self.approved()
        open_month = (
            self.env["crm.commission.statement"]
            .sudo()
            .create({"company_id": self.company.id, "user_id": self.salesman.id, "month": "2026-03-01"})
        )
        line = (
            self.env["crm.commission.line"]
            .with_user(self.finance)
            .create({"statement_id": open_month.id, "amount": 7.0, "note": "Order 12"})
        )
        with self.assertRaises(UserError):
            line.write({"statement_id": approved.id})
        with self.assertRaises(UserError):
            line.write({"kind": "earned"})

    # === DAYS === #

    def test_the_day_of_an_order_is_the_companys(self):
        """An order of 1 February 07:00 in Shanghai is February's, whoever computes, wherever."""
        self.company.partner_id.tz = "Asia/Shanghai"
        self.plan(2.0, base="ordered")
        order = self._order(100.0)
        order.action_confirm()
        order.date_order = "2026-01-31 23:00:00"
        for zone in ("UTC", "America/New_York", "Asia/Shanghai"):
            self.engine.with_context(tz=zone)._run(
                self.company, self.env["crm.wage"]._fields["month"].to_date("2026-02-28")
            )
            self.assertEqual(self.statement().amount_total, 2.0, zone)
            self.assertEqual(str(self.statement().line_ids.date), "2026-02-01", zone)
            self.assertFalse(self.statement(month="2026-01-01"), zone)

    def test_a_running_month_is_not_sent(self):
        """What comes in later this month would wait until the next one."""
        self.plan(5.0)
        self._pay(self._invoice(1000.0), 1000.0, "2026-02-10")
        self.compute()
        statement = self.statement().with_user(self.finance)
        with freeze_time("2026-02-25"), self.assertRaises(UserError):
            statement.action_send()
        self.assertEqual(statement.state, "draft")
        with freeze_time("2026-03-01"):
            statement.action_send()
        self.assertEqual(statement.state, "sent")
