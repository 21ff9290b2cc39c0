from collections import defaultdict

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import FinanceCommon

FIRST, LAST = "2026-01-01", "2026-12-31"


@tagged("post_install", "-at_install")
class TestFunds(FinanceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.company_data["default_journal_bank"]
        cls.cash = cls.company_data["default_journal_cash"]
        cls.supplier = cls.env["res.partner"].create({"name": "Steel Mill", "is_company": True})
        cls.dollar = cls.company.currency_id
        cls.foreign = cls.setup_other_currency("EUR", rates=[("1900-01-01", 1.0), ("2016-01-01", 2.0)])

    # === HELPERS === #

    def _flows(self, user=None, **equal):
        self.env.flush_all()
        Flow = self.env["crm.funds.flow"].with_user(user or self.biller)
        domain = [("company_id", "=", self.company.id), ("date", ">=", FIRST), ("date", "<=", LAST)]
        return Flow.search(domain + [(key, "=", value) for key, value in equal.items()])

    def _liquid_items(self):
        """Posted items of the year on bank, cash, card and outstanding accounts, chosen in Python."""
        journals = self.env["account.journal"].search([("type", "in", ("bank", "cash", "credit"))])
        liquid = journals.default_account_id | self.env["account.payment"].search([]).outstanding_account_id
        liquid |= journals.inbound_payment_method_line_ids.payment_account_id
        liquid |= journals.outbound_payment_method_line_ids.payment_account_id
        items = self.env["account.move.line"].search(
            [("parent_state", "=", "posted"), ("company_id", "=", self.company.id), ("date", ">=", FIRST)]
        )
        return items.filtered(
            lambda line: line.account_id in liquid or line.account_type in ("asset_cash", "liability_credit_card")
        )

    def _brute_force(self):
        """Net per entry over its items on bank, cash, card and outstanding accounts, in Python."""
        found = defaultdict(float)
        for line in self._liquid_items():
            found[line.move_id.id] += line.balance
        return {move: round(amount, 2) for move, amount in found.items() if round(amount, 2)}

    def _bill(self, amount, date="2026-03-01"):
        return self._invoice(amount, date=date, partner=self.supplier, move_type="in_invoice", invoice_user_id=False)

    def _statement(self, amount, partner=None, date="2026-04-02", journal=None):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": (journal or self.bank).id,
                "date": date,
                "payment_ref": "Bank line",
                "amount": amount,
                "partner_id": partner.id if partner else False,
            }
        )

    def _entry(self, debit, credit, amount, date="2026-04-03", post=True):
        move = self.env["account.move"].create(
            {
                "date": date,
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create({"account_id": debit.id, "debit": amount, "name": "d"}),
                    Command.create({"account_id": credit.id, "credit": amount, "name": "c"}),
                ],
            }
        )
        if post:
            move.action_post()
        return move

    def _many_movements(self):
        """Receipts matched whole, in part and not at all, a discount, a refund, suppliers, banks, foreign money."""
        one, two = self._invoice(100), self._invoice(60, invoice_user_id=self.other_salesman.id)
        self._pay(one + two, 130, date="2026-02-10")
        self._pay(one + two, 10, date="2026-03-10")
        self._receipt(35.55, date="2026-03-11")
        self._register_payment(
            self._invoice(100, date="2026-03-01"),
            payment_date="2026-03-12",
            amount=98,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        refund = self._invoice(20, date="2026-03-05", move_type="out_refund")
        self._pay(refund, 20, date="2026-03-15")
        self._pay(self._bill(300), 120, date="2026-03-20")
        foreign = self._invoice(50, date="2026-03-02", currency_id=self.foreign.id)
        self._register_payment(foreign, payment_date="2026-05-01")
        self._register_payment(self._invoice(44), payment_date="2026-05-03", journal_id=self.cash.id)
        self._statement(77)
        self._statement(-9.99, self.supplier)
        self._entry(self.company_data["default_account_expense"], self.cash.default_account_id, 15)
        self._entry(self.bank.default_account_id, self.cash.default_account_id, 12)

    # === TESTS === #

    def test_every_movement_once_and_equal_to_the_ledger(self):
        """R180: any period lists every collection and payment, and equals the bank and cash journals to the cent."""
        self._many_movements()
        found = defaultdict(float)
        for row in self._flows():
            found[row.move_id.id] += row.amount
            self.assertEqual(row.amount, row.amount_in - row.amount_out)
        found = {move: round(amount, 2) for move, amount in found.items()}
        self.assertEqual({move: amount for move, amount in found.items() if amount}, self._brute_force())
        self._assert_journals()
        self._assert_entries()
        march = self._board("2026-03-01", "2026-03-31")
        rows = self._flows().filtered(lambda row: row.date.month == 3)
        self.assertAlmostEqual(march["totals"]["in"], sum(rows.mapped("amount_in")), 2)
        self.assertAlmostEqual(march["totals"]["out"], sum(rows.mapped("amount_out")), 2)
        balances = march["balances"]
        self.assertAlmostEqual(balances["closing"] - balances["opening"], march["totals"]["net"], 2)

    def _assert_journals(self):
        """The rows of a journal are the movement of its own account, with what is on its way in its entries."""
        journals = self.bank + self.cash
        by_hand = defaultdict(float)
        for line in self._liquid_items():
            own = journals.filtered(lambda journal, item=line: journal.default_account_id == item.account_id)
            by_hand[own or line.journal_id] += line.balance
        found = defaultdict(float)
        for row in self._flows():
            found[row.journal_id] += row.amount
        self.assertEqual(
            {journal: round(amount, 2) for journal, amount in found.items()},
            {journal: round(amount, 2) for journal, amount in by_hand.items()},
        )

    def test_between_own_accounts_in_one_entry(self):
        """R180: 300 from the bank to the cash box moves both, booked at once, with a fee, or on the bank's line."""
        expense = self.company_data["default_account_expense"]
        bank, cash = self.bank.default_account_id, self.cash.default_account_id

        def shown(move):
            return sorted((row.journal_id.type, row.category, row.amount) for row in self._flows(move_id=move.id))

        both = [("bank", "transfer", -300), ("cash", "transfer", 300)]
        move = self._entry(cash, bank, 300)
        self.assertEqual(shown(move), both)
        rows = self._flows(move_id=move.id)
        self.assertEqual({row.journal_id: row.account_id for row in rows}, {self.bank: cash, self.cash: bank})
        self.env.invalidate_all()
        again = self.env["crm.funds.flow"].with_user(self.biller).browse(rows.ids)
        self.assertEqual(sorted(again.mapped("amount")), [-300, 300])
        self.assertEqual(self._board()["totals"], {"in": 300, "out": 300, "net": 0})
        self.assertFalse(self._flows(self.salesman, move_id=move.id))
        fee = self._entry(cash, bank, 300, post=False)
        fee.line_ids = [
            Command.update(fee.line_ids.filtered("credit").id, {"credit": 310}),
            Command.create({"account_id": expense.id, "debit": 10, "name": "fee"}),
        ]
        fee.action_post()
        self.assertEqual(shown(fee), [("bank", "expense", -10), *both])
        line = self._statement(-300)
        _liquidity, suspense, _other = line.with_context(skip_account_move_synchronization=True)._seek_for_lines()
        suspense.with_context(skip_account_move_synchronization=True).account_id = cash
        self.assertEqual(shown(line.move_id), both)
        self.assertEqual(shown(self._entry(expense, cash, 15)), [("cash", "expense", -15)])
        self._assert_journals()

    def test_receipt_of_an_order_up_and_one_down(self):
        """R180, R182: an order that takes off stays within its receipt: the bank's entry, money in, to the cent."""
        up, down = self._order(100.0), self._order(-20.0)
        (up + down).action_confirm()
        invoice = (up + down)._create_invoices(final=True)
        self.assertEqual(len(invoice), 1)
        invoice.invoice_date = "2026-03-01"
        invoice.action_post()
        payment = self._pay(invoice, 50, "2026-03-10")
        parts = self._flows(invoice_id=invoice.id)
        self.assertEqual({row.order_id: row.amount for row in parts}, {up: 62.5, down: -12.5})
        self.assertEqual((parts.move_id, parts.journal_id), (payment.move_id, self.bank))
        self.assertEqual(set(parts.mapped("direction")), {"in"})
        self.assertEqual(self._board()["totals"], {"in": 50, "out": 0, "net": 50})
        back = invoice._reverse_moves([{"invoice_date": "2026-03-15", "date": "2026-03-15"}])
        back.action_post()
        self._pay(back, 30, "2026-03-20")
        self.assertEqual(self._board()["totals"], {"in": 50, "out": 30, "net": 20})
        self._assert_entries()

    def test_bank_line_over_invoice_and_credit_note(self):
        """R180: one bank line settles an invoice and a credit note at once: in is what the bank received."""
        invoice, note = self._invoice(100), self._invoice(20, date="2026-01-05", move_type="out_refund")
        line = self._statement(80, self.customer)
        receivable = self.company_data["default_account_receivable"].id
        _liquidity, suspense, _other = line._seek_for_lines()
        facing = {"account_id": receivable, "partner_id": self.customer.id}
        line.move_id.with_context(
            force_delete=True, skip_readonly_check=True, skip_account_move_synchronization=True
        ).line_ids = [
            Command.delete(suspense.id),
            Command.create({**facing, "name": "paid", "credit": 100}),
            Command.create({**facing, "name": "kept", "debit": 20}),
        ]
        paid, kept = (line.move_id.line_ids.filtered(lambda item, n=name: item.name == n) for name in ("paid", "kept"))
        (paid + invoice.line_ids.filtered("date_maturity")).reconcile()
        (kept + note.line_ids.filtered("date_maturity")).reconcile()
        self.assertEqual({invoice.amount_residual, note.amount_residual}, {0})
        self.assertEqual(self._board()["totals"], {"in": 80, "out": 0, "net": 80})
        self.assertEqual(self._flows().move_id, line.move_id)
        self._assert_entries()

    def _assert_entries(self):
        """Net, in and out of every entry, and so of every journal, are the ledger's own."""
        found = defaultdict(lambda: [0.0, 0.0])
        for row in self._flows():
            found[row.move_id.id][0] += row.amount_in
            found[row.move_id.id][1] += row.amount_out
        between = self._flows(category="transfer").move_id.ids
        self.assertEqual(
            {move: (round(money_in, 2), round(money_out, 2)) for move, (money_in, money_out) in found.items()
             if move not in between},
            {move: (max(net, 0), max(-net, 0)) for move, net in self._brute_force().items() if move not in between},
        )  # fmt: skip

    def _board(self, first=FIRST, last=LAST, user=None, **options):
        self.env.flush_all()
        return self.env["crm.funds.board"].with_user(user or self.biller).get_board(first, last, **options)

    def test_collected_parts_equal_crm_collection(self):
        """R182: what salespeople collected is crm.collection's money plus receipts that are not matched yet."""
        self._many_movements()
        collected = self.env["crm.collection"]._read_group(
            [("company_id", "=", self.company.id)], ["user_id"], ["amount:sum"]
        )
        parts = self._flows().filtered("invoice_id")
        for user, amount in collected:
            self.assertAlmostEqual(sum(parts.filtered(lambda row, u=user: row.user_id == u).mapped("amount")), amount)
        rest = self._flows(category="customer") - parts
        self.assertAlmostEqual(sum(rest.mapped("amount")), 35.55)

    def test_by_salesperson_and_month(self):
        """R182: collected money per salesperson, month and year; a salesperson sees only own, a receipt of two
        invoices is split between their salespeople, a refund is deducted."""
        self._pay(self._invoice(100) + self._invoice(60, invoice_user_id=self.other_salesman.id), 160, "2026-02-10")
        self._pay(self._invoice(20, move_type="out_refund"), 20, "2026-02-20")
        self._pay(self._bill(50), 50, "2026-02-21")
        groups = self.env["crm.funds.flow"].with_user(self.finance)._read_group(
            [("category", "=", "customer"), ("company_id", "=", self.company.id)],
            ["user_id", "date:year", "date:month"], ["amount:sum"]
        )  # fmt: skip
        self.assertEqual(
            {(user, month.month): amount for user, _year, month, amount in groups},
            {(self.salesman, 2): 80, (self.other_salesman, 2): 60},
        )
        self.assertEqual(sum(self._flows(self.salesman).mapped("amount")), 80)
        self.assertEqual(sum(self._flows(self.other_salesman).mapped("amount")), 60)
        board = self._board(user=self.other_salesman, dimension="user_id")
        self.assertEqual([(row["name"], row["net"]) for row in board["rows"]], [(self.other_salesman.name, 60)])
        self.assertEqual((board["users"], board["balances"]), ([], False))

    def test_by_method(self):
        """R181: cash, transfer, cheque and card; a bank's payment method may say which it is."""
        kinds = {"cheque": 30, "card": 20}
        for kind, amount in kinds.items():
            line = self.env["account.payment.method.line"].create(
                {
                    "name": f"By {kind}",
                    "journal_id": self.bank.id,
                    "payment_method_id": self.env.ref("account.account_payment_method_manual_in").id,
                    "crm_funds_method": kind,
                }
            )
            self._register_payment(self._invoice(amount), payment_date="2026-02-01", payment_method_line_id=line.id)
        self._register_payment(self._invoice(10), payment_date="2026-02-01", journal_id=self.cash.id)
        self._pay(self._invoice(40), 40)
        self._pay(self._bill(25), 25)
        board = self._board(dimension="method")
        self.assertEqual(
            {row["key"]: (row["in"], row["out"]) for row in board["rows"]},
            {"transfer": (40, 25), "cheque": (30, 0), "card": (20, 0), "cash": (10, 0)},
        )

    def test_bank_line_matched_with_a_payment_counts_once(self):
        """R180: the bank line of a recorded payment is no second movement once it is matched."""
        payment = self._pay(self._invoice(100), 100, "2026-03-01")
        line = self._statement(100, self.customer, "2026-03-03")
        self.assertEqual(self._flows(move_id=line.move_id.id).category, "unidentified")
        _liquidity, suspense, _other = line.with_context(skip_account_move_synchronization=True)._seek_for_lines()
        suspense.with_context(skip_account_move_synchronization=True).account_id = payment.outstanding_account_id
        counterpart = payment.move_id.line_ids.filtered(lambda item: item.account_id == payment.outstanding_account_id)
        (suspense + counterpart).reconcile()
        self.assertFalse(self._flows(move_id=line.move_id.id))
        self.assertEqual(sum(self._flows().mapped("amount")), 100)

    def test_purposes(self):
        """R180: each movement says what it was for, by the account that faces the money."""
        self._pay(self._bill(50), 50)
        self._receipt(7)
        self._entry(self.company_data["default_account_expense"], self.cash.default_account_id, 15)
        self._entry(self.cash.default_account_id, self.company.transfer_account_id, 5)
        self._statement(3)
        self.assertEqual(
            {row.category: row.amount for row in self._flows()},
            {"supplier": -50, "customer": 7, "expense": -15, "transfer": 5, "unidentified": 3},
        )

    def test_months_of_the_chart_match_the_detail(self):
        """R183: in, out and net of each month are those of its movements; a month without money is there too."""
        self._pay(self._invoice(100), 100, "2026-02-10")
        self._pay(self._bill(30), 30, "2026-02-20")
        self._pay(self._bill(20), 20, "2026-04-20")
        board = self._board("2026-02-05", "2026-04-30")
        self.assertEqual(
            [(p["start"], p["stop"], p["in"], p["out"], p["net"]) for p in board["periods"]],
            [
                ("2026-02-05", "2026-02-28", 100, 30, 70),
                ("2026-03-01", "2026-03-31", 0, 0, 0),
                ("2026-04-01", "2026-04-30", 0, 20, -20),
            ],
        )
        for period in board["periods"]:
            detail = self.env["crm.funds.flow"].search(
                board["domain"] + [("date", ">=", period["start"]), ("date", "<=", period["stop"])]
            )
            self.assertAlmostEqual(sum(detail.mapped("amount")), period["net"])
        self.assertEqual([p["net"] for p in self._board(step="year")["periods"]], [50])
        with self.assertRaises(UserError):
            self._board("2026-02-05", "2026-02-04")

    def test_supplier_payment_clears_the_payable(self):
        """R167: a finance manager pays 70 of a bill of 100: the payable falls by 70 and the payment is listed."""
        bill = self._bill(100)

        def owed():
            return -self.env["account.move.line"]._read_group(
                [
                    ("partner_id", "=", self.supplier.id),
                    ("account_type", "=", "liability_payable"),
                    ("parent_state", "=", "posted"),
                ],
                aggregates=["amount_residual:sum"],
            )[0][0]

        self.assertEqual(owed(), 100)
        wizard = (
            self.env["account.payment.register"]
            .with_user(self.finance)
            .with_context(active_model="account.move", active_ids=bill.ids)
            .create({"amount": 70, "payment_date": "2026-03-05", "payment_difference_handling": "open"})
        )
        payment = wizard._create_payments()
        self.assertEqual((owed(), bill.amount_residual, bill.payment_state), (30, 30, "partial"))
        row = self._flows(self.finance, partner_id=self.supplier.id)
        self.assertEqual((row.payment_id, row.category, row.amount), (payment, "supplier", -70))
        self.assertEqual(row.action_open_document()["res_id"], payment.id)

    def test_other_company_and_others_rights(self):
        """R180: another company's money stays out; without accounting or sales rights nothing is shown."""
        self._pay(self._invoice(100), 100)
        foreigner = self._user("fin_foreigner", "account.group_account_invoice")
        other = self.env["res.company"].create({"name": "Elsewhere", "currency_id": self.foreign.id})
        foreigner.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertFalse(self.env["crm.funds.flow"].with_user(foreigner).search([("company_id", "=", self.company.id)]))
        nobody = self._user("fin_nobody2", "base.group_user")
        with self.assertRaises(AccessError):
            self._flows(nobody)

    def test_rows_read_back_by_id_and_query_count(self):
        """R180: a row opened by its id says the same; the list costs as many queries at 10 rows as at 100."""
        for number in range(4):
            self._pay(self._invoice(10 + number), 10)
        self._receipt(5)
        rows = self._flows()
        wanted = {row.id: row.amount for row in rows}
        self.env.invalidate_all()
        again = self.env["crm.funds.flow"].with_user(self.biller).browse(list(wanted))
        self.assertEqual({row.id: row.amount for row in again}, wanted)
        fields = {"date": {}, "amount": {}, "partner_id": {"fields": {"display_name": {}}}, "category": {}}

        def cost():
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.env["crm.funds.flow"].with_user(self.biller).web_search_read([("date", ">=", FIRST)], fields)
            return self.env.cr.sql_log_count - start

        cost()
        few = cost()
        for _number in range(8):
            self._receipt(5)
        self.assertEqual(cost(), few)

    def test_the_period_reaches_the_money(self):
        """R180: a list of a year reads the money of that year; the rest of each entry does not read all there ever was.

        The plan is looked at, not the time: of each scan of the money the days are a condition.
        """
        self._pay(self._invoice(10), 10)
        self.env.flush_all()
        query = self.env["crm.funds.flow"].with_user(self.biller)._search([("date", ">=", FIRST), ("date", "<=", LAST)])
        [[[plan]]] = self.env.execute_query(SQL("EXPLAIN (FORMAT JSON) %s", query.select()))
        scans, waiting = [], [plan["Plan"]]
        while waiting:
            node = waiting.pop()
            waiting += node.get("Plans", [])
            if node.get("Alias", "").startswith("money"):
                scans.append(" ".join(node.get(key, "") for key in ("Filter", "Index Cond", "Recheck Cond")))
        self.assertTrue(scans)
        for scan in scans:
            self.assertIn("date >=", scan)
