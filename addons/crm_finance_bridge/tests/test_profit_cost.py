"""What counts as a cost of a customer, once and for whom: goods, credit, deliveries, commission, losses of a year."""

from unittest.mock import patch

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .profit_case import ProfitCase

TODAY = "2026-03-01 12:00:00"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestProfitCost(ProfitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.crm_credit_cost_rate = 0.0

    # === GOODS === #

    def _product(self, name, **values):
        return self.env["product.product"].create({"name": name, "type": "consu", **values})

    def _bill(self, product, amount, **values):
        """A vendor bill on the default expense account, as periodic valuation books it."""
        bill = self._invoice(amount, date="2026-01-05", move_type="in_invoice", post=False, **values)
        bill.invoice_line_ids.write({"product_id": product.id, "account_id": self.account.id})
        bill.invoice_line_ids.write({"price_unit": amount, "tax_ids": [Command.clear()]})
        bill.action_post()
        return bill

    def _spent(self):
        return sorted(self._entries(self.reader).mapped("amount"))

    def test_goods_cost_once(self):
        """R184, R190, R201: goods cost their customer when they are sold; buying them and the closing of the stock are
        no overhead on top. Supplies, items with an expense type and lost stock stay expenses."""
        self.sell(125.0)
        self._bill(self.goods, 600.0)
        stored = self._product("Screws", is_storable=True, sale_ok=False)
        self.assertTrue(stored.is_storable)
        self._bill(stored, 70.0)
        stock = self.company.account_stock_valuation_id
        self.assertEqual(stock.account_stock_variation_id.account_type, "expense")
        self.entry(-200.0, account=stock.account_stock_variation_id)
        closing = self.entry(-50.0)
        self.assertEqual(self._spent(), [-50.0])
        # The same entry by the closing of the stock, which has no other account where a chart names none.
        self.company.account_stock_journal_id = self.company_data["default_journal_misc"].copy({"code": "STX"})
        closing.button_draft()
        closing.name = False
        closing.journal_id = self.company.account_stock_journal_id
        closing.action_post()
        self.assertFalse(self._spent())
        self.assertEqual(self.parts(), {"revenue": 125.0, "goods": -60.0})
        self._bill(self._product("Paper", sale_ok=False), 11.0)
        self._bill(self._product("Ink", crm_expense_type_id=self.types["office"].id), 12.0)
        lost = self.entry(13.0)
        lost.line_ids.product_id = stored
        self.assertEqual(self._spent(), [11.0, 12.0, 13.0])
        self.assertEqual(self.parts(), {"revenue": 125.0, "goods": -60.0, "overhead": -36.0})
        check = (
            self.env["crm.figure.check"]
            .with_user(self.reader)
            .create({"date_from": "2026-01-01", "date_to": "2026-02-28"})
        )
        check.action_check()
        line = check.line_ids.filtered(lambda line: line.code == "expense")
        self.assertEqual((line.figure, line.ledger), (36.0, 36.0))

    def test_landed_costs_are_goods(self):
        """R190, R201: freight that a landed cost put into the value of goods is no overhead; freight of no landed cost
        is. Where the landed cost has an entry, the ledger's rest is what fell on goods already sold. Where the addon is
        installed: here its tables alone are made."""
        self.sell(125.0)
        freight = self._product("Sea freight", type="service", sale_ok=False)
        bills = [self._bill(freight, amount) for amount in (40.0, 7.0)]
        self.assertEqual(self._spent(), [7.0, 40.0])
        self.env.cr.execute(
            """
            ALTER TABLE account_move_line ADD COLUMN IF NOT EXISTS is_landed_costs_line boolean;
            CREATE TABLE IF NOT EXISTS stock_landed_cost (id serial, state varchar, vendor_bill_id int,
                                                          account_move_id int);
            """
        )
        for move in bills:
            self.env.cr.execute(
                "UPDATE account_move_line SET is_landed_costs_line = TRUE WHERE id IN %s",
                [tuple(move.invoice_line_ids.ids)],
            )
        self.env.cr.execute("INSERT INTO stock_landed_cost (state, vendor_bill_id) VALUES ('draft', %s)", [bills[0].id])
        self.patch(type(self.env["crm.expense.entry"]), "_has_landed_costs", lambda self: True)
        self.assertEqual(self._spent(), [7.0, 40.0], "not done yet")
        self.env.cr.execute("UPDATE stock_landed_cost SET state = 'done'")
        self.assertEqual(self._spent(), [7.0])
        self.assertEqual(self.parts(), {"revenue": 125.0, "goods": -60.0, "overhead": -7.0})
        entry = self.entry(-15.0)
        self.env.cr.execute("UPDATE stock_landed_cost SET account_move_id = %s", [entry.id])
        self.assertEqual(self._spent(), [-15.0, 7.0, 40.0])
        self.assertEqual(self.parts()["overhead"], -32.0)

    # === CREDIT === #

    def test_lost_debt_keeps_its_cost_of_credit(self):
        """R190: overdue days cost their interest whether money, a credit note or a write-off ended them."""
        self.company.crm_credit_cost_rate = 10.0
        invoice = self._invoice(10000.0, date="2025-04-05", due="2025-05-05")
        self._invoice(500.0, date="2026-02-01", due="2026-04-01")
        self.assertEqual(self.parts()["credit"], -821.92, "300 days overdue at 10 %; what is not due costs nothing")
        self._pay(invoice, 2000.0, "2025-05-01")
        self.assertEqual(self.parts()["credit"], -657.53, "paid in time: 8000 are overdue")
        refund = invoice._reverse_moves([{"date": "2026-03-01", "invoice_date": "2026-03-01"}])
        refund.invoice_line_ids.price_unit = 3000.0
        refund.action_post()
        (invoice + refund).line_ids.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.assertEqual((invoice.amount_residual, self.parts()["credit"]), (5000.0, -657.54))
        receivable = self.company_data["default_account_receivable"]
        lost = self.env["account.move"].create(
            {
                "date": "2026-03-01",
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": amount, "partner_id": self.customer.id})
                    for account, amount in ((self.account, 5000.0), (receivable, -5000.0))
                ],
            }
        )
        lost.action_post()
        open_items = (invoice + lost).line_ids.filtered(lambda line: line.account_id == receivable)
        open_items.filtered(lambda line: not line.reconciled).reconcile()
        self.assertFalse(invoice.amount_residual)
        parts = self.parts()
        self.assertEqual((parts["credit"], parts["bad_debt"]), (-657.54, -5000.0))

    # === DELIVERIES === #

    def _transfer(self, usage, partner):
        """A transfer of the delivery type, done, to a place of this usage."""
        warehouse = self.env["stock.warehouse"].sudo().search([("company_id", "=", self.company.id)], limit=1)
        place = self.env["stock.location"].sudo().search([("usage", "=", usage)], limit=1)
        ends = {"location_id": warehouse.lot_stock_id.id, "location_dest_id": place.id}
        move = {"product_id": self.goods.id, "product_uom_qty": 1.0, **ends}
        picking = (
            self.env["stock.picking"]
            .sudo()
            .create(
                {
                    "picking_type_id": warehouse.out_type_id.id,
                    "partner_id": partner.id,
                    "move_ids": [Command.create(move)],
                    **ends,
                }
            )
        )
        picking.action_confirm()
        picking.move_ids.write({"quantity": 1.0, "picked": True})
        picking._action_done()
        self.assertEqual((picking.state, picking.picking_type_code), ("done", "outgoing"))

    def test_return_to_a_vendor_is_no_delivery(self):
        """R190, R202: goods that go back to a vendor are no delivery to a customer."""
        self._transfer("customer", self.customer)
        self._transfer("supplier", self.other)
        self.assertEqual(self.parts()["freight"], -15.0)
        self.assertNotIn("freight", self.parts(self.other))
        query = self.env["crm.give.up"]._cost_parts(self.company, "2026-01-01", "2027-01-01")["delivery"]
        self.assertEqual(self.env.execute_query(query), [(self.customer.id,)])

    # === COMMISSION === #

    def test_a_reversed_payout_is_no_overhead(self):
        """R190: the entry that pays commission out, the one that takes it back and the next one are commission."""
        self.company.crm_commission_journal_id = self.company_data["default_journal_misc"]
        self.company.crm_commission_account_id = self.account
        statement = self._commission()
        self.sell(125.0)
        self.entry(50.0)
        wanted = {"revenue": 125.0, "goods": -60.0, "commission": -5.0, "overhead": -50.0}
        own = statement.with_user(self.finance)
        own.action_approve()
        own.action_post()
        self.assertEqual(self.parts(), wanted)
        first = statement.move_id
        reversal = first._reverse_moves([{"date": "2026-01-31"}], cancel=True)
        self.assertEqual(reversal.state, "posted")
        self.assertEqual(self.parts(), wanted)
        own.action_withdraw()
        self.assertEqual(self.parts(), wanted)
        own.action_post()
        self.assertNotEqual(statement.move_id, first)
        self.assertEqual(self.parts(), wanted)
        self.assertEqual(sum(self._spent()), 55.0, "the ledger has each of the entries")

    def _commission(self):
        """January's statement of the salesperson: 5.00 for the customer."""
        statement = (
            self.env["crm.commission.statement"]
            .sudo()
            .create({"company_id": self.company.id, "user_id": self.salesman.id, "month": "2026-01-01"})
        )
        line = {"statement_id": statement.id, "amount": 5.0, "note": "Bonus", "date": "2026-01-25"}
        self.env["crm.commission.line"].sudo().create({**line, "partner_id": self.customer.id})
        return statement

    def test_parts_add_up_for_each_reader(self):
        """R190, R201: the steps end at the net profit for everyone; who may not see commission sees a sum of the month
        in its place, without document and day."""
        self._commission()
        self.sell(125.0)
        self.contact()
        self.entry(30.0)
        both = self._user("profit_both", "sales_team.group_sale_manager,account.group_account_invoice")
        for user, part in (
            (self.reader, "commission"),
            (self.biller, "commission"),
            (both, "commission"),
            (self.manager, "withheld"),
        ):
            parts = self.parts(user=user)
            self.assertEqual(parts.get(part), -5.0, user.login)
            self.assertEqual({"commission", "withheld"} & set(parts), {part})
            seen = self.customer.with_user(user)
            rows = self.env["crm.customer.profit"].with_user(user).search([("partner_id", "=", self.customer.id)])
            self.assertAlmostEqual(sum(parts.values()), sum(rows.mapped("net")), 2)
            for name, sign in (("net", 1), ("marketing", -1), ("result", 1), ("gross", 1)):
                action = getattr(seen, f"action_crm_life_{name}")()
                entries = self.env["crm.profit.entry"].with_user(user).search(action["domain"])
                self.assertAlmostEqual(sign * sum(entries.mapped("amount")), seen[f"crm_life_{name}"], 2, name)
                self.assertEqual(len(entries), len(set(entries.ids)))
        Entry = self.env["crm.profit.entry"].with_user(self.manager)
        order = [part for [part] in Entry._read_group([("partner_id", "=", self.customer.id)], ["part"])]
        self.assertEqual(order, ["revenue", "goods", "contact", "withheld", "overhead"])
        row = Entry.search([("part", "=", "withheld")])
        self.env.invalidate_all()
        self.assertEqual((row.amount, str(row.date), row.res_id), (-5.0, "2026-01-01", 0))
        self.assertEqual(row.document, "Sum of the month")
        with self.assertRaises(AccessError):
            row.action_open_document()
        hidden = self.env["crm.profit.entry"].with_user(self.reader).search([("part", "=", "commission")])
        self.assertEqual((len(hidden), Entry.search([("part", "=", "commission")]).ids), (1, []))
        self.env.invalidate_all()
        self.assertEqual(hidden.with_user(self.manager).read(["amount"]), [], "not by its id either")

    def test_sales_managers_see_no_pay(self):
        """A sales manager sees commission in the cost to serve, not the lines of what each salesperson earned."""
        self._commission()
        self.sell(125.0)
        both = self._user("profit_both", "sales_team.group_sale_manager,account.group_account_invoice")
        Profit = self.env["crm.customer.profit"]
        for user, sees in ((self.reader, True), (self.biller, True), (both, True), (self.manager, False)):
            self.assertEqual(self.parts(user=user).get("commission"), -5.0 if sees else None, user.login)
            row = Profit.with_user(user).search([("partner_id", "=", self.customer.id)])
            self.assertEqual((row.cost_to_serve, row.net), (5.0, 60.0))
            self.assertEqual("commission" in Profit.with_user(user).fields_get(), sees)
            view = Profit.with_user(user).get_view(view_type="list")["arch"]
            self.assertEqual('name="commission"' in view, sees)
        with self.assertRaises(AccessError):
            row.read(["commission"])

    def test_goods_of_some_customers_cost_what_they_cost_among_all(self):
        """R190: the cost on the order, in its unit, is read line by line for some customers and at once for all.

        The plan of neither is tested: PostgreSQL chooses it by the size of the ledger.
        """
        dozen = self.env.ref("uom.product_uom_dozen")
        for partner in self.customer + self.other:
            line = {
                "product_id": self.goods.id,
                "product_uom_id": dozen.id,
                "price_unit": 900.0,
                "purchase_price": 600.0,
            }
            order = self._order(0.0, partner=partner, order_line=[Command.create(line)])
            order.action_confirm()
            order._create_invoices().action_post()
            self.sell(100.0, partner=partner)
        self.env.flush_all()

        def lines(partners):
            found = self.env["crm.metric"]._margin_lines(self.company, None, "9999-01-01", partners)
            query = SQL("SELECT partner_id, sales, cost FROM (%s) line ORDER BY line_id", found)
            return [row for row in self.env.execute_query(query) if row[0] in (self.customer + self.other).ids]

        everybody = lines(None)
        self.assertEqual({row[2] for row in everybody}, {600, 60})
        for partner in self.customer + self.other:
            self.assertEqual(lines((partner.id,)), [row for row in everybody if row[0] == partner.id])

    # === LOSSES === #

    def test_losses_of_a_year(self):
        """R190: who loses money over the year is listed with all months, so that the sum is the year's."""
        self.sell(100.0, date="2025-12-10")  # 40, another year
        self.sell(100.0, date="2026-01-10")  # 40
        self.sell(10.0, date="2026-02-10")  # -50
        self.sell(100.0, date="2026-01-10", partner=self.other)  # 40
        self.sell(30.0, date="2026-02-10", partner=self.other)  # -30
        self.env.flush_all()
        Profit = self.env["crm.customer.profit"].with_user(self.manager)
        company = [("company_id", "=", self.company.id)]
        lost = Profit.search([*company, ("year_loss", "=", True)], order="date")
        self.assertEqual([(row.partner_id, row.total) for row in lost], [(self.customer, 40.0), (self.customer, -50.0)])
        rest = Profit.search([*company, ("partner_id", "!=", False), ("year_loss", "=", False)])
        self.assertEqual(sorted(rest.mapped("total")), [-30.0, 40.0, 40.0])
        self.assertEqual(set((lost + rest).filtered("year_loss").ids), set(lost.ids))

    def test_losses_of_a_year_are_read_once(self):
        """R190: the filter reads the profit of all customers: once for a list, not for each reader of its domain."""
        self.sell(10.0, date="2026-02-10")  # -50
        self.env.flush_all()
        Profit = self.env["crm.customer.profit"].with_user(self.manager)
        reads, read = [], type(Profit)._year_losses

        def counted(profit, *args):
            reads.append(args)
            return read(profit, *args)

        with patch.object(type(Profit), "_year_losses", counted):
            lost = Profit.search([("company_id", "=", self.company.id), ("year_loss", "=", True)])
        self.assertEqual((lost.partner_id, len(reads)), (self.customer, 1))
