from odoo import Command, http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestPortalShop(ShopCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.group_user")._apply_group(cls.env.ref("product.group_product_pricelist"))
        pricelist = cls.env["product.pricelist"].create(
            {
                "name": "Dealers",
                "company_id": cls.company.id,
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 10, "applied_on": "3_global"})
                ],
            }
        )
        cls.dealer = cls.make_customer(
            "Dealer", role="distributor", user=cls.salesman, crm_portal_shop=True, property_product_pricelist=pricelist
        )
        cls.site = cls.env["res.partner"].create({"name": "Villa Rosa", "parent_id": cls.dealer.id, "type": "delivery"})
        cls.user = cls.make_portal_user("shop_dealer", cls.dealer)
        cls.stranger = cls.make_customer("Another dealer", crm_portal_shop=True)
        cls.foreign_site = cls.env["res.partner"].create({"name": "Not yours", "parent_id": cls.stranger.id})
        cls.orders = cls.env["sale.order"]

    @classmethod
    def make_portal_user(cls, login, company):
        user = new_test_user(
            cls.env,
            login,
            "base.group_portal",
            name=login,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        user.partner_id.parent_id = company
        return user

    def post(self, url, **data):
        return self.url_open(url, data={"csrf_token": http.Request.csrf_token(self), **data})

    def cart(self, user=None):
        self.env.invalidate_all()
        return self.orders.search([("partner_id", "=", (user or self.user).partner_id.id), ("state", "=", "draft")])

    def placed(self):
        self.env.invalidate_all()
        return self.orders.search([("partner_id", "=", self.user.partner_id.id), ("state", "!=", "draft")])

    def test_order(self):
        """R081: the dealer orders at own prices and names the end customer; an ordinary order of Odoo with both."""
        self.authenticate("shop_dealer", "shop_dealer")
        page = self.url_open("/my/shop").text
        self.assertIn("Cake stand", page)
        self.assertIn("36.00", page)
        self.post("/my/shop/add", product_id=self.cake.id, quantity="2")
        self.post("/my/shop/add", product_id=self.cake.id, quantity="1")
        line = self.cart().order_line
        self.assertEqual((line.product_id, line.product_uom_qty), (self.cake, 3))
        self.assertEqual(line.price_subtotal, 108)
        self.post("/my/shop/update", line_id=line.id, quantity="4")
        response = self.post("/my/shop/place", end_customer_id=self.site.id, reference="PO 1", note="<b>Soon</b>")
        self.assertIn("Villa Rosa", response.text)
        order = self.placed()
        self.assertEqual((order.state, order.crm_channel, order.client_order_ref), ("sent", "online", "PO 1"))
        self.assertEqual(order.partner_id.commercial_partner_id, self.dealer)
        self.assertEqual((order.end_customer_id, order.user_id), (self.site, self.salesman))
        self.assertEqual(order.amount_untaxed, 144)
        self.assertIn("&lt;b&gt;", "".join(order.message_ids.mapped("body")), "what dealers write is no markup")
        self.assertEqual(order.activity_ids.user_id, self.salesman)
        order.with_user(self.salesman).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_confirmed_at_once(self):
        """R081: the company may let portal orders be confirmed at once; a customer supplied by the dealer is named."""
        self.company.crm_portal_confirm = True
        supplied = self.make_customer("Supplied by the dealer", channel_parent_id=self.dealer.id)
        self.authenticate("shop_dealer", "shop_dealer")
        self.post("/my/shop/add", product_id=self.cake.id, quantity="1")
        self.post("/my/shop/place", end_customer_id=supplied.id)
        self.assertEqual((self.placed().state, self.placed().end_customer_id), ("sale", supplied))

    def test_foreign_ids_are_refused(self):
        """R081: other people's end customers, lines, orders, and products not for sale are refused."""
        other_company = self.setup_other_company()["company"]
        hidden = [
            self.make_product("Archived", self.cakes, 5, 1, active=False),
            self.make_product("Unsold", self.cakes, 5, 1, sale_ok=False),
            self.make_product("Foreign", self.cakes, 5, 1, company_id=other_company.id),
            self.make_product("Internal", self.cakes, 5, 1, crm_portal_hidden=True),
        ]
        order = self.orders.create(
            {"partner_id": self.stranger.id, "order_line": [Command.create({"product_id": self.cake.id})]}
        )
        self.authenticate("shop_dealer", "shop_dealer")
        page = self.url_open("/my/shop").text
        for product in hidden:
            self.assertNotIn(product.name, page)
            self.assertNotIn(product.name, self.url_open(f"/my/shop/product/{product.id}").text)
            self.assertIn("not for sale", self.post("/my/shop/add", product_id=product.id, quantity=1).text)
            self.assertEqual(self.url_open(f"/my/shop/image/{product.id}").status_code, 404)
        self.assertFalse(self.cart())
        self.post("/my/shop/add", product_id=self.cake.id, quantity=1)
        cart = self.cart()
        for line in (order.order_line.id, 0, "x", 10**12):
            self.assertIn("not in your cart", self.post("/my/shop/update", line_id=line, remove=1).text)
        self.assertTrue(order.order_line.exists())
        for end in (self.foreign_site.id, self.stranger.id, self.env.company.partner_id.id, "x", "-1", 10**12):
            self.assertIn("not one of yours", self.post("/my/shop/place", end_customer_id=end).text, end)
        self.assertEqual((self.cart(), cart.end_customer_id.id), (cart, False))
        self.assertNotIn("Not yours", self.url_open("/my/shop/cart").text)
        page = self.url_open(f"/my/orders/{order.id}")
        self.assertTrue(page.url.endswith("/my"), page.url)

    def test_quantities(self):
        """R081: only sensible quantities are taken."""
        self.authenticate("shop_dealer", "shop_dealer")
        for quantity in ("0", "-3", "many", "nan", "inf", "1e12", ""):
            page = self.post("/my/shop/add", product_id=self.cake.id, quantity=quantity).text
            self.assertIn("above zero", page, quantity)
            self.assertFalse(self.cart().order_line)
        self.assertIn("cart is empty", self.post("/my/shop/place").text)
        self.post("/my/shop/add", product_id=self.cake.id, quantity="1,5")
        self.assertEqual(self.cart().order_line.product_uom_qty, 1.5)
        self.cake.sale_ok = False
        self.assertIn("No longer available", self.post("/my/shop/place").text)
        self.assertFalse(self.placed())

    def test_who_may(self):
        """R081: others see no shop; a forged form without token changes nothing; carts are personal."""
        self.make_portal_user("shop_nobody", self.make_customer("No dealer"))
        self.authenticate("shop_nobody", "shop_nobody")
        self.assertNotIn("Cake stand", self.url_open("/my/shop").text)
        self.post("/my/shop/add", product_id=self.cake.id, quantity=1)
        self.assertFalse(self.orders.search([("crm_portal_cart", "=", True)]))
        self.authenticate("shop_dealer", "shop_dealer")
        with self.assertLogs("odoo.http", "WARNING"):
            refused = self.url_open("/my/shop/add", data={"product_id": self.cake.id, "quantity": 1})
        self.assertEqual(refused.status_code, 400)
        self.assertIn(self.url_open("/my/shop/add").status_code, (404, 405), "no change by GET")
        self.assertFalse(self.cart())
        with self.assertRaises(AccessError):
            self.env["crm.product.view"].with_user(self.user).search([])
        with self.assertRaises(AccessError):
            self.orders.with_user(self.user).create({"partner_id": self.user.partner_id.id})

    def test_stock_is_not_told(self):
        """R081: stock is shown as available or not, never as a quantity."""
        goods = self.make_product("Stocked", self.cakes, 5, 1, is_storable=True)
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1)
        self.authenticate("shop_dealer", "shop_dealer")
        self.assertIn("On request", self.url_open(f"/my/shop/product/{goods.id}").text)
        self.env["stock.quant"]._update_available_quantity(goods, warehouse.lot_stock_id, 7341)
        page = self.url_open(f"/my/shop/product/{goods.id}").text
        self.assertIn("In stock", page)
        self.assertNotIn("7341", page)

    def test_recommendations(self):
        """R041: recommendations come from own purchases and from the products viewed."""
        gardens = [self.make_customer(f"Garden {number}") for number in range(2)]
        self.baskets(
            (self.dealer, [self.thyme], 20),
            *[(gardens[0], [self.thyme, self.sage], 20 + day) for day in range(8)],
            *[(gardens[1], [self.cake, self.fork], 20 + day) for day in range(8)],
        )
        self.env["crm.product.affinity"]._run(self.company, self.today)

        def recommended():
            text = self.url_open("/my/shop").text
            return text.split("o_crm_recommended")[1].split("o_crm_catalogue")[0] if "o_crm_recommended" in text else ""

        self.authenticate("shop_dealer", "shop_dealer")
        first = recommended()
        self.assertIn("Sage marker", first, "goes with what was bought")
        self.assertNotIn("Cake fork", first)
        self.assertNotIn("Thyme marker</a>", first)
        self.url_open(f"/my/shop/product/{self.cake.id}")
        self.url_open(f"/my/shop/product/{self.cake.id}")
        self.env.invalidate_all()
        seen = self.env["crm.product.view"].with_user(self.salesman).search([])
        self.assertEqual((seen.product_id, seen.partner_id, seen.count), (self.cake, self.dealer, 2))
        second = recommended()
        self.assertIn("Cake fork", second, "goes with what was viewed")
        self.assertIn("You looked at it.", second)

    def test_shop_queries(self):
        """The catalogue costs no query per product."""
        shop = self.orders.with_company(self.company)
        partner = self.user.partner_id
        counts = []
        for number in (1, 30):
            for extra in range(number):
                self.make_product(f"P{number}-{extra}", self.cakes, 5, 1, is_storable=True)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            products, *_rest = shop._shop_page(self.company, partner)
            shop._shop_available(products)
            products.mapped("display_name")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3, counts)

    def test_empty_cart_cannot_be_placed(self):
        cart = self.orders._shop_cart(self.company, self.user.partner_id, create=True)
        with self.assertRaises(UserError):
            cart._shop_place()

    def test_tour(self):
        """R081: a dealer signs in to the portal, orders at own prices for an end customer, and sees the order."""
        self.start_tour("/my/shop", "crm_custom_portal_shop", login="shop_dealer")
        order = self.placed()
        self.assertEqual((order.end_customer_id, order.amount_untaxed), (self.site, 108))
        self.assertEqual(order.client_order_ref, "PO 77")
