from dateutil.relativedelta import relativedelta
from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, freeze_time, tagged

from ..tools import suggest
from .shop_common import ShopCommon


class SuggestionCommon(ShopCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lamp_pro = cls.make_product("Lamp Pro", cls.cakes, 55, 20)
        cls.lamp.product_tmpl_id.write({"crm_upsell_ids": cls.lamp_pro.product_tmpl_id.ids})
        cls.lamp.product_tmpl_id.crm_replacement_months = 12
        cls.customer = cls.make_customer("New Garden", user=cls.salesman)
        cls.alike = [cls.make_customer(f"Garden {number}", user=cls.colleague) for number in range(3)]
        cls.baker = cls.make_customer("Baker", user=cls.colleague)
        cls.baskets(
            (cls.customer, [cls.thyme], 20),
            *[(partner, [cls.thyme, cls.sage], 20 + day) for partner in cls.alike for day in range(2)],
            *[(partner, [cls.cake], 20) for partner in cls.alike[:2]],
            *[(cls.baker, [cls.cake, cls.fork], 20 + day) for day in range(8)],
        )
        cls.env["crm.product.affinity"]._run(cls.company, cls.today)

    @classmethod
    def quote(cls, *products, partner=None, user=None, **vals):
        return cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.customer).id,
                "user_id": (user or cls.salesman).id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 2}) for product in products
                ],
                **vals,
            }
        )

    def panel(self, order, user=None):
        orders = self.env["sale.order"].with_user(user or self.salesman)
        return orders.crm_suggestion_panel(order.id, order.partner_id.id, order.order_line.product_id.ids)

    def offers(self, order, **kwargs):
        return {offer["product_id"]: offer for offer in self.panel(order, **kwargs)["offers"]}


