"""Targets, what was reached, and the sentence on quotation, order and invoice."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import TODAY, CustomerCommon


class SalesCommon(CustomerCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.target"].search([]).active = False
        cls.team = cls.env["crm.team"].create(
            {"name": "Field", "company_id": cls.company.id, "user_id": cls.manager.id,
             "member_ids": [Command.set([cls.salesman.id, cls.colleague.id])]}
        )  # fmt: skip
        cls.customer = cls.make_customer("Buyer", role="agent", user=cls.salesman)
        cls.goods = cls.env["product.product"].create(
            {"name": "Goods", "type": "consu", "list_price": 100.0, "standard_price": 60.0, "taxes_id": False}
        )

    @classmethod
    def order(cls, quantity=1, user=None, confirm=True, partner=None, day=TODAY):
        user = user or cls.salesman
        order = cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.customer).id,
                "user_id": user.id,
                "team_id": cls.team.id,
                "order_line": [Command.create({"product_id": cls.goods.id, "product_uom_qty": quantity})],
            }
        )
        if confirm:
            order.action_confirm()
            order.date_order = day
        return order

    @classmethod
    def target(cls, amount, measure="ordered", confirm=True, user=None, **vals):
        values = {
            "measure": measure, "amount": amount, "date_from": "2026-06-01", "date_to": "2026-06-30",
            "company_id": cls.company.id,
        }  # fmt: skip
        if not vals.get("scope"):
            values |= {"scope": "user", "user_id": (user or cls.salesman).id, "team_id": cls.team.id}
        target = cls.env["crm.target"].create(values | vals)
        if confirm:
            target.action_confirm()
        return target

    def sums(self, groupby, *measures, user=None, domain=()):
        model = self.env["crm.performance"].with_user(user or self.manager)
        model.invalidate_model()
        domain = [("company_id", "=", self.company.id), ("date", ">=", "2026-06-01"), *domain]
        groups = model._read_group(domain, [groupby] if groupby else [], [f"{name}:sum" for name in measures])
        return {row[0]: row[1:] for row in groups} if groupby else groups[0]


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestTarget(SalesCommon):
    def test_split_is_exact_and_parts_equal_the_whole(self):
        """R030.1: a target is divided over months to the cent, and a whole is in force only if its parts sum to it."""
        year = {"date_from": "2026-01-01", "date_to": "2026-12-31"}
        whole = self.target(100.0, scope="team", team_id=self.team.id, confirm=False, **year)
        whole.action_split()
        self.assertEqual(len(whole.line_ids), 12)
        self.assertAlmostEqual(sum(whole.line_ids.mapped("amount")), 100.0, places=9)
        self.assertEqual(whole.line_ids[0].amount, 8.5)  # 100 x 31 / 365 = 8.4931..., plus a cent that was left
        self.assertEqual(whole.check_state, "none")
        self.target(60.0, parent_id=whole.id, **year)
        self.assertEqual(whole.check_state, "mismatch")
        with self.assertRaisesRegex(UserError, "its parts sum to 60.0"):
            whole.action_confirm()
        self.target(40.0, user=self.colleague, parent_id=whole.id, **year)
        whole.action_confirm()
        self.assertEqual((whole.state, whole.check_state), ("confirmed", "equal"))
        with self.assertRaises(ValidationError):
            whole.line_ids[0].amount += 1
        counts = self.target(7, measure="visits", confirm=False, **year)
        counts.action_split()
        self.assertEqual(sum(counts.line_ids.mapped("amount")), 7)
        self.assertTrue(all(amount == int(amount) for amount in counts.line_ids.mapped("amount")))
        weeks = self.target(100.0, confirm=False, unit="week", profile="even")
        weeks.action_split()
        self.assertEqual(weeks.line_ids.mapped("amount"), [20.0] * 5)

    def test_profile_like_the_year_before(self):
        self.order(3, day="2025-05-10")
        self.order(1, day="2025-06-10")
        target = self.target(80.0, confirm=False, profile="season", date_from="2026-05-01")
        target.action_split()
        self.assertEqual(target.line_ids.mapped("amount"), [60.0, 20.0])

    def test_reached_by_every_measure(self):
        """R028: orders, invoices, money, margin, quantity and new customers count towards their own targets."""
        targets = {
            name: self.target(1000.0, name)
            for name in ("ordered", "invoiced", "collected", "margin", "quantity", "new_customers", "visits")
        }
        self.order(4)
        invoice = self.bill(self.customer, 300.0, days_ago=3, invoice_user_id=self.salesman.id)
        self.pay(invoice, 120.0)
        self.order(9, user=self.colleague)
        reached = {name: target.actual for name, target in targets.items()}
        self.assertEqual(
            reached,
            {"ordered": 400.0, "invoiced": 300.0, "collected": 120.0, "margin": 160.0, "quantity": 4.0,
             "new_customers": 1.0, "visits": 0.0},
        )  # fmt: skip
        self.assertEqual(targets["ordered"].attainment, 40.0)
        credit = self.bill(self.customer, 50.0, days_ago=1, move_type="out_refund", invoice_user_id=self.salesman.id)
        self.assertEqual(credit.state, "posted")
        targets["invoiced"].invalidate_recordset()
        self.assertEqual(targets["invoiced"].actual, 250.0)

    def test_scopes(self):
        """R033, R030.1: results stand in the territory of their day; every kind of target counts what belongs to it."""
        land = self.env["crm.territory"].create({"name": "Land"})
        city = self.env["crm.territory"].create({"name": "City", "parent_id": land.id})
        other = self.make_customer("Other", user=self.salesman)
        self.customer.territory_id = city
        self.customer.territory_member_ids.sudo().date_from = "2026-06-10"
        whole = [
            self.target(1000.0, scope=scope, **vals)
            for scope, vals in (
                ("company", {}),
                ("team", {"team_id": self.team.id}),
                ("partner", {"partner_id": self.customer.id}),
                ("categ", {"product_categ_id": self.goods.categ_id.id}),
                ("territory", {"territory_id": land.id}),
            )
            if scope != "categ" or vals["product_categ_id"]
        ]
        self.order(1, day="2026-06-05")
        self.order(2, day="2026-06-15")
        self.order(4, partner=other)
        reached = {target.scope: target.actual for target in whole}
        self.assertEqual((reached["company"], reached["team"], reached["partner"]), (700.0, 700.0, 300.0))
        self.assertEqual(reached["territory"], 200.0, "before 10 June the customer was in no territory")
        by_territory = self.sums("territory_id", "ordered")
        self.assertEqual(by_territory[city], (200.0,))
        self.assertEqual(by_territory[self.env["crm.territory"]], (500.0,))

    def test_sentence_on_quotation_order_and_invoice(self):
        """R030.1: the document says how far it brings its salesperson; without a target it says nothing."""
        self.order(6)
        quotation = self.order(2, confirm=False)
        own = quotation.with_user(self.salesman)
        self.assertFalse(own.target_sentence)
        self.target(1000.0)
        self.target(1000.0, "invoiced")
        quotation.invalidate_recordset()
        self.assertEqual(own.target_sentence, "Brings you to 80 % of June, from 60 %.")
        self.assertEqual(quotation.with_user(self.manager).target_sentence, "Brings Sal to 80 % of June, from 60 %.")
        quotation.action_confirm()
        quotation.date_order = TODAY
        quotation.invalidate_recordset()
        self.assertEqual(own.target_sentence, "You are at 80 % of June.")
        invoice = self.bill(self.customer, 250.0, days_ago=0, invoice_user_id=self.salesman.id)
        self.assertEqual(invoice.with_user(self.manager).target_sentence, "Sal is at 25 % of June.")

    def test_sentence_costs_no_query_an_order(self):
        self.target(1000.0)
        orders = self.env["sale.order"].browse([self.order(1, confirm=False).id for _number in range(3)])
        many = orders | self.env["sale.order"].create(
            [{"partner_id": self.customer.id, "user_id": self.salesman.id, "team_id": self.team.id}] * 30
        )

        def queries(batch):
            self.env.flush_all()
            self.env.invalidate_all()
            batch = batch.with_user(self.manager)
            batch.mapped("amount_untaxed"), batch.user_id.mapped("name"), batch.company_id.mapped("name")
            before = self.env.cr.sql_log_count
            batch.mapped("target_sentence")
            return self.env.cr.sql_log_count - before

        queries(orders)
        self.assertLessEqual(queries(many), queries(orders) + 1)

    def test_list_of_targets_costs_the_same_for_ten_and_for_a_hundred(self):
        many = self.env["crm.target"].browse([self.target(10.0, confirm=False).id for _number in range(10)])
        june = {"date_from": "2026-06-01", "date_to": "2026-06-30"}
        values = {"user_id": self.salesman.id, "amount": 5.0, "company_id": self.company.id, **june}
        many |= self.env["crm.target"].create([dict(values) for _number in range(90)])
        many.action_split()

        def queries(batch):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch.mapped("attainment")
            return self.env.cr.sql_log_count - before

        queries(many[:10])
        self.assertEqual(queries(many), queries(many[:10]))

    def test_companies_stay_apart(self):
        """R030.1: a target of another company counts nothing of this one, and its manager alone sees it."""
        other = self.env["res.company"].create({"name": "Branch"})
        self.order(4)
        mine = self.target(1000.0, scope="company")
        theirs = self.target(1000.0, scope="company", company_id=other.id)
        self.assertEqual((mine.actual, theirs.actual), (400.0, 0.0))
        seen = self.env["crm.target"].with_user(self.manager).search([("id", "in", (mine | theirs).ids)])
        self.assertEqual(seen, mine)
        figures = (
            self.env["crm.performance"].with_user(self.manager)._read_group([("ordered", "!=", 0)], ["company_id"])
        )
        self.assertEqual([company for (company,) in figures], [self.company])

    def test_who_sees_which_target(self):
        own, others = self.target(10.0), self.target(20.0, user=self.colleague)
        seen = self.env["crm.target"].with_user(self.salesman).search([("id", "in", (own | others).ids)])
        self.assertEqual(seen, own)
        with self.assertRaises(AccessError):
            own.with_user(self.salesman).write({"amount": 1.0})
        with self.assertRaises(ValidationError):
            self.target(1.0, scope="partner")


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestPerformance(SalesCommon):
    def test_figures_of_a_salesperson(self):
        """R028: visits, opportunities, quotations, orders, collections and attainment stand per salesperson."""
        self.target(1000.0)
        self.env["crm.lead"].create(
            {"name": "Deal", "type": "opportunity", "user_id": self.salesman.id, "company_id": self.company.id}
        )
        self.order(3)
        self.order(5, confirm=False)
        self.pay(self.bill(self.customer, 300.0, days_ago=3, invoice_user_id=self.salesman.id), 100.0)
        if "crm.visit" in self.env:
            self.env["crm.visit"].create(
                {"partner_id": self.customer.id, "user_id": self.salesman.id, "company_id": self.company.id,
                 "objective": "Look", "purpose": "sell", "start": "2026-06-20 08:00:00", "state": "done"}
            )  # fmt: skip
        # Odoo's create date is the clock of the database, not the frozen day.
        figures = self.sums("user_id", "orders", "ordered", "collected", "target_ordered")[self.salesman]
        self.assertEqual(figures, (1, 300.0, 100.0, 1000.0))
        made = self.sums("user_id", "opportunities", "quotations")[self.salesman]
        self.assertEqual(made, (1, 2))
        [(percent,)] = (
            self.env["crm.performance"]
            .with_user(self.manager)
            ._read_group([("user_id", "=", self.salesman.id), ("date", ">=", "2026-06-01")], [], ["attainment:avg"])
        )
        self.assertEqual(percent, 30.0)
        if "crm.visit" in self.env:
            self.assertEqual(self.sums("user_id", "visits")[self.salesman], (1,))

    def test_department_by_month_ties_to_the_records(self):
        """R028.1: orders, shipments and collections per department and month equal orders, moves and payments."""
        goods = self.env["product.product"].create(
            {"name": "Stocked", "is_storable": True, "list_price": 10.0, "taxes_id": False}
        )
        self.env["stock.quant"]._update_available_quantity(
            goods, self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1).lot_stock_id, 50
        )
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "team_id": self.team.id, "user_id": self.salesman.id,
             "order_line": [Command.create({"product_id": goods.id, "product_uom_qty": 8})]}
        )  # fmt: skip
        order.action_confirm()
        order.picking_ids.move_ids.quantity = 5
        order.picking_ids.with_context(skip_backorder=True).button_validate()
        assistant = self.manager
        shipped, ordered = self.sums("team_id", "shipped", "ordered", user=assistant)[self.team]
        self.assertEqual((shipped, ordered), (50.0, order.amount_untaxed))
        invoice = self.bill(self.customer, 500.0, days_ago=2, team_id=self.team.id)
        self.pay(invoice, 200.0)
        groups = (
            self.env["crm.performance"]
            .with_user(assistant)
            ._read_group([("team_id", "=", self.team.id), ("collected", "!=", 0)], ["date:month"], ["collected:sum"])
        )
        self.assertEqual([(str(month), amount) for month, amount in groups], [("2026-06-01", 200.0)])

    def test_ranking_moves_as_orders_and_payments_post(self):
        """R035: branches and salespeople are ranked by orders and collections, and a payment changes the places."""
        self.order(3)
        self.order(2, user=self.colleague)
        first = self.bill(self.customer, 90.0, invoice_user_id=self.colleague.id)
        second = self.bill(self.customer, 100.0, invoice_user_id=self.salesman.id)

        def places():
            model = self.env["crm.ranking"].with_user(self.manager).with_company(self.company)
            model.invalidate_model()
            people = self.salesman | self.colleague
            rows = model.search([("kind", "=", "user"), ("period", "=", "month"), ("user_id", "in", people.ids)])
            return {row.user_id: (row.rank, row.rank_collected) for row in rows}

        self.pay(first)
        self.assertEqual(places(), {self.salesman: (1, 2), self.colleague: (2, 1)})
        self.pay(second)
        self.assertEqual(places(), {self.salesman: (1, 1), self.colleague: (2, 2)})
        self.order(5, user=self.colleague)
        self.assertEqual(places(), {self.salesman: (2, 1), self.colleague: (1, 2)})
        branch = (
            self.env["crm.ranking"].with_user(self.manager).search([("kind", "=", "company"), ("period", "=", "month")])
        )
        self.assertEqual(branch.filtered(lambda row: row.company_id == self.company).ordered, 1000.0)
        self.assertEqual(branch[0].action_open_performance()["res_model"], "crm.performance")
        with self.assertRaises(AccessError):
            self.env["crm.ranking"].with_user(self.salesman).search([])

    def test_every_row_opens_its_document(self):
        self.target(10.0)
        self.pay(self.bill(self.customer, 90.0, invoice_user_id=self.salesman.id))
        order = self.order(1)
        rows = self.env["crm.performance"].with_user(self.manager).search([("user_id", "=", self.salesman.id)])
        opened = {(row.action_open_document()["res_model"], row.action_open_document()["res_id"]) for row in rows}
        self.assertIn(("sale.order", order.id), opened)
        self.assertLessEqual({"sale.order", "account.move", "crm.target"}, {model for model, _id in opened})

    def test_salesperson_sees_own_results_only(self):
        other = self.make_customer("Other", user=self.colleague)
        self.order(3)
        self.order(2, user=self.colleague, partner=other)
        self.assertEqual(self.sums(None, "ordered", user=self.salesman), (300.0,))
        self.assertEqual(self.sums(None, "ordered"), (500.0,))


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestSalesDesk(SalesCommon):
    def test_task_is_set_reported_and_scored(self):
        """R035.1: a manager assigns a task with quantity and deadline, the salesperson reports, the manager scores."""
        task = (
            self.env["crm.sales.task"]
            .with_user(self.manager)
            .create({"name": "Offer the catalogue", "user_id": self.salesman.id, "manager_id": self.manager.id,
                     "quantity": 10, "unit": "visits", "date_deadline": "2026-06-29"})
        )  # fmt: skip
        self.assertEqual(task.activity_ids.user_id, self.salesman)
        self.assertTrue(task.is_overdue)
        self.assertIn(task, self.env["crm.sales.task"].search([("is_overdue", "=", True)]))
        own = task.with_user(self.salesman)
        own.action_start()
        own.quantity_done = 8
        self.assertEqual(own.progress_pct, 80.0)
        with self.assertRaises(AccessError):
            own.quantity = 8
        with self.assertRaises(AccessError):
            own.score = "5"
        own.action_report()
        with self.assertRaisesRegex(UserError, "Enter a score"):
            task.action_score()
        task.score = "4"
        task.action_score()
        self.assertEqual((task.state, task.score), ("reviewed", "4"))
        with self.assertRaises(AccessError):
            task.with_user(self.colleague).read(["name"])

    def test_reports_received_and_missing(self):
        """R030.2: one screen shows forecast, sales by channel, and which reports are received and missing."""
        reports = self.env["crm.sales.report"]._expect(TODAY)
        own = reports.filtered(lambda report: report.user_id == self.salesman)
        self.assertEqual((own.team_id, own.state), (self.team, "missing"))
        self.assertFalse(self.env["crm.sales.report"]._expect(TODAY), "nobody is expected twice")
        with self.assertRaisesRegex(UserError, "Say what was done"):
            own.with_user(self.salesman).action_submit()
        own.with_user(self.salesman).done = "Visited three customers."
        own.with_user(self.salesman).action_submit()
        self.order(7)
        self.target(1000.0)
        self.env["crm.forecast"]._freeze(self.company, TODAY)
        overview = self.env["crm.sales.overview"].with_user(self.manager)
        screen = overview.browse(overview.action_open()["res_id"])
        mine = screen.report_ids.filtered(lambda report: report.user_id in self.salesman | self.colleague)
        states = {report.user_id: report.state for report in mine}
        self.assertEqual(states, {self.salesman: "submitted", self.colleague: "missing"})
        channel = screen.channel_ids.filtered(lambda row: row.customer_role == "agent")
        self.assertEqual(channel.ordered, 700.0)
        self.assertEqual((screen.target, screen.ordered, screen.attainment_text), (1000.0, 700.0, "70 % of the target"))
        self.assertTrue(screen.forecast_id)
        screen.action_previous()
        self.assertEqual((screen.ordered, screen.attainment_text), (0.0, "No target set"))
        with self.assertRaises(AccessError):
            self.env["crm.sales.overview"].with_user(self.salesman).action_open()
