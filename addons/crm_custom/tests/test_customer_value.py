from datetime import date

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import CustomerCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestCustomerValue(CustomerCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer = cls.make_customer("Dealer", "distributor", user=cls.salesman, ref="D1")
        cls.shop = cls.make_customer("Shop", "direct", user=cls.colleague, email="shop@example.com")
        cls.bill(cls.dealer, 300, 200)
        cls.bill(cls.dealer, 500, 20)

    def test_partner_transactions_are_matched_and_are_a_part_of_the_score(self):
        """R056.1: an imported file is matched by reference, e-mail and name; its sum is a part of its own."""
        columns = ["source_partner_id", "name", "date", "customer_name", "customer_ref", "customer_email", "amount"]
        rows = [
            ["Dealer", "1", "2026-05-01", "", "D1", "", "100"],
            ["Dealer", "2", "2026-05-02", "", "", "Shop@Example.com", "250"],
            ["Dealer", "3", "2026-05-03", "Shop", "", "", "50"],
            ["Dealer", "4", "2026-05-04", "Somebody", "", "", "70"],
        ]
        lines = self.env["crm.partner.transaction"].with_user(self.manager)
        result = lines.load(columns, rows)
        self.assertFalse(result["messages"])
        found = lines.browse(result["ids"])
        self.assertEqual(found.mapped("partner_id"), self.dealer + self.shop)
        self.assertEqual(found.mapped("is_matched"), [True, True, True, False])
        found[3].partner_id = self.shop
        cards = self.run_cards()
        part = self.part(cards[self.shop], "partner_sales")
        self.assertEqual((part.state, part.value), ("ok", 370))
        self.assertEqual(cards[self.shop].revenue, 0, "not our own sales")
        self.assertEqual(self.part(cards[self.dealer], "partner_sales").value, 100)

    def test_wallet_share(self):
        """R037: invoiced sales of twelve months against the estimate that the salesperson entered."""
        self.run_cards()
        dealer = self.dealer.with_user(self.salesman)
        self.assertEqual(dealer.wallet_share, 0)
        dealer.estimated_spend = 3200
        self.assertEqual((dealer.crm_annual_sales, dealer.wallet_share), (800, 25))
        self.assertEqual(self.dealer.with_user(self.colleague).crm_annual_sales, 0, "a colleague's customer")

    def test_growth_plan_with_milestones_and_sales_against_it(self):
        """R066: marks make the potential; milestones and invoiced sales against the plan."""
        plan = (
            self.env["crm.growth.plan"]
            .with_user(self.manager)
            .create(
                {
                    "partner_id": self.dealer.id,
                    "company_id": self.company.id,
                    "date_from": "2026-06-01",
                    "date_to": "2026-12-31",
                    "target_sales": 2000,
                }
            )
        )
        with self.assertRaises(ValidationError):
            plan.action_start()
        plan.write({"market": "5", "willingness": "3"})
        self.assertEqual(plan.potential, 80)
        plan.milestone_ids = [
            Command.create({"name": "Counter in the shop", "date": "2026-06-25", "target_sales": 400}),
            Command.create({"name": "Second shop", "date": "2026-06-28", "target_sales": 900}),
            Command.create({"name": "Training", "date": "2026-09-30"}),
        ]
        plan.action_start()
        self.env.invalidate_all()
        self.assertEqual((plan.actual_sales, plan.progress, plan.base_sales), (500, 25, 300))
        self.assertEqual(plan.milestone_ids.mapped("state"), ["reached", "late", "open"])
        self.assertEqual(plan.milestone_ids.mapped("actual_sales"), [500, 500, 500])
        with self.assertRaises(ValidationError):
            plan.milestone_ids = [Command.create({"name": "Too late", "date": "2027-05-01"})]

    def test_outlets_with_rank_by_year(self):
        """R066.1: outlets with opening date, sales and rank among competitors by year."""
        form = Form(self.env["crm.outlet"].with_user(self.manager).with_company(self.company))
        form.name, form.partner_id, form.opened_on = "Main street", self.dealer, date(2024, 3, 1)
        for year, sales, rank in ((2025, 1000, 3), (2026, 1500, 2)):
            with form.year_ids.new() as line:
                line.year, line.sales, line.rank, line.brands = year, sales, rank, 5
        outlet = form.save()
        outlet.invalidate_recordset()
        self.assertEqual(outlet.year_ids.mapped("change"), ["from 3 to 2", "no rank last year"])
        groups = (
            self.env["crm.outlet.year"]
            .with_user(self.manager)
            ._read_group([("partner_id", "=", self.dealer.id)], ["year"], ["sales:sum", "rank:avg"])
        )
        self.assertEqual(groups, [(2025, 1000, 3), (2026, 1500, 2)])
        outlet.closed_on = "2026-06-30"
        self.assertEqual(outlet.outlets, 0)

    def test_five_axis_rating_with_trend(self):
        """R064: four values and one cost with trend against the rating before."""
        ratings = self.env["crm.value.rating"].with_user(self.manager).with_company(self.company)
        axes = {"product_value": 7, "service_value": 6, "staff_value": 8, "brand_value": 5}
        first = ratings.create({"partner_id": self.shop.id, "date": "2026-01-01", "customer_cost": 5, **axes})
        second = ratings.create({"partner_id": self.shop.id, "date": "2026-06-01", "customer_cost": 4, **axes})
        self.assertEqual((first.balance, first.trend), (6, "first"))
        self.assertEqual((second.balance, second.trend, second.previous_id), (10, "up", first))

    def test_insight_shows_on_every_customer_of_its_segment(self):
        """R004: statement, segment, evidence, confidence, owner; on each customer of the segment and on no other."""
        insight = (
            self.env["crm.insight"]
            .with_user(self.manager)
            .create(
                {
                    "statement": "Distributors that were billed twice stay",
                    "segment": "[('customer_role', '=', 'distributor')]",
                    "evidence": "[('ref', '=', 'D1')]",
                    "confidence": "likely",
                    "company_id": self.company.id,
                }
            )
        )
        person = self.env["res.partner"].create({"name": "Ann", "parent_id": self.dealer.id})
        partners = (self.dealer + person + self.shop).with_user(self.salesman)
        self.assertEqual([bool(partner.crm_insight_ids) for partner in partners], [True, True, False])
        self.assertEqual(insight.evidence_count, 1)
        self.assertGreaterEqual(insight.segment_count, 1)
        with self.assertRaises(ValidationError):
            insight.segment = "[('nonsense', '=', 1)]"

    def test_ties_of_level_three_and_four(self):
        """R065.1, R065.2: style and solution on the customer; delivery services on its shipments and their slip."""
        shop = self.shop.with_user(self.manager)
        shop.write({"service_style": "one_to_one", "solution_plan": "Own contact in the warehouse"})
        services = self.env["crm.delivery.service"].with_user(self.manager).with_company(self.company)
        label = services.create({"partner_id": self.shop.id, "kind": "label", "name": "Customer number on each box"})
        product = self.env["product.product"].create({"name": "Lamp", "is_storable": True})
        order = self.env["sale.order"].create(
            {"partner_id": self.shop.id, "order_line": [Command.create({"product_id": product.id})]}
        )
        order.action_confirm()
        self.assertEqual(order.picking_ids.delivery_service_ids, label)
        html = self.env["ir.actions.report"]._render_qweb_html("stock.report_deliveryslip", order.picking_ids.ids)[0]
        self.assertIn(b"Customer number on each box", html)
        self.assertEqual(shop.with_user(self.salesman).solution_plan, "Own contact in the warehouse")

    def test_four_panels_with_counts_sources_and_products(self):
        """R055.1: potential, new, valuable and expandable customers with counts and main sources or products."""
        web = self.env["utm.source"].create({"name": "Web"})
        product = self.env["product.product"].create({"name": "Lamp"})
        potential = self.make_customer("Potential", "direct", user=self.salesman)
        self.env["crm.lead"].create({"name": "L", "partner_id": potential.id, "source_id": web.id})
        grower = self.make_customer("Grower", "direct", user=self.salesman)
        for amount, days in ((100, 500), (400, 30)):
            self.bill(grower, amount, days, product=product)
        self.bill(self.shop, 60, 15, product=product, source_id=web.id)
        self.run_cards(date(2025, 12, 31))
        self.run_cards()
        studies = self.env["crm.customer.study"].with_user(self.manager).with_company(self.company)
        study = studies.browse(studies.create({"date_from": "2025-12-31"}).action_study()["res_id"])
        lines = {
            question: study.line_ids.filtered(lambda line, question=question: line.question == question)
            for question in ("potential", "new", "valuable", "expandable")
        }
        self.assertIn(potential, lines["potential"][0].partner_ids)
        self.assertIn("Web", lines["potential"].filtered(lambda line: line.kind == "source").mapped("name"))
        self.assertIn(self.shop, lines["new"][0].partner_ids)
        self.assertEqual(lines["new"].filtered(lambda line: line.kind == "source").name, "Web")
        growth = lines["expandable"].filtered(lambda line: line.kind == "product")
        self.assertIn(grower, lines["expandable"][0].partner_ids)
        self.assertEqual(growth[0].amount, 300)
        found = self.env["res.partner"].search(lines["expandable"][0].action_customers()["domain"])
        self.assertEqual(found, lines["expandable"][0].partner_ids)
        self.assertEqual(len(study.valuable_ids), len(lines["valuable"]))
        self.assertTrue(study.potential_text)