@tagged("post_install", "-at_install")
class TestSuggestions(SuggestionCommon):
    def test_similar_customers(self):
        """R038: products that similar customers bought and this one never did, by expected margin, with the reason."""
        order = self.quote(self.thyme)
        offers = self.offers(order)
        self.assertEqual(list(offers), [self.cake.id, self.sage.id], "margin 20 x 2/3 before 7 x 1")
        self.assertEqual(offers[self.sage.id]["source"], "pair", "the certain pair says more than the neighbours")
        self.assertIn("2 of", offers[self.cake.id]["reason"])
        self.assertNotIn(self.thyme.id, offers)
        self.assertNotIn(self.fork.id, offers, "the baker is not similar")

    def test_accept_and_decline_are_counted(self):
        """R038: one click adds the product; shown, accepted and declined are counted with what they sold."""
        order = self.quote(self.thyme)
        self.panel(order)
        self.panel(order)
        mine = order.with_user(self.salesman)
        line = self.env["sale.order.line"].browse(mine.action_accept_suggestion(self.cake.id))
        self.assertEqual((line.product_id, line.price_unit, line.crm_suggestion), (self.cake, 40, "similar"))
        mine.action_decline_suggestion(self.sage.id)
        self.assertNotIn(self.sage.id, self.offers(order), "declined for this quotation")
        order.action_confirm()
        stat = self.env["crm.suggestion.stat"].with_user(self.salesman)
        [(shown, accepted, declined, sold)] = stat._read_group(
            [("order_id", "=", order.id)], [], ["shown:sum", "accepted:sum", "declined:sum", "amount_sold:sum"]
        )
        self.assertEqual((shown, accepted, declined, sold), (3, 1, 1, 40), "with the fork, after the cake stand")
        self.assertFalse(stat.with_user(self.colleague).search([("order_id", "=", order.id)]), "own quotations only")
        with self.assertRaises(UserError):
            mine.action_accept_suggestion(self.sage.id)

    def test_what_was_not_shown_cannot_be_added(self):
        order = self.quote(self.thyme)
        with self.assertRaises(UserError):
            order.with_user(self.salesman).action_accept_suggestion(self.fork.id)
        with self.assertRaises(AccessError):
            self.panel(order, user=self.colleague)
        with self.assertRaises(AccessError):
            self.env["sale.order"].with_user(self.clerk).crm_suggestion_panel(order.id, self.customer.id, [])

    def test_customer_without_history(self):
        """R038: a new customer gets what customers of the same industry buy."""
        industry = self.env["res.partner.industry"].create({"name": "Gardens"})
        for partner in (self.alike[0], self.alike[1]):
            partner.industry_id = industry
        stranger = self.make_customer("Stranger", user=self.salesman)
        self.assertFalse(self.offers(self.quote(partner=stranger)))
        stranger.industry_id = industry
        self.assertEqual(set(self.offers(self.quote(partner=stranger))), {self.thyme.id, self.sage.id, self.cake.id})

    def test_unsellable_and_other_company(self):
        self.cake.sale_ok = False
        self.sage.active = False
        self.assertFalse(self.offers(self.quote(self.thyme)))

    def test_upsell(self):
        """R039: a higher tier for a product due for replacement takes its place; the uplift value is reported."""
        self.baskets((self.customer, [self.lamp], 400))
        self.env["crm.product.affinity"]._run(self.company, self.today)
        with freeze_time(self.today):
            order = self.quote(self.lamp)
            offer = self.offers(order)[self.lamp_pro.id]
            self.assertEqual(offer["source"], "upsell")
            self.assertIn("due for replacement", offer["reason"])
            self.assertIn("25", offer["uplift"])
            due = self.offers(self.quote(self.thyme))
            self.assertIn(self.lamp_pro.id, due, "also when the old one is not on the quotation")
            order.with_user(self.salesman).action_accept_suggestion(self.lamp_pro.id)
        self.assertEqual(order.order_line.product_id, self.lamp_pro)
        self.assertEqual((order.order_line.product_uom_qty, order.order_line.price_unit), (2, 55))
        row = self.env["crm.suggestion.stat"].search([("order_id", "=", order.id), ("state", "=", "accepted")])
        self.assertEqual(row.uplift, 50)
        with self.assertRaises(ValidationError):
            self.lamp.product_tmpl_id.crm_replacement_months = -1
        with self.assertRaises(ValidationError):
            self.lamp.product_tmpl_id.crm_upsell_ids = self.lamp.product_tmpl_id

    def test_pair_becomes_a_suggestion(self):
        """R040: the strongest pair of what is on the quotation is suggested."""
        offers = self.offers(self.quote(self.fork))
        self.assertEqual(offers[self.cake.id]["source"], "pair")
        self.assertIn("100 %", offers[self.cake.id]["reason"])

    def test_requirements(self):
        """R041.1: stated requirements give the matching available products, ranked by fit."""
        steel = self.make_product("Steel cake fork", self.cakes, 8, 2, is_storable=True)
        gone = self.make_product("Golden cake fork", self.cakes, 8, 2, is_storable=True)
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1)
        self.env["stock.quant"]._update_available_quantity(steel, warehouse.lot_stock_id, 3)
        order = self.quote(self.thyme)
        orders = self.env["sale.order"].with_user(self.salesman)
        found = orders.crm_match_requirements(order.id, False, "steel FORK, cake", 10, 2)
        ids = [offer["product_id"] for offer in found]
        self.assertEqual(ids[0], steel.id)
        self.assertIn(self.fork.id, ids)
        self.assertNotIn(gone.id, ids, "not available")
        more = orders.crm_match_requirements(order.id, False, "steel", 10, 4)
        self.assertFalse(more, "three in stock, four wanted")
        orders.crm_match_requirements(order.id, False, "steel", 10, 2)
        order.with_user(self.salesman).action_accept_suggestion(steel.id)
        self.assertEqual(order.order_line[-1].crm_suggestion, "need")

    def test_counter(self):
        """R038.1: the clerk sees the customer's other needs and product gaps; counter cross-sales are reported."""
        team = self.env["crm.team"].create({"name": "Counter", "crm_channel": "counter"})
        lead = self.env["crm.lead"].create(
            {"name": "New greenhouse", "partner_id": self.customer.id, "user_id": self.salesman.id}
        )
        need = self.env["crm.customer.need"].create(
            {"name": "Irrigation", "partner_id": self.customer.id, "user_id": self.salesman.id}
        )
        other = self.quote(self.lamp)
        order = self.quote(self.thyme, team_id=team.id)
        self.assertEqual(order.crm_channel, "counter")
        panel = self.panel(order)
        needs = {(item["model"], item["id"]) for item in panel["needs"]}
        self.assertEqual(needs, {(need._name, need.id), ("crm.lead", lead.id), ("sale.order", other.id)})
        self.assertEqual(panel["gaps"][0]["name"], "Cakes")
        order.with_user(self.salesman).action_accept_suggestion(self.cake.id)
        order.action_confirm()
        [(sold,)] = self.env["crm.suggestion.stat"]._read_group(
            [("channel", "=", "counter"), ("order_id", "=", order.id)], [], ["amount_sold:sum"]
        )
        self.assertEqual(sold, 40)

    def test_golive(self):
        """R038.2: sales before and after go-live in equal spans, and the part won by cross-selling."""
        self.company.crm_golive_date = self.today - relativedelta(days=9)
        with freeze_time(self.today):
            order = self.quote(self.thyme)
            self.panel(order)
            order.with_user(self.salesman).action_accept_suggestion(self.cake.id)
            order.action_confirm()
            invoice = order._create_invoices()
            invoice.invoice_date = self.today
            invoice.action_post()
            self.baskets((self.baker, [self.fork], 15, 3), (self.baker, [self.fork], 300, 3))
            groups = (
                self.env["crm.product.sale"]
                .with_user(self.manager)
                ._read_group([("company_id", "=", self.company.id)], ["phase"], ["amount:sum", "amount_cross:sum"])
            )
        figures = {phase: (amount, cross) for phase, amount, cross in groups}
        self.assertEqual(figures["after"], (invoice.amount_untaxed, 40))
        before = self.env["account.move"].search(
            [
                ("company_id", "=", self.company.id),
                ("state", "=", "posted"),
                ("move_type", "=", "out_invoice"),
                ("date", ">=", self.today - relativedelta(days=19)),
                ("date", "<", self.company.crm_golive_date),
            ]
        )
        self.assertEqual(figures["before"], (sum(before.mapped("amount_untaxed_signed")), 0))
        self.assertIn("outside", figures)

    def test_queries_do_not_grow(self):
        """R038: the panel costs the same number of queries for one line and for fifty."""
        products = [self.make_product(f"Extra {number}", self.herbs, 3, 1) for number in range(50)]
        counts = []
        for lines in (products[:1], products):
            order = self.quote(self.thyme, *lines)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.panel(order)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 5, counts)
        self.assertLess(counts[0], 80)

    def test_words(self):
        self.assertEqual(suggest.words("A red, RED lamp!"), ["red", "lamp"])


@tagged("post_install", "-at_install")
class TestSuggestionTour(SuggestionCommon, HttpCase):
    def test_tour(self):
        """R038, R041.1: a salesperson adds a suggestion, and a product that meets a requirement, on the quotation."""
        order = self.quote(self.thyme)
        self.salesman.tour_enabled = False
        self.start_tour(f"/odoo/sales/{order.id}", "crm_custom_suggestion", login=self.salesman.login)
        order.invalidate_recordset()
        self.assertEqual(
            {line.product_id: line.crm_suggestion for line in order.order_line},
            {self.thyme: False, self.cake: "similar", self.fork: "need"},
        )
