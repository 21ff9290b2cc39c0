from datetime import date

from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..tools import profit
from .profit_case import ProfitCase

TODAY = "2026-03-01 12:00:00"


@tagged("post_install", "-at_install")
class TestProfit(ProfitCase, HttpCase):
    def _january(self):
        """Every part of profit, each amount known by hand."""
        self.env["crm.service.baseline"].sudo().create({"company_id": self.company.id, "hourly_cost": 60})
        self.sell(125.0, 20.0)
        self._invoice(30.0, date="2026-01-20", move_type="out_refund")
        self.contact()
        self.contact("visit")
        self.serve(30)
        self._post(
            self._expense(40, crm_customer_id=self.customer.id, day="2026-01-18", payment_mode="company_account")
        )
        self.touch(self.customer, self.other)
        self.campaign_cost(50.01)
        statement = (
            self.env["crm.commission.statement"]
            .sudo()
            .create({"company_id": self.company.id, "user_id": self.salesman.id, "month": "2026-01-01"})
        )
        self.env["crm.commission.line"].sudo().create(
            {
                "statement_id": statement.id,
                "amount": 5.0,
                "note": "Bonus",
                "date": "2026-01-25",
                "partner_id": self.customer.id,
            }
        )
        lossy = self._invoice(36.5, date="2026-01-01")
        self._register_payment(
            lossy,
            payment_date="2026-01-11",
            amount=20,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.account.id,
        )
        self.sell(200.0, partner=self.other)
        self.entry(330)
        self.env.flush_all()

    def _expected(self):
        """By hand. Overhead: 330 posted less 10 + 80 + 30 of work charged, by sales of 106.50 and 200.00."""
        overhead = round(210 * 106.5 / 306.5, 2)
        # 100.00 is overdue for 50 days, 36.50 was for 10 (16.50 of it lost), at 10 %; the credit note is no invoice.
        credit = round(100 * 50 * 10 / 36500, 2) + round(36.5 * 10 * 10 / 36500, 2)
        return {
            "revenue": 125 + 36.5,
            "discount": -25.0,
            "returned": -30.0,
            "goods": -60.0,
            "service": -30.0,
            "contact": -90.0,
            "commission": -5.0,
            "campaign": -25.0,
            "expense": -40.0,
            "credit": -round(credit, 2),
            "bad_debt": -16.5,
            "overhead": -overhead,
        }

    @freeze_time(TODAY)
    def test_three_levels(self):
        """R190: marginal, total and net profit of a customer, its class and its segment, each as counted by hand."""
        self._january()
        self.env["crm.scorecard"].sudo()._run(self.company, date(2026, 2, 28))
        parts = self.parts()
        expected = self._expected()
        # Customers are numbered: the first one's share is rounded down or up, the second takes the rest.
        self.assertAlmostEqual(parts.pop("campaign"), expected.pop("campaign"), delta=0.011)
        self.assertAlmostEqual(parts.pop("overhead"), expected.pop("overhead"), delta=0.011)
        self.assertEqual(parts, expected)
        Profit = self.env["crm.customer.profit"].with_user(self.reader)
        domain = [("company_id", "=", self.company.id), ("partner_id", "=", self.customer.id)]
        sums = ["marginal:sum", "total:sum", "net:sum", "cost_to_serve:sum", "unknown:sum"]
        [(marginal, total, net, cost, unknown)] = Profit._read_group(domain, aggregates=sums)
        levels = profit.levels(self.parts())
        self.assertAlmostEqual(marginal, levels["marginal"], 2)
        self.assertAlmostEqual(total, levels["total"], 2)
        self.assertAlmostEqual(net, levels["net"], 2)
        self.assertAlmostEqual(marginal, 46.5, 2)
        self.assertAlmostEqual(cost, profit.cost_to_serve(self.parts()), 2)
        self.assertAlmostEqual(unknown, 6.5, 2, "36.50 less 30.00 have no known cost")
        classes = dict(Profit._read_group([("company_id", "=", self.company.id)], ["customer_class"], ["net:sum"]))
        self.assertTrue(set(classes) & {"a", "b", "c"})
        self.assertAlmostEqual(sum(classes.values()), sum(Profit.search([]).mapped("net")), 2)
        segment = self.env["crm.segment"].sudo().create({"name": "Hand-picked", "company_id": self.company.id})
        self.env["crm.segment.member"].sudo().create(
            {"segment_id": segment.id, "company_id": self.company.id, "partner_id": self.customer.id, "is_manual": True}
        )
        found = (
            self.env["crm.segment.profit"]
            .with_user(self.reader)
            ._read_group([("segment_id", "=", segment.id)], aggregates=sums[:3])
        )
        self.assertEqual([round(amount, 2) for amount in found[0]], [round(levels[name], 2) for name in profit.LEVELS])

    @freeze_time(TODAY)
    def test_each_cent_once(self):
        """R201: shares of a campaign and of the overhead add up to what is posted; entries name their document."""
        self._january()
        Entry = self.env["crm.profit.entry"].with_user(self.reader)
        rows = Entry.search([("company_id", "=", self.company.id)])
        self.assertEqual(len(rows), len(set(rows.ids)))
        sums = {}
        for row in rows:
            sums[row.part] = sums.get(row.part, 0) + row.amount
        self.assertAlmostEqual(sums["campaign"], -50.01, 2)
        self.assertAlmostEqual(sums["overhead"], -210, 2)
        self.assertTrue(all(row.document for row in rows))
        # What is asked for one customer, and row by row, is what stands among all.
        seen = {row.id: (row.part, row.partner_id, row.amount) for row in rows}
        months = self.env["crm.customer.profit"].with_user(self.reader).search([("company_id", "=", self.company.id)])
        nets = {month.id: month.net for month in months}
        for partner in (self.customer, self.other):
            found = Entry.search([("company_id", "=", self.company.id), ("partner_id", "=", partner.id)])
            self.assertEqual(set(found.ids), {number for number, row in seen.items() if row[1] == partner})
        for number, row in seen.items():
            self.env.invalidate_all()
            alone = Entry.browse(number)
            self.assertEqual((alone.part, alone.partner_id, alone.amount), row)
        for number, net in nets.items():
            self.env.invalidate_all()
            self.assertEqual(months.browse(number).net, net)
        opened = rows.filtered(lambda row: row.part == "goods" and row.amount)[0].action_open_document()
        self.assertEqual(opened["res_model"], "account.move")
        overhead = rows.filtered(lambda row: row.part == "overhead")[0].action_open_document()
        spent = self.env["crm.expense.entry"].with_user(self.reader).search(overhead["domain"])
        self.assertEqual(sum(spent.mapped("amount")), 330)

    @freeze_time(TODAY)
    def test_lifetime_on_the_customer(self):
        """R189: purchases, marketing and administration cost and the result on the customer, each equal to the
        entries that it opens, beside gross margin and net profit."""
        self._january()
        seen = self.customer.with_user(self.reader)
        parts = self.parts()
        self.assertAlmostEqual(seen.crm_life_sales, 106.5, 2)
        self.assertAlmostEqual(seen.crm_life_marketing, -sum(parts[part] for part in profit.MARKETING), 2)
        administration = -sum(parts.get(part, 0) for part in profit.ADMINISTRATION)
        self.assertAlmostEqual(seen.crm_life_administration, administration, 2)
        result = seen.crm_life_sales - seen.crm_life_marketing - seen.crm_life_administration
        self.assertAlmostEqual(seen.crm_life_result, result, 2)
        self.assertAlmostEqual(seen.crm_life_gross, 46.5, 2)
        self.assertAlmostEqual(seen.crm_life_net, sum(parts.values()), 2)
        Entry = self.env["crm.profit.entry"].with_user(self.reader)
        for name, sign in (
            ("sales", 1),
            ("marketing", -1),
            ("administration", -1),
            ("result", 1),
            ("gross", 1),
            ("net", 1),
        ):
            action = getattr(seen, f"action_crm_life_{name}")()
            entries = Entry.search(action["domain"])
            self.assertAlmostEqual(sum(entries.mapped("amount")) * sign, seen[f"crm_life_{name}"], 2, name)
        page = seen.action_crm_profit()
        view = self.env["res.partner"].with_user(self.reader).get_view(page["views"][0][0])["arch"]
        self.assertIn("crm_life_result", view)
        main = self.env["res.partner"].with_user(self.reader).get_view(view_type="form")["arch"]
        self.assertIn("action_crm_profit", main)
        with self.assertRaises(AccessError):
            self.customer.with_user(self.salesman).read(["crm_life_result"])

    @freeze_time(TODAY)
    def test_return_over_a_period(self):
        """R202: margin, cost to serve and return of each customer over chosen days; nothing spent is no return."""
        self._january()
        self.sell(160.0, date="2026-02-05")
        self.contact(date="2026-02-06 09:00:00")
        self.env.flush_all()
        Profit = self.env["crm.customer.profit"].with_user(self.reader)

        def found(first, last):
            [(margin, cost, rate)] = Profit._read_group(
                [("partner_id", "=", self.customer.id), ("date", ">=", first), ("date", "<=", last)],
                aggregates=["marginal:sum", "cost_to_serve:sum", "return_rate:avg"],
            )
            return margin, cost, rate

        margin, cost, rate = found("2026-02-01", "2026-02-28")
        self.assertEqual((margin, cost, rate), (100.0, 10.0, 900.0))
        margin, cost, rate = found("2026-01-01", "2026-02-28")
        self.assertAlmostEqual(margin, 146.5, 2)
        self.assertAlmostEqual(rate, 100 * (margin - cost) / cost, 6)
        rows = Profit.search([("partner_id", "=", self.customer.id), ("date", "=", "2026-02-01")])
        self.assertEqual((rows.return_rate, rows.margin_rate), (900.0, 62.5))
        entries = self.env["crm.profit.entry"].with_user(self.reader).search(rows.action_open_entries()["domain"])
        self.assertAlmostEqual(sum(entries.mapped("amount")), rows.net, 2)

    def test_rights_and_companies(self):
        """Finance and sales managers see profit, a salesperson does not; nobody another company's."""
        self.sell()
        self.env.flush_all()
        for model in ("crm.customer.profit", "crm.profit.entry", "crm.order.margin", "crm.rep.sales"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.salesman).search([])
            self.env[model].with_user(self.manager).search([])
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._user("profit_stranger", "account.group_account_invoice")
        stranger.write({"company_ids": [Command.set(elsewhere.ids)], "company_id": elsewhere.id})
        for model in ("crm.customer.profit", "crm.profit.entry", "crm.customer.base", "crm.employee.profit"):
            self.assertFalse(self.env[model].with_user(stranger).search([]), model)

    @freeze_time(TODAY)
    def test_other_currencies(self):
        """R190, R201: sales and discounts in another currency count in the company's, to the cent as posted; another
        company's customers are shown in its own currency, and only where it is chosen."""
        euro = self.setup_other_currency("EUR", rates=[("2016-01-01", 3.0)])
        invoice = self.sell(100.0, 10.0, currency_id=euro.id)
        other = self.setup_other_company(currency_id=euro.id)["company"]
        abroad = self.customer.with_company(other).sudo()
        abroad.property_account_receivable_id = self.env["account.account"].search(
            [("account_type", "=", "asset_receivable"), ("company_ids", "in", other.ids)], limit=1
        )
        self.env.user.company_ids += other
        move = (
            self.env["account.move"]
            .with_company(other)
            .create(
                {
                    "move_type": "out_invoice",
                    "company_id": other.id,
                    "partner_id": self.customer.id,
                    "invoice_date": "2026-01-15",
                    "invoice_line_ids": [
                        Command.create({"name": "Abroad", "price_unit": 70.0, "tax_ids": [Command.clear()]})
                    ],
                }
            )
        )
        move.action_post()
        parts = self.parts()
        self.reader.company_ids += other
        self.assertEqual((parts["revenue"], parts["discount"]), (33.33, -3.33))
        self.assertEqual(parts["revenue"] + parts["discount"], invoice.amount_untaxed_signed)
        Profit = self.env["crm.customer.profit"].with_user(self.reader)
        domain = [("partner_id", "=", self.customer.id), ("sales", "!=", 0)]
        own = Profit.with_context(allowed_company_ids=self.company.ids).search(domain)
        self.assertEqual((own.currency_id, own.sales), (self.company.currency_id, 30.0))
        theirs = Profit.with_context(allowed_company_ids=other.ids).search(domain)
        self.assertEqual((theirs.currency_id, theirs.sales), (euro, 70.0))
        both = Profit.with_context(allowed_company_ids=(self.company + other).ids).search(domain)
        self.assertEqual(sorted(both.mapped("sales")), [30.0, 70.0])
        seen = self.customer.with_user(self.reader).with_company(other)
        self.assertEqual((seen.crm_profit_currency_id, seen.crm_life_sales), (euro, 70.0))

    @freeze_time(TODAY)
    def test_lists_cost_the_same_queries(self):
        """R189, R190: lifetimes, entries and profits of 100 customers cost as many queries as those of 10."""
        partners = self.env["res.partner"].create([{"name": f"Buyer {number}"} for number in range(100)])
        for partner in partners:
            self.contact(partner=partner)
        self.env.flush_all()

        def count(some):
            self.env.invalidate_all()
            env = self.env(user=self.reader)
            before = self.env.cr.sql_log_count
            seen = env["res.partner"].browse(some.ids)
            self.assertEqual(sum(seen.mapped("crm_life_marketing")), 10 * len(some))
            entries = env["crm.profit.entry"].search([("partner_id", "in", some.ids)])
            self.assertEqual(len(entries.mapped("document")), len(some))
            rows = env["crm.customer.profit"].search([("partner_id", "in", some.ids)])
            self.assertEqual(len(rows.read(["partner_id", "net", "return_rate"])), len(some))
            return self.env.cr.sql_log_count - before

        count(partners)
        count(partners[:10])
        self.assertEqual(count(partners[:10]), count(partners))

    def test_tour(self):
        """R190: finance reads the levels by customer and opens the entries of a month in the web client."""
        self.sell(125.0, 20.0, date=date.today().replace(day=1))
        self.env.flush_all()
        self.start_tour(
            "/odoo/action-crm_finance_bridge.crm_customer_profit_action", "crm_profit_tour", login="profit_reader"
        )
