from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal, pager
from odoo.exceptions import UserError
from odoo.http import request

from ..models.sale_order_portal_shop import SHOWN


class PortalShop(CustomerPortal):
    """The catalogue, cart and order of a dealer who signs in. Changes are POST with a CSRF token."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "crm_shop_count" in counters:
            values["crm_shop_count"] = int(bool(self._shop()))
        return values

    def _shop(self):
        """(orders in sudo, company, contact of the dealer), or nothing for those who may not order here."""
        partner = request.env.user.partner_id
        if request.env.user._is_public() or not partner.commercial_partner_id.crm_portal_shop:
            return None
        company = partner.commercial_partner_id.company_id or request.env.user.company_id
        orders = request.env["sale.order"].sudo().with_company(company)
        return orders.with_context(allowed_company_ids=company.ids), company, partner.sudo()

    def _shop_values(self, orders, company, partner, **values):
        cart = orders._shop_cart(company, partner)
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "crm_shop",
            "cart": cart,
            "message": request.session.pop("crm_shop_message", None),
            **values,
        }

    def _refuse(self, error):
        """Keep what went wrong for the next page."""
        request.session["crm_shop_message"] = str(error)

    @staticmethod
    def _number(text):
        """An id from the browser; 0 for anything that is no number."""
        return int(text) if str(text).isdecimal() and len(str(text)) < 10 else 0

    # === CATALOGUE === #

    @http.route(["/my/shop", "/my/shop/page/<int:page>"], type="http", auth="user", website=True)
    def crm_shop(self, page=1, search="", categ=0, **_kwargs):
        shop = self._shop()
        if not shop:
            return request.redirect("/my")
        orders, company, partner = shop
        categ, search = self._number(categ), (search or "")[:100]
        offset = (max(page, 1) - 1) * SHOWN
        products, total, prices, currency = orders._shop_page(company, partner, search, categ, offset)
        offers = orders._shop_recommendations(company, partner) if page <= 1 and not search and not categ else []
        offered = products.browse([offer["product"] for offer in offers])
        categories = request.env["product.category"].sudo()
        groups = request.env["product.product"].sudo()._read_group(orders._shop_products(company), ["categ_id"])
        values = self._shop_values(
            *shop,
            products=products,
            prices={**prices, **orders._shop_prices(company, partner, offered)[0]},
            currency=currency,
            available=orders._shop_available(products | offered),
            offers=[(offered.browse(offer["product"]), offer["reason"]) for offer in offers],
            categories=categories.union(*(categ for (categ,) in groups)),
            categ=categ,
            search=search,
            pager=pager(
                url="/my/shop", total=total, page=page, step=SHOWN, url_args={"search": search, "categ": categ or ""}
            ),
        )
        return request.render("crm_custom.portal_shop", values)

    @http.route("/my/shop/product/<int:product_id>", type="http", auth="user", website=True)
    def crm_shop_product(self, product_id, **_kwargs):
        shop = self._shop()
        if not shop:
            return request.redirect("/my")
        orders, company, partner = shop
        product = orders._shop_product(company, product_id)
        if not product:
            return request.redirect("/my/shop")
        request.env["crm.product.view"].sudo()._note(company, partner, product)
        prices, currency = orders._shop_prices(company, partner, product)
        values = self._shop_values(
            *shop,
            product=product,
            price=prices[product.id],
            currency=currency,
            available=orders._shop_available(product),
        )
        return request.render("crm_custom.portal_shop_product", values)

    @http.route("/my/shop/image/<int:product_id>", type="http", auth="user")
    def crm_shop_image(self, product_id, **_kwargs):
        """The picture of a product that the dealer may buy."""
        shop = self._shop()
        product = shop and shop[0]._shop_product(shop[1], product_id)
        if not product:
            raise request.not_found()
        stream = request.env["ir.binary"].sudo()._get_image_stream_from(product, "image_256")
        return stream.get_response()

    # === CART === #

    @http.route("/my/shop/cart", type="http", auth="user", website=True)
    def crm_shop_cart(self, **_kwargs):
        shop = self._shop()
        if not shop:
            return request.redirect("/my")
        ends = request.env["res.partner"].sudo().search(shop[2]._end_customer_domain(), limit=200, order="name, id")
        return request.render("crm_custom.portal_shop_cart", self._shop_values(*shop, end_customers=ends))

    @http.route("/my/shop/add", type="http", auth="user", methods=["POST"], website=True)
    def crm_shop_add(self, product_id=0, quantity=1, **_kwargs):
        shop = self._shop()
        if not shop:
            return request.redirect("/my")
        orders, company, partner = shop
        product = orders._shop_product(company, self._number(product_id))
        if not product:
            self._refuse(request.env._("This product is not for sale here."))
            return request.redirect("/my/shop")
        try:
            quantity = orders._shop_quantity(quantity)
            orders._shop_cart(company, partner, create=True)._shop_add(product, quantity)
        except UserError as error:
            self._refuse(error)
        return request.redirect("/my/shop/cart")

    @http.route("/my/shop/update", type="http", auth="user", methods=["POST"], website=True)
    def crm_shop_update(self, line_id=0, quantity="", remove="", **_kwargs):
        """Change or take out a line of the dealer's own cart."""
        shop = self._shop()
        if not shop:
            return request.redirect("/my")
        cart = shop[0]._shop_cart(shop[1], shop[2])
        line = cart.order_line.filtered(lambda item: item.id == self._number(line_id))
        try:
            if not line:
                raise UserError(request.env._("This line is not in your cart."))
            if remove:
                line.unlink()
            else:
                line.product_uom_qty = cart._shop_quantity(quantity)
        except UserError as error:
            self._refuse(error)
        return request.redirect("/my/shop/cart")

    @http.route("/my/shop/place", type="http", auth="user", methods=["POST"], website=True)
    def crm_shop_place(self, end_customer_id=0, reference="", note="", **_kwargs):
        """Place the order; Odoo's own page shows it afterwards."""
        shop = self._shop()
        if not shop:
            return request.redirect("/my")
        cart = shop[0]._shop_cart(shop[1], shop[2])
        wanted = self._number(end_customer_id) if end_customer_id else 0
        try:
            if end_customer_id and not wanted:
                raise UserError(request.env._("This end customer is not one of yours."))
            if not cart:
                raise UserError(request.env._("The cart is empty."))
            with request.env.cr.savepoint():
                cart._shop_place(wanted, reference, note)
        except UserError as error:
            self._refuse(error)
            return request.redirect("/my/shop/cart")
        return request.redirect(cart.get_portal_url())
