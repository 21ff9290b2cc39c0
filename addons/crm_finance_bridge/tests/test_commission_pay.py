"""What a salesperson sees: own wage, commission, expenses, objection, performance."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from psycopg2.errors import UniqueViolation

from .commission_common import CommissionCommon


@tagged("post_install", "-at_install")
class TestCommissionPay(CommissionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan(5.0)
        for amount, user in ((1000.0, cls.salesman), (300.0, cls.other_salesman)):
            cls._pay(cls._invoice(amount, invoice_user_id=user.id), amount, "2026-02-10")
        cls.compute()
        cls.wages = cls.env["crm.wage"].create(
            [
                {"user_id": user.id, "company_id": cls.company.id, "month": "2026-02-14", "amount": amount}
                for user, amount in ((cls.salesman, 2000.0), (cls.other_salesman, 1800.0))
            ]
        )
        employees = cls.env["hr.employee"].sudo().create(
            [{"name": user.name, "user_id": user.id, "company_id": cls.company.id}
             for user in (cls.salesman, cls.other_salesman)]
        )  # fmt: skip
        taxi = cls.env["product.product"].create({"name": "Taxi", "can_be_expensed": True, "standard_price": 0})
        cls.expenses = cls.env["hr.expense"].sudo().create(
            [
                {"name": "Taxi", "employee_id": employee.id, "product_id": taxi.id, "total_amount_currency": amount,
                 "date": "2026-02-20", "company_id": cls.company.id, "tax_ids": [Command.clear()]}
                for employee, amount in ((employees[0], 40.0), (employees[0], 25.0), (employees[1], 99.0))
            ]
        )  # fmt: skip
        cls.expenses[0].approval_state = "approved"

    def pay(self, user):
        rows = self.env["crm.salesperson.pay"].with_user(user)
        rows.invalidate_model()
        return rows.search([("company_id", "=", self.company.id)])

    def test_own_wage_commission_and_expense_by_month(self):
        """R186: a salesperson sees own wage, commission and expense by month and no one else's."""
        row = self.pay(self.salesman)
        self.assertEqual((row.user_id, str(row.month)), (self.salesman, "2026-02-01"))
        self.assertEqual((row.wage, row.commission, row.commission_approved), (2000.0, 50.0, 0.0))
        self.assertEqual((row.expense, row.expense_waiting), (40.0, 25.0))
        with freeze_time("2026-03-05"):
            self.approve(self.statement())
        self.assertEqual(self.pay(self.salesman).commission_approved, 50.0)
        self.assertEqual(self.pay(self.leader), self.pay(self.leader).browse(), "a sales manager sees no one's pay")
        self.assertEqual(len(self.pay(self.finance)), 2)
        for action in (row.action_open_commission(), row.action_open_wage(), row.action_open_expenses()):
            found = self.env[action["res_model"]].with_user(self.salesman).search(action["domain"])
            self.assertTrue(found)
            self.assertFalse(found.with_user(self.other_salesman)._filtered_access("read"))

    def test_foreign_figures_are_closed(self):
        """R186: wage, lines and statement of another person cannot be read, changed or made, by nobody else."""
        foreign = self.statement(self.other_salesman)
        for records in (self.wages[1], foreign, foreign.line_ids):
            self.assertFalse(records.with_user(self.salesman).search([("user_id", "=", self.other_salesman.id)]))
            with self.assertRaises(AccessError):
                records.with_user(self.salesman).check_access("read")
            with self.assertRaises(AccessError):
                records.with_user(self.other_salesman).check_access("write")
        for user in (self.leader, self.biller):
            self.assertFalse(self.wages.with_user(user).has_access("read"))
        with self.assertRaises(AccessError):
            self.statement(self.other_salesman).with_user(self.salesman)._object("Mine")

    def test_wage_from_a_posted_item(self):
        """R186: a wage is an entered or a posted figure; a posted one equals its journal item."""
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-03-31",
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create({"account_id": self.company_data["default_account_expense"].id, "balance": 2100.0}),
                    Command.create({"account_id": self.company_data["default_account_payable"].id, "balance": -2100.0}),
                ],
            }
        )
        item = entry.line_ids.filtered(lambda line: line.balance > 0)
        vals = {"user_id": self.salesman.id, "company_id": self.company.id, "month": "2026-03-09"}
        with self.assertRaises(ValidationError):
            self.env["crm.wage"].with_user(self.finance).create({**vals, "move_line_id": item.id})
        entry.action_post()
        wage = self.env["crm.wage"].with_user(self.finance).create({**vals, "move_line_id": item.id})
        self.assertEqual((wage.amount, wage.origin, str(wage.month)), (2100.0, "posted", "2026-03-01"))
        self.assertEqual(wage.with_user(self.salesman).origin, "posted")
        with self.assertRaises(ValidationError):
            wage.amount = 1.0
        wage.write({"move_line_id": False, "amount": 2050.0})
        self.assertEqual((wage.amount, wage.origin), (2050.0, "entered"))

    def test_a_posted_wage_is_its_item(self):
        """R186: an item is the wage of one person, and the wage is what the entry says now, wherever it is read."""
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-03-31",
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create({"account_id": self.company_data["default_account_expense"].id, "balance": 6100.0}),
                    Command.create({"account_id": self.company_data["default_account_payable"].id, "balance": -6100.0}),
                ],
            }
        )
        entry.action_post()
        item = entry.line_ids.filtered(lambda line: line.balance > 0)
        vals = {"company_id": self.company.id, "month": "2026-03-09", "move_line_id": item.id}
        Wage = self.env["crm.wage"].with_user(self.finance)
        wage = Wage.create({**vals, "user_id": self.salesman.id})
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation), self.env.cr.savepoint():
            Wage.create({**vals, "user_id": self.other_salesman.id})

        def shown():
            row = self.pay(self.salesman).filtered(lambda row: str(row.month) == "2026-03-01")
            return wage.amount, wage.origin, row.wage, row.total

        self.assertEqual(shown(), (6100.0, "posted", 6100.0, 6100.0))
        by_hand = Wage.create({"company_id": self.company.id, "month": "2026-04-09", "user_id": self.salesman.id})
        by_hand.amount = 900.0
        self.assertEqual(Wage.fields_get(["amount"], ["aggregator"])["amount"]["aggregator"], "sum")
        self.assertEqual(
            Wage._read_group([("id", "in", (wage + by_hand).ids)], ["user_id"], ["amount:sum"]),
            [(self.salesman, 7000.0)],
        )
        entry.button_draft()
        self.assertEqual(shown(), (0.0, "unposted", 0.0, 0.0))
        entry.write(
            {
                "line_ids": [
                    Command.update(line.id, {"balance": 6500.0 if line == item else -6500.0}) for line in entry.line_ids
                ]
            }
        )
        entry.action_post()
        self.assertEqual(shown(), (6500.0, "posted", 6500.0, 6500.0))
        self.assertEqual(wage.with_user(self.salesman).amount, 6500.0)
        entry.button_draft()
        entry.button_cancel()
        self.assertEqual(shown(), (0.0, "unposted", 0.0, 0.0))

    @freeze_time("2026-03-05")
    def test_payout_is_an_expense_of_commission(self):
        """R184, R169: what pays commission out, takes it back and pays it again is of that type, on any account."""
        kind = self.env.ref("crm_finance_bridge.crm_expense_type_commission")
        types = self.env["crm.expense.type"].with_company(self.company).search([])
        account = self.company.crm_commission_account_id
        types.account_id = account  # as installed: no account of its own
        statement = self.statement()
        self.approve(statement)

        def spent():
            self.env.flush_all()
            rows = self.env["crm.expense.entry"].with_user(self.finance).search([("company_id", "=", self.company.id)])
            return [(row.type_id, row.amount) for row in rows.sorted("id")]

        own = statement.with_user(self.finance)
        own.action_post()
        self.assertEqual(spent(), [(kind, 50.0)])
        statement.move_id._reverse_moves([{"date": "2026-03-31"}], cancel=True)
        own.action_withdraw()
        self.assertEqual(spent(), [(kind, 50.0), (kind, -50.0)])
        self.company.crm_commission_account_id = account.copy({"code": "609998", "account_type": "expense_direct_cost"})
        own.action_post()
        self.assertEqual(spent(), [(kind, 50.0), (kind, -50.0), (kind, 50.0)])
        check = self.env["crm.figure.check"].create(
            {"company_id": self.company.id, "date_from": "2026-01-01", "date_to": "2026-12-31"}
        )
        check.action_check()
        line = check.line_ids.filtered(lambda line: line.code == "expense")
        self.assertEqual((line.figure, line.ledger), (50.0, 50.0))

    @freeze_time("2026-03-05")
    def test_objection_answer_and_approval(self):
        """R187: the salesperson objects to the statement, finance answers with a line by hand and approves."""
        statement = self.statement()
        own = statement.with_user(self.salesman)
        with self.assertRaises(UserError):
            own.action_accept()  # not sent yet
        statement.with_user(self.finance).action_send()
        self.compute()
        self.assertEqual(statement.amount_total, 50.0, "a statement that was sent is not computed again")
        wizard = self.env["crm.commission.objection"].with_user(self.salesman)
        wizard.create({"statement_id": statement.id, "reason": "<b>One</b> order is missing"}).action_object()
        self.assertEqual((statement.state, statement.objection), ("objected", "<b>One</b> order is missing"))
        self.assertIn("&lt;b&gt;", statement.activity_ids.note)
        finance = statement.with_user(self.finance)
        finance.write({"answer": "Added", "line_ids": [Command.create({"amount": 7.0, "note": "Order 12"})]})
        with self.assertRaises(UserError):
            finance.line_ids.filtered(lambda line: line.kind == "earned").amount = 90.0
        finance.action_send()
        own.action_accept()
        finance.action_approve()
        self.assertEqual((statement.amount_total, statement.other), (57.0, 7.0))

    @freeze_time("2026-03-05")
    def test_nobody_approves_the_own_commission(self):
        """R187: approval needs a second person, and the month to be over."""
        self.salesman.group_ids += self.env.ref("account.group_account_manager")
        with self.assertRaises(UserError):
            self.statement().with_user(self.salesman).action_approve()
        with freeze_time("2026-02-25"), self.assertRaises(UserError):
            self.approve(self.statement())
        self.approve(self.statement())

    def test_simulation_on_the_last_quarter(self):
        """R187: a draft plan is simulated on the last quarter beside what is paid now, and books nothing."""
        draft = self.plan(8.0, activate=False, date_from="2026-09-01")
        lines = self.env["crm.commission.line"].search_count([])
        with freeze_time("2026-05-05"):
            wizard = self.env["crm.commission.simulation"].with_user(self.finance)
            wizard = wizard.with_company(self.company).create({"plan_id": draft.id})
        self.assertEqual((str(wizard.date_from), str(wizard.date_to)), ("2026-01-01", "2026-03-31"))
        wizard.action_simulate()
        found = {line.user_id: (line.amount, line.current, line.difference) for line in wizard.line_ids}
        self.assertEqual(found[self.salesman], (80.0, 50.0, 30.0))
        self.assertEqual((wizard.amount, wizard.current), (104.0, 65.0))
        self.assertEqual(self.env["crm.commission.line"].search_count([]), lines)

    def test_own_performance_by_month(self):
        """R186.1: a salesperson sees own orders, collections, target and rank by month."""
        self.env["crm.target"].search([]).active = False
        target = self.env["crm.target"].create(
            {"measure": "ordered", "amount": 400.0, "date_from": "2026-02-01", "date_to": "2026-02-28", "scope": "user",
             "user_id": self.salesman.id, "company_id": self.company.id}
        )  # fmt: skip
        target.action_confirm()
        for amount, user in ((100.0, self.salesman), (900.0, self.other_salesman)):
            order = self._order(amount, user_id=user.id)
            order.action_confirm()
            order.date_order = "2026-02-12 10:00:00"
        with freeze_time("2026-03-05"):
            rows = self.env["crm.salesperson.month"].with_user(self.salesman)
            rows.invalidate_model()
            row = rows.search([("month", "=", "2026-02-01"), ("company_id", "=", self.company.id)])
            self.assertEqual(row.user_id, self.salesman)
            self.assertEqual((row.orders, row.ordered, row.target_ordered, row.attainment), (1, 100.0, 400.0, 25.0))
            self.assertEqual((row.collected, row.rank, row.rank_ordered, row.people), (1000.0, 1, 2, 2))
            self.assertEqual(row.target_state, "missed")
            found = self.env["crm.performance"].with_user(self.salesman).search(row.action_open_performance()["domain"])
            self.assertEqual(sum(found.mapped("collected")), 1000.0)
            other = rows.with_user(self.leader).search([("user_id", "=", self.other_salesman.id)])
            self.assertEqual((other.rank_ordered, other.target_state), (1, "none"))
            self.assertFalse(rows.search([("user_id", "=", self.other_salesman.id)]))

    def test_another_company_stays_apart(self):
        """R186, R187: plans, statements and pay of a company are seen there only; nothing of the other is computed."""
        other = self.env["res.company"].create({"name": "Other house"})
        self.finance.company_ids += other
        foreign = self.env["crm.commission.plan"].create({"name": "Foreign", "company_id": other.id})
        models = ("crm.commission.statement", "crm.commission.line", "crm.wage", "crm.salesperson.pay")
        for model in models:
            records = self.env[model].with_user(self.finance).with_context(allowed_company_ids=other.ids)
            self.assertFalse(records.search([]), model)
        seen = (
            self.env["crm.commission.plan"].with_user(self.finance).with_context(allowed_company_ids=self.company.ids)
        )
        self.assertNotIn(foreign, seen.search([]))
        self.assertFalse(self.engine._run(other, self.wages[0].month))

    def test_lists_take_the_same_queries_for_ten_and_a_hundred(self):
        statement = self.statement()
        names = ["display_name", "why", "state", "partner_id", "move_id", "amount"]
        counts = []
        for size in (10, 100):
            statement.write(
                {"line_ids": [Command.create({"amount": 1.0, "note": str(number)}) for number in range(size)]}
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["crm.commission.line"].search([("statement_id", "=", statement.id)]).read(names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)
