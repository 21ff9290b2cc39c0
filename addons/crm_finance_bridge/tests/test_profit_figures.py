from datetime import date

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tools import profit
from .profit_case import ProfitCase

TODAY = "2026-03-01 12:00:00"


@tagged("post_install", "-at_install")
class TestProfitFigures(ProfitCase):
    def _card(self, day=date(2026, 2, 28)):
        """Values of the month's scorecard, as a manager sees them."""
        self.env.flush_all()
        self.env["crm.scorecard"].sudo()._run(self.company, day)
        month = (
            self.env["crm.company.scorecard"]
            .with_user(self.manager)
            .search([("company_id", "=", self.company.id), ("period", "=", day.replace(day=1))])
        )
        return {line.metric_id.code: line for line in month.line_ids}

    # === SHARES === #

    @freeze_time(TODAY)
    def test_shares_on_the_scorecard(self):
        """R191, R192: by month, the share of gross profit from identified customers and through partners."""
        unknown = self._customer("Walk-in")
        agent = self._customer("Agent Co", customer_role="agent", phone="+1 555 0100")
        self.sell(100.0, date="2026-02-03", partner=unknown)  # 40
        self.sell(160.0, date="2026-02-04", partner=self.other)  # 100
        self.sell(120.0, date="2026-02-05", partner=agent)  # 60
        self._invoice(500.0, date="2026-02-06", partner=unknown)  # cost not known
        lines = self._card()
        self.assertAlmostEqual(lines["profit_known"].value, 80.0, 2)
        self.assertAlmostEqual(lines["profit_partner"].value, 30.0, 2)
        # An order that a partner referred counts for partners, whoever buys.
        referrer = self._customer("Dealer Co", customer_role="distributor")
        lead = self.env["crm.lead"].create(
            {"name": "Referred", "partner_id": self.other.id, "referrer_id": referrer.id}
        )
        order = self._order(200.0, partner=self.other, opportunity_id=lead.id)
        order.order_line.purchase_price = 100.0
        order.action_confirm()
        bill = order._create_invoices()
        bill.invoice_date = "2026-02-10"
        bill.action_post()
        self.assertAlmostEqual(self._card()["profit_partner"].value, 100 * 160 / 300, 2)
        january = self._card(date(2026, 1, 31))
        self.assertEqual(january["profit_known"].state, "no_data")
        with self.assertRaises(UserError):
            lines["profit_known"].metric_id.sudo().unlink()

    # === DEALS AND SALESPEOPLE === #

    def _deal(self, price, cost, discount, day):
        order = self._order(price)
        order.order_line.write({"discount": discount, "purchase_price": cost})
        order.action_confirm()
        order.date_order = f"{day} 12:00:00"
        return order

    @freeze_time(TODAY)
    def test_margin_and_discount_of_orders(self):
        """R198: margin and discount per order by month, beside the baseline year and one point more."""
        self._deal(100.0, 60.0, 20.0, "2025-05-10")  # 80 sold, margin 20: 25 %, discount 20 %
        first = self._deal(100.0, 60.0, 10.0, "2026-01-10")  # 90, margin 30
        self._deal(200.0, 150.0, 0.0, "2026-01-20")  # 200, margin 50
        free = self._deal(50.0, 0.0, 0.0, "2026-01-21")  # no cost yet
        self.env.flush_all()
        Order = self.env["crm.order.margin"].with_user(self.manager)
        row = Order.search([("order_id", "=", first.id)])
        self.assertRecordValues(row, [{"listed": 100.0, "discount": 10.0, "amount": 90.0, "margin": 30.0}])
        self.assertEqual(row.baseline_state, "none")
        self.company.crm_profit_baseline_year = 2025
        self.env.flush_all()
        self.env.invalidate_all()
        domain = [("company_id", "=", self.company.id), ("date", ">=", "2026-01-01")]
        rates = ["margin_rate:avg", "discount_rate:avg", "baseline_margin:avg", "goal_margin:avg"]
        [(month, margin, discount, baseline, goal)] = Order._read_group(domain, ["date:month"], rates)
        self.assertEqual(month, date(2026, 1, 1))
        self.assertAlmostEqual(margin, 100 * 80 / 290, 4)
        self.assertAlmostEqual(discount, 100 * 10 / 300, 4)
        self.assertAlmostEqual(baseline, 25.0, 4)
        self.assertAlmostEqual(goal, 26.0, 4)
        self.assertEqual(Order.search([("order_id", "=", free.id)]).cost_state, "unknown")
        self.assertEqual(row.action_open_order()["res_id"], first.id)
        lines = self._card(date(2026, 1, 31))
        self.assertAlmostEqual(lines["deal_margin"].value, 100 * 80 / 290, 2)
        self.assertAlmostEqual(lines["deal_discount"].value, 100 * 10 / 300, 2)

    @freeze_time(TODAY)
    def test_yearly_sales_per_salesperson(self):
        """R199: a manager sees each salesperson's invoiced sales by year against the baseline year and +10 %."""
        self._invoice(5000.0, date="2023-03-01")
        self._invoice(1000.0, date="2024-03-01")
        self._invoice(1120.0, date="2025-03-01")
        self._invoice(90.0, date="2026-02-01")
        self._invoice(20.0, date="2025-04-01", move_type="out_refund")
        self._invoice(50.0, date="2025-05-01", invoice_user_id=self.other_salesman.id)
        self.company.crm_profit_baseline_year = 2024
        self.env.flush_all()
        Rep = self.env["crm.rep.sales"].with_user(self.manager)
        rows = Rep.search([("company_id", "=", self.company.id)])
        found = {(row.user_id, row.year): row for row in rows}
        own = found[self.salesman, "2025"]
        self.assertEqual((own.sales, own.baseline, own.goal, own.state), (1100.0, 1000.0, 1100.0, "reached"))
        self.assertAlmostEqual(own.change, 10.0, 6)
        for year, state in (("2023", "before"), ("2024", "baseline"), ("2026", "running")):
            self.assertEqual(found[self.salesman, year].state, state)
        self.assertEqual(found[self.other_salesman, "2025"].state, "none")
        moves = self.env["account.move"].search(own.action_open_invoices()["domain"])
        self.assertEqual(sum(moves.mapped("amount_untaxed_signed")), own.sales)
        for row in rows.filtered(lambda row: row.baseline and row.year == "2025"):
            self.assertEqual(row.state, profit.goal_state(row.sales, row.baseline, row.goal))
        self.assertAlmostEqual(self._card(date(2025, 12, 31))["rep_sales"].value, 1150 / 2, 2)

    @freeze_time(TODAY)
    def test_profit_per_employee(self):
        """R199.1: revenue and profit per employee by year, from posted entries and the staff of the year's end."""
        self.env["hr.employee"].sudo().search([("company_id", "=", self.company.id)]).version_id.write(
            {"contract_date_start": "2025-02-01"}
        )
        staff = self.env["hr.employee"].sudo().search_count([("company_id", "=", self.company.id)])
        gone = self.env["hr.employee"].sudo().create({"name": "Left", "company_id": self.company.id})
        gone.version_id.write({"contract_date_start": "2024-01-01", "departure_date": "2025-06-30"})
        for year, sold, spent in ((2024, 900.0, 100.0), (2025, 1000.0, 400.0)):
            self._invoice(sold, date=f"{year}-05-01")
            self.entry(spent, date=f"{year}-06-01")
        self.env.flush_all()
        rows = self.env["crm.employee.profit"].with_user(self.reader).search([("company_id", "=", self.company.id)])
        years = {row.year: row for row in rows}
        before, after = years["2024"], years["2025"]
        self.assertEqual((before.employees, before.revenue_each, before.profit_each), (1, 900.0, 800.0))
        self.assertEqual((after.revenue, after.profit, after.employees), (1000.0, 600.0, staff))
        self.assertAlmostEqual(after.profit_each, 600 / staff, 2)
        self.assertAlmostEqual(after.profit_change, -25.0, 6)
        items = self.env["account.move.line"].search(after.action_open_entries()["domain"])
        self.assertEqual(-sum(items.mapped("balance")), after.profit)

    # === CUSTOMERS AS ASSETS === #

    @freeze_time(TODAY)
    def test_value_of_the_base(self):
        """R202.1, R202.2: by year the value of the base, the return on what was invested, and the profit per retained
        customer."""
        third = self._customer("Third")
        for partner, year, price in (
            (self.customer, 2024, 160.0),
            (self.other, 2024, 160.0),
            (third, 2024, 160.0),
            (self.customer, 2025, 260.0),
            (self.other, 2025, 160.0),
            (self._customer("Fresh"), 2025, 660.0),
        ):
            self.sell(price, date=f"{year}-05-01", partner=partner)
        self.contact("visit", date="2025-05-02 09:00:00")
        self.env.flush_all()
        rows = self.env["crm.customer.base"].with_user(self.reader).search([("company_id", "=", self.company.id)])
        years = {row.year: row for row in rows}
        before, after = years["2024"], years["2025"]
        self.assertEqual((before.state, before.buyers, before.profit, before.invested), ("none", 3, 300.0, 0.0))
        self.assertIn("not known", before.reason)
        # 200 - 80 of the visit and 100 of who stayed, 600 of the new one.
        self.assertEqual((after.state, after.buyers, after.retained), ("ok", 3, 2))
        self.assertEqual((after.profit, after.invested), (820.0, 80.0))
        self.assertAlmostEqual(after.return_rate, profit.return_on(820.0, 80.0), 6)
        self.assertAlmostEqual(after.retained_mean, 110.0, 2)
        self.assertAlmostEqual(after.value, profit.base_value(820.0, 2 / 3, 0.1), 1)
        opened = self.env["crm.customer.profit"].with_user(self.reader).search(after.action_open_profit()["domain"])
        self.assertAlmostEqual(sum(opened.mapped("total")), after.profit, 2)

    # === AUDIT === #

    @freeze_time(TODAY)
    def test_every_figure_equals_the_ledger(self):
        """R201: an auditor compares every money figure with posted entries and opens them; a difference shows."""
        invoice = self.sell(125.0, 20.0)
        self.sell(80.0, date="2026-02-01", partner=self.other)
        self._invoice(30.0, date="2026-02-02", move_type="out_refund")
        self._pay(invoice, 60.0, "2026-02-10")
        self._receipt(15.0, "2026-02-11")
        self.campaign_cost(50.0)
        self.entry(70.0)
        self._invoice(999.0, date="2026-02-01", post=False)
        self.env.flush_all()
        check = (
            self.env["crm.figure.check"]
            .with_user(self.reader)
            .create({"date_from": "2026-01-01", "date_to": "2026-02-28"})
        )
        check.action_check()
        lines = {line.code: line for line in check.line_ids}
        self.assertEqual(
            set(check.line_ids.mapped("state")), {"equal"}, check.line_ids.read(["code", "figure", "ledger"])
        )
        self.assertEqual(check.wrong_count, 0)
        self.assertEqual(lines["receivable"].figure, 100 + 80 - 30 - 60 - 15)
        self.assertEqual((lines["sales"].figure, lines["profit"].figure), (150.0, 150.0))
        self.assertEqual((lines["funds"].figure, lines["expense"].figure), (75.0, 120.0))
        self.assertEqual(lines["campaign"].figure, 50.0)
        for line in check.line_ids:
            items = self.env["account.move.line"].with_user(self.reader).search(line.action_open_ledger()["domain"])
            self.assertAlmostEqual(abs(sum(items.mapped("balance"))), abs(line.ledger), 2, line.code)
        lines["funds"].sudo().figure = 74.0
        self.assertEqual((lines["funds"].state, check.wrong_count), ("different", 1))
        with self.assertRaises(AccessError):
            self.env["crm.figure.check"].with_user(self.salesman).create({})
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(AccessError):
            self.env["crm.figure.check"].with_user(self.reader).create({"company_id": elsewhere.id}).action_check()
