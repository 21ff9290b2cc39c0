from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..tools import affinity, loyalty
from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestProductAffinity(ShopCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.industry = cls.env["res.partner.industry"].create({"name": "Garden centres"})
        cls.gardener = cls.make_customer("Gardener", user=cls.salesman, industry_id=cls.industry.id)
        cls.baker = cls.make_customer("Baker", user=cls.colleague)
        markers, cakes = [cls.thyme, cls.sage], [cls.cake, cls.fork]
        cls.sold = [
            *[(cls.gardener, markers, 10 + number) for number in range(12)],
            *[(cls.gardener, [cls.thyme], 30 + number) for number in range(3)],
            *[(cls.baker, cakes, 10 + number) for number in range(8)],
            *[(cls.baker, [cls.cake, cls.lamp], 40 + number) for number in range(4)],
            *[(cls.baker, [cls.sage, cls.lamp], 60)],
        ]
        cls.moves = cls.baskets(*cls.sold)
        cls.affinity = cls.env["crm.product.affinity"]
        cls.affinity._run(cls.company, cls.today)

    def pairs(self, kind="all", **where):
        return self.affinity.search(
            [("company_id", "=", self.company.id), ("group_kind", "=", kind), *[(k, "=", v) for k, v in where.items()]]
        )

    def test_pairs_equal_the_pure_rule(self):
        """R040, R040.1: support, confidence both ways, lift and its bound over posted invoices, as the rule says."""
        baskets = [{product.id for product in products} for _partner, products, _days in self.sold]
        found = {(pair.product_id.id, pair.product2_id.id): pair for pair in self.pairs()}
        self.assertEqual(
            set(found),
            {tuple(sorted(pair.ids)) for pair in (self.thyme | self.sage, self.cake | self.fork)},
            "pairs in fewer than five baskets are not listed",
        )
        for (left, right), pair in found.items():
            counts = (
                len(baskets),
                sum(left in basket for basket in baskets),
                sum(right in basket for basket in baskets),
                sum({left, right} <= basket for basket in baskets),
            )
            expected = affinity.measures(*counts)
            self.assertEqual((pair.baskets, pair.count_left, pair.count_right, pair.count_both), counts)
            for name in ("support", "confidence", "confidence_back", "lift", "lift_low", "leverage", "chi2"):
                self.assertAlmostEqual(pair[name], getattr(expected, name), 2 if name == "chi2" else 4, name)
            self.assertEqual(pair.significant, expected.significant)
        self.assertTrue(found[tuple(sorted((self.cake | self.fork).ids))].same_categ)
        self.assertIn("also bought", self.pairs()[0].sentence)

    def test_not_counted(self):
        """R040.1: drafts, credit notes, gifts and other companies are no baskets."""
        before = self.pairs()[0].baskets
        self.baskets((self.baker, [self.thyme, self.sage], 5, -1))
        self.env["account.move"].create(self._basket_vals(self.baker, [self.thyme, self.sage], 5))
        self.affinity._run(self.company, self.today)
        self.assertEqual(self.pairs()[0].baskets, before)
        ids = len(self.pairs())
        self.affinity._run(self.company, self.today)
        self.assertEqual(len(self.pairs()), ids, "a second run gives the same")

    def test_group(self):
        """R040: the analyst runs the analysis on one customer group and opens its strongest pair and its baskets."""
        wizard = (
            self.env["crm.product.affinity.analysis"]
            .with_user(self.manager)
            .create({"group_kind": "industry", "industry_id": self.industry.id, "support": 50})
        )
        action = wizard.action_run()
        found = self.affinity.with_user(self.manager).search(action["domain"])
        self.assertEqual(len(found), 1)
        self.assertEqual(found.industry_id, self.industry)
        self.assertEqual(found.product_id | found.product2_id, self.thyme | self.sage)
        self.assertEqual((found.baskets, found.count_both, found.rank), (15, 12, 1))
        opened = found.action_open_baskets()
        self.assertEqual(self.env[opened["res_model"]].search_count(opened["domain"]), 12)
        wizard.support = 99
        wizard.action_run()
        self.assertFalse(self.affinity.search(action["domain"]), "no pair in 99 % of the baskets")
        with self.assertRaises(UserError):
            wizard.support = 101
        with self.assertRaises(AccessError):
            self.env["crm.product.affinity.analysis"].with_user(self.salesman).create({"group_kind": "all"})

    def test_schedule(self):
        """R040.1: the nightly job counts each company once a day."""
        self.company.crm_affinity_run = False
        self.moves[0].button_draft()
        self.moves[0].button_cancel()
        others = self.env["res.company"].search([("id", "!=", self.company.id)])
        others.crm_affinity_run = self.today
        cron = self.env.ref("crm_custom.crm_product_affinity_cron")
        self.assertTrue(cron.active)
        with freeze_time(self.today), self.enter_registry_test_mode():
            self.assertIs(cron.method_direct_trigger(), True)
        self.assertEqual(self.company.crm_affinity_run, self.today)
        self.assertEqual(self.pairs()[0].baskets, len(self.sold) - 1)

    def test_orders_as_baskets(self):
        """R040.1: pairs on the same confirmed orders, when the company counts orders."""
        self.company.crm_affinity_basis = "order"
        lines = [{"product_id": product.id, "product_uom_qty": 1} for product in (self.lamp, self.fork)]
        orders = self.env["sale.order"].create(
            [
                {"partner_id": self.baker.id, "order_line": [(0, 0, line) for line in lines[: 2 - number % 2]]}
                for number in range(12)
            ]
        )
        orders.action_confirm()
        orders.date_order = self.today
        self.affinity._run(self.company, self.today)
        pair = self.pairs(count_both=6)
        self.assertEqual(pair.product_id | pair.product2_id, self.lamp | self.fork)
        self.assertEqual(pair.basis, "order")

    # === LOYALTY AND PRODUCTS === #

    def test_loyalty(self):
        """R043: duration, degree and trend per product and customer; who weakens is found; a salesperson sees own."""
        sold = [
            (self.gardener, [self.lamp], 700, 10),
            (self.gardener, [self.lamp], 500, 10),
            (self.gardener, [self.lamp], 100, 3),
            (self.baker, [self.thyme], 600, 2),
            (self.baker, [self.thyme], 500, 2),
        ]
        self.baskets(*sold)
        self.affinity._run(self.company, self.today)
        rows = {(row.partner_id, row.product_id): row for row in self.env["crm.product.buyer"].search([])}
        row = rows[self.gardener, self.lamp]
        lamps = [("invoice_line_ids.product_id", "=", self.lamp.id), ("partner_id", "=", self.gardener.id)]
        days = sorted(self.moves.search(lamps).mapped("invoice_date"))
        self.assertEqual((row.first_date, row.last_date), (days[0], days[-1]))
        self.assertEqual(row.duration, loyalty.months(days[0], days[-1]))
        self.assertAlmostEqual(row.degree, loyalty.degree(3, days[0], self.today), 1)
        self.assertEqual((row.amount_12, row.amount_before), (90, 600))
        self.assertAlmostEqual(row.trend, loyalty.trend(90, 600), 1)
        self.assertEqual(row.state, loyalty.state(days[0], days[-1], 90, 600, self.today, 20))
        self.assertEqual(row.state, "weakening")
        self.assertEqual(rows[self.baker, self.thyme].state, "lapsed")
        self.assertEqual(rows[self.gardener, self.thyme].state, "new")
        mine = self.env["crm.product.buyer"].with_user(self.salesman).search([("state", "in", ("weakening", "lapsed"))])
        self.assertEqual(mine, row)
        opened = row.with_user(self.salesman).action_open_lines()
        lines = self.env["crm.product.sale"].with_user(self.salesman).search(opened["domain"])
        self.assertEqual(sum(lines.mapped("amount")), row.amount)

    def test_product_profile(self):
        """R046: per product its buyers, associated products, stock, lead time and return rate."""
        goods = self.make_product("Stocked", self.herbs, 20, 8, is_storable=True)
        vendor = self.make_customer("Vendor")
        goods.seller_ids = [(0, 0, {"partner_id": vendor.id, "delay": 9, "price": 8})]
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1)
        self.env["stock.quant"]._update_available_quantity(goods, warehouse.lot_stock_id, 7)
        customers = self.env.ref("stock.stock_location_customers")
        for source, target, quantity in (
            (warehouse.lot_stock_id, customers, 4),
            (customers, warehouse.lot_stock_id, 1),
        ):
            move = self.env["stock.move"].create(
                {
                    "product_id": goods.id,
                    "product_uom_qty": quantity,
                    "location_id": source.id,
                    "location_dest_id": target.id,
                    "company_id": self.company.id,
                }
            )
            move._action_confirm()
            move.quantity = quantity
            move.picked = True
            move._action_done()
            move.date = self.today
        self.affinity._run(self.company, self.today)
        profile = {row.product_id: row for row in self.env["crm.product.profile"].with_user(self.salesman).search([])}
        row = profile[goods]
        self.assertEqual((row.qty_available, row.qty_shipped, row.qty_returned, row.return_rate), (4, 4, 1, 25))
        self.assertEqual((row.lead_days, row.lead_source), (9, "vendor"))
        self.assertEqual(profile[self.lamp].lead_source, "none", "unknown is said, not guessed")
        thyme = profile[self.thyme]
        self.assertEqual((thyme.buyer_count, thyme.associate_id), (1, self.sage))
        opened = thyme.action_open_buyers()
        self.assertEqual(self.env[opened["res_model"]].search(opened["domain"]).partner_id, self.gardener)
        opened = thyme.action_open_pairs()
        self.assertEqual(self.env[opened["res_model"]].search_count(opened["domain"]), thyme.associate_count)

    def test_measured_lead_time(self):
        """R046: the lead time is measured on receipts where there are any."""
        goods = self.make_product("Bought", self.herbs, 20, 8, is_storable=True)
        vendor = self.make_customer("Vendor")
        goods.seller_ids = [(0, 0, {"partner_id": vendor.id, "delay": 9, "price": 8})]
        purchase = self.env["purchase.order"].create(
            {"partner_id": vendor.id, "order_line": [(0, 0, {"product_id": goods.id, "product_qty": 5})]}
        )
        purchase.button_confirm()
        purchase.picking_ids.move_ids.quantity = 5
        purchase.picking_ids.button_validate()
        purchase.date_approve = "2026-06-10"
        purchase.picking_ids.move_ids.date = "2026-06-14"
        self.affinity._run(self.company, self.today)
        row = self.env["crm.product.profile"].search([("product_id", "=", goods.id)])
        self.assertEqual((row.lead_days, row.lead_source), (4, "measured"))

    def test_profile_queries(self):
        """The product list costs no query per row."""
        rows = self.env["crm.product.profile"].search([("company_id", "=", self.company.id)])
        counts = []
        for number in (1, len(rows)):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows[:number].web_read({"product_id": {}, "qty_available": {}, "lead_days": {}, "associate_id": {}})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
