from datetime import date

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .funds_case import TYPES, FundsExpenseCase


@tagged("post_install", "-at_install")
class TestFundsExpense(FundsExpenseCase, HttpCase):
    # === TYPES === #

    def test_six_types_with_accounts(self):
        """R169: all six types are installed, each with an item and an account; more can be added."""
        types = self.env["crm.expense.type"].with_user(self.supervisor).with_company(self.company)
        for name in TYPES:
            kind = types.browse(self.types[name].id)
            self.assertEqual(kind.account_id.internal_group, "expense", name)
            self.assertIn(self.company, kind.account_id.company_ids)
            self.assertEqual(self.items[name].crm_expense_type_id, kind)
            self.assertEqual(self._expense(5, name).account_id, kind.account_id, "the item takes the type's account")
        self.assertEqual(types.browse(self.types["rent"].id).account_id.name, "Rent")
        more = types.create({"name": "Insurance"})
        self.assertTrue(more.account_id)
        more.account_id = self.account
        item = self.env["product.product"].create(
            {"name": "Fire insurance", "can_be_expensed": True, "crm_expense_type_id": more.id}
        )
        self.assertEqual(item.product_tmpl_id._get_product_accounts()["expense"], self.account)
        own = self.account.copy({"code": "609999"})
        item.property_account_expense_id = own
        self.assertEqual(item.product_tmpl_id._get_product_accounts()["expense"], own, "its own account comes first")
        with self.assertRaises(AccessError):
            self.env["crm.expense.type"].with_user(self.salesman).create({"name": "Mine"})

    def test_daily_entry(self):
        """R168: type, amount, date, operator, document, campaign and customer are entered in the list and posted."""
        view = "crm_finance_bridge.hr_expense_view_list_daily"
        form = Form(self.env["hr.expense"].with_user(self.supervisor), view=view)
        form.date = date(2026, 3, 4)
        form.product_id = self.items["office"]
        form.name = "Paper"
        form.employee_id = self.employee
        form.total_amount_currency = 12.5
        form.campaign_id = self.campaign
        form.crm_customer_id = self.customer
        expense = form.save()
        self._attach(expense)
        self.assertEqual(expense.crm_expense_type_id, self.types["office"])
        move = self._post(expense)
        row = self._entries(move_id=move.id)
        self.assertRecordValues(
            row,
            [
                {
                    "type_id": self.types["office"].id,
                    "amount": 12.5,
                    "product_id": self.items["office"].id,
                    "operator_id": self.salesman.id,
                    "campaign_id": self.campaign.id,
                    "customer_id": self.customer.id,
                    "has_document": True,
                }
            ],
        )

    # === REPORTS === #

    def _some_entries(self):
        """Two months, two operators, expenses, bills, an entry on a typed account, a refund, goods and a draft."""
        self.rent = self.account.copy({"code": "609001", "name": "Rent of shops"})
        self.types["rent"].with_company(self.company).account_id = self.rent
        self._post(self._expense(10, payment_mode="company_account"))
        self._post(self._expense(5, "office", day="2026-04-02", payment_mode="company_account"))
        for amount, day, kind in ((100, "2026-03-05", "in_invoice"), (30, "2026-04-05", "in_refund")):
            bill = self._invoice(amount, date=day, move_type=kind, invoice_user_id=self.other_salesman.id, post=False)
            bill.invoice_line_ids.product_id = self.items["utilities"]
            bill.invoice_line_ids.write({"price_unit": amount, "tax_ids": [Command.clear()]})
            bill.action_post()
        self._invoice(999, move_type="in_invoice", post=False)
        entry = self.env["account.move"].create(
            {
                "date": "2026-03-31",
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create({"account_id": self.rent.id, "debit": 200, "name": "Rent of March"}),
                    Command.create(
                        {"account_id": self.company_data["default_account_payable"].id, "credit": 200, "name": "Rent"}
                    ),
                ],
            }
        )
        entry.action_post()

    def test_statistics_by_four_groups(self):
        """R184: category, item, month and operator each total what is posted on expense accounts, by hand too."""
        self._some_entries()
        by_hand = sum(
            line.balance
            for line in self.env["account.move.line"].search(
                [("company_id", "=", self.company.id), ("parent_state", "=", "posted")]
            )
            if line.account_id.account_type in ("expense", "expense_depreciation", "expense_other")
        )
        Entry = self.env["crm.expense.entry"].with_user(self.finance)
        domain = [("company_id", "=", self.company.id)]
        self.env.flush_all()
        expected = {
            "type_id": {"selling": 10, "office": 5, "utilities": 70, "rent": 200},
            "product_id": {"selling": 10, "office": 5, "utilities": 70, None: 200},
            "date:month": {date(2026, 3, 1): 310, date(2026, 4, 1): -25},
            "operator_id": {self.salesman: 15, self.other_salesman: 70, self.env.user: 200},
        }
        names = {record: name for name, record in (*self.types.items(), *self.items.items())}
        for group, wanted in expected.items():
            found = {}
            for key, amount in Entry._read_group(domain, [group], ["amount:sum"]):
                found[names.get(key, (key or None) if group != "date:month" else key)] = amount
            self.assertEqual(found, wanted, group)
            self.assertAlmostEqual(sum(found.values()), by_hand)

    def test_operator_is_who_the_document_names(self):
        """R168, R184: the operator is who spent or bought it; the system is nobody, nor is who books for another."""
        self.employee.sudo().user_id = False
        spent = self._post(self._expense(5, payment_mode="company_account"))
        self.assertFalse(self._entries(move_id=spent.id).operator_id)
        item = self.items["office"]
        order = (
            self.env["purchase.order"]
            .sudo()
            .create(
                {
                    "partner_id": self.customer.id,
                    "user_id": self.other_salesman.id,
                    "company_id": self.company.id,
                    "order_line": [Command.create({"product_id": item.id, "product_qty": 1, "price_unit": 30})],
                }
            )
        )
        bill = self._invoice(30, date="2026-03-05", move_type="in_invoice", invoice_user_id=False, post=False)
        bill.invoice_line_ids.write({"product_id": item.id, "purchase_line_id": order.order_line.id})
        bill.action_post()
        self.assertEqual(self._entries(move_id=bill.id).operator_id, self.other_salesman)
        by_hand = self._invoice(7, date="2026-03-06", move_type="in_invoice", invoice_user_id=False)
        self.assertEqual(self._entries(move_id=by_hand.id).operator_id, self.env.user)
        robot = (
            self.env["account.move"]
            .with_user(SUPERUSER_ID)
            .create(
                {
                    "date": "2026-03-31",
                    "journal_id": self.company_data["default_journal_misc"].id,
                    "line_ids": [
                        Command.create({"account_id": self.account.id, "debit": 9, "name": "Monthly part"}),
                        Command.create(
                            {"account_id": self.company_data["default_account_payable"].id, "credit": 9, "name": "Part"}
                        ),
                    ],
                }
            )
        )
        robot.action_post()
        self.assertFalse(self._entries(move_id=robot.id).operator_id)
        groups = self.env["crm.expense.entry"].with_user(self.finance)._read_group(
            [("company_id", "=", self.company.id)], ["operator_id"], ["amount:sum"]
        )  # fmt: skip
        self.assertEqual(sum(amount for user, amount in groups if not user), 14)

    def test_details_with_documents(self):
        """R184.1: expenses of any period with their documents; those without one can be found."""
        self._some_entries()
        march = [("company_id", "=", self.company.id), ("date", ">=", "2026-03-01"), ("date", "<=", "2026-03-31")]
        Entry = self.env["crm.expense.entry"].with_user(self.biller)
        rows = Entry.search(march)
        self.assertEqual(sorted(rows.mapped("amount")), [10, 100, 200])
        self.assertFalse(any(rows.mapped("has_document")))
        self._attach(rows.filtered(lambda row: row.amount == 100).move_id)
        self._attach(rows.expense_id)
        rows.invalidate_recordset()
        self.assertEqual(Entry.search([*march, ("has_document", "=", False)]).mapped("amount"), [200])
        opened = rows.filtered("expense_id").with_user(self.supervisor).action_open_document()
        self.assertEqual((opened["res_model"], opened["res_id"]), ("hr.expense", rows.expense_id.id))

    def test_who_sees_which_expenses(self):
        """R184: a salesperson sees own expenses, no one else's; without a role nothing is shown."""
        self._some_entries()
        self.assertEqual(sorted(self._entries(self.salesman).mapped("amount")), [5, 10])
        self.assertEqual(sorted(self._entries(self.other_salesman).mapped("amount")), [-30, 100])
        nobody = self._user("fin_nobody3", "base.group_user")
        with self.assertRaises(AccessError):
            self._entries(nobody)
        stranger = new_test_user(self.env, "fin_stranger", "account.group_account_invoice")
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertFalse(self.env["crm.expense.entry"].with_user(stranger).search([]).filtered("amount"))

    # === COST TO SERVE === #

    def test_expense_report_of_a_salesperson(self):
        """R188: a salesperson's expense for a customer and a campaign counts in the cost to serve him and in the
        campaign's cost once it is approved and posted, not before."""
        expense = self._expense(40, user=self.salesman, crm_customer_id=self.customer.id, campaign_id=self.campaign.id)
        self._invoice(25)
        self.env["crm.scorecard"].sudo()._run(self.company, date(2026, 3, 31))

        def served():
            self.env.flush_all()
            query = self.env["crm.give.up"]._served(self.company, date(2026, 1, 1), date(2027, 1, 1))
            found = {row[0]: row[2] for row in self.env.execute_query(query)}
            costs = self.env["crm.campaign.cost"].sudo().search([("campaign_id", "=", self.campaign.id)])
            return float(found.get(self.customer.id, 0)), sum(costs.mapped("amount"))

        cost_before, campaign_before = served()
        expense.action_submit()
        self.assertEqual(served(), (cost_before, campaign_before))
        with self.assertRaises(AccessError), self.cr.savepoint():
            expense.with_user(self.other_salesman).name = "Not mine"
        expense.with_user(self.supervisor).action_approve()
        expense.sudo()._post_without_wizard()
        self.assertEqual(served(), (cost_before + 40, campaign_before + 40))
        action = self.customer.with_user(self.salesman).action_crm_expenses()
        rows = self.env["crm.expense.entry"].with_user(self.salesman).search(action["domain"])
        self.assertEqual(rows.mapped("amount"), [40])
        events = self.env["crm.customer.event"].with_user(self.salesman)
        spent = events.search([("partner_id", "=", self.customer.id), ("kind", "=", "expense")])
        self.assertRecordValues(spent, [{"amount": 40, "user_id": self.salesman.id, "res_id": expense.id}])

    # === ORDERS === #

    def test_order_shows_invoiced_collected_open(self):
        """R197: an order's invoiced, collected and open amounts and its receipts, as its salesperson sees them."""
        order = self._order(100)
        order.action_confirm()
        self.assertEqual((order.crm_invoiced, order.crm_collected, order.crm_open), (0, 0, 0))
        invoice = order._create_invoices()
        self.assertEqual(order.crm_invoiced, 0, "a draft is not invoiced")
        invoice.invoice_date = "2026-02-01"
        invoice.action_post()
        self._pay(invoice, 30, "2026-02-10")
        self._register_payment(
            invoice,
            payment_date="2026-02-20",
            amount=60,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.account.id,
        )
        self.env.flush_all()
        self.env.invalidate_all()
        seen = order.with_user(self.salesman)
        self.assertEqual((seen.crm_invoiced, seen.crm_collected, seen.crm_open), (100, 90, 0))
        self.assertEqual(seen.crm_receipt_ids.mapped("amount"), [60, 30])
        read = seen.web_read({"crm_receipt_ids": {"fields": {"date": {}, "amount_currency": {}}}})
        self.assertEqual([row["amount_currency"] for row in read[0]["crm_receipt_ids"]], [60, 30])
        refund = invoice._reverse_moves([{"date": "2026-03-01", "invoice_date": "2026-03-01"}])
        refund.action_post()
        self._pay(refund, 100, "2026-03-02")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((seen.crm_invoiced, seen.crm_collected, seen.crm_open), (0, -10, 0))

    def test_invoice_of_two_orders_and_query_count(self):
        """R197: an invoice of two orders counts for each by its lines; 100 orders cost as many queries as three."""
        orders = self._order(100) + self._order(50.01)
        orders.action_confirm()
        invoice = orders._create_invoices()
        self.assertEqual(len(invoice), 1)
        invoice.invoice_date = "2026-02-01"
        invoice.action_post()
        self._pay(invoice, 50, "2026-02-10")
        more = self.env["sale.order"].concat(*(self._order(10) for _number in range(8)))
        more.action_confirm()
        many = self.env["sale.order"].create([{"partner_id": self.customer.id} for _number in range(90)])
        self.env.flush_all()

        def cost(records):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            records.mapped("crm_open")
            records.mapped("crm_receipt_ids")
            return self.env.cr.sql_log_count - start

        cost(orders + more[0])
        self.assertEqual(cost(orders + more[0]), cost(orders + more))
        self.assertEqual(cost(orders + more), cost(orders + more + many), "100 orders cost no more than ten")
        self.assertEqual(orders.mapped("crm_invoiced"), [100, 50.01])
        self.assertAlmostEqual(sum(orders.mapped("crm_collected")), 50)
        self.assertAlmostEqual(sum(orders.mapped("crm_open")), invoice.amount_residual)
        for order in orders:
            self.assertAlmostEqual(order.crm_invoiced, order.crm_collected + order.crm_open, 2)

    # === TOUR === #

    def test_tour(self):
        """R183: an accountant picks purposes on the screen, sees the net and opens the movements."""
        self._pay(self._invoice(100), 80, "2026-02-10")
        self._pay(self._invoice(30, move_type="in_invoice", partner=self.customer), 30, "2026-02-11")
        self.start_tour("/odoo/money-in-and-out", "crm_finance_bridge_funds", login="fin_biller")
