from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

MAX_QUANTITY = 1_000_000
SHOWN = 40


class SaleOrder(models.Model):
    """The cart of the portal shop is a quotation of the dealer; placing it sends it to the salesperson.

    The controller calls these in sudo with the dealer's contact and company: every id that comes from the browser is
    looked up within what the dealer may buy, own or name, never browsed.
    """

    _inherit = "sale.order"

    crm_portal_cart = fields.Boolean(string="Cart of the portal", readonly=True, copy=False)

    # === CATALOGUE === #

    @api.model
    def _shop_products(self, company):
        """Domain of what dealers of the company may buy: sold, active, of this company or shared, not hidden."""
        return (
            Domain("sale_ok", "=", True)
            & Domain("active", "=", True)
            & Domain("crm_portal_hidden", "=", False)
            & Domain("type", "!=", "combo")
            & Domain("company_id", "in", [company.id, False])
        )

    @api.model
    def _shop_product(self, company, product_id):
        """The product, or an empty record: never one that the dealer may not buy."""
        domain = self._shop_products(company) & Domain("id", "=", product_id)
        return self.env["product.product"].with_company(company).search(domain, limit=1)

    @api.model
    def _shop_page(self, company, partner, search="", categ_id=0, offset=0):
        """(products, how many there are, prices in the dealer's currency, currency)."""
        domain = self._shop_products(company)
        if search:
            domain &= Domain("name", "ilike", search) | Domain("default_code", "ilike", search)
        if categ_id:
            domain &= Domain("categ_id", "child_of", categ_id)
        model = self.env["product.product"].with_company(company)
        products = model.search(domain, limit=SHOWN, offset=offset, order="name, default_code, id")
        prices, currency = self._shop_prices(company, partner, products)
        return products, model.search_count(domain), prices, currency

    @api.model
    def _shop_prices(self, company, partner, products):
        """({product id: unit price}, currency) of the dealer's own price list."""
        pricelist = partner.with_company(company).property_product_pricelist
        currency = pricelist.currency_id or company.currency_id
        today = fields.Date.context_today(self)
        return pricelist._get_products_price(products, 1.0, currency=currency, date=today), currency

    @api.model
    def _shop_available(self, products):
        """{product id: can be delivered now}; the quantity stays with us."""
        return {product.id: not product.is_storable or product.free_qty > 0 for product in products}

    @api.model
    def _shop_recommendations(self, company, partner, limit=6):
        """Offers from what the dealer bought and looked at: associated products, then what similar dealers buy."""
        customer = partner.commercial_partner_id
        seen = self.env["crm.product.view"].search(
            [("company_id", "=", company.id), ("partner_id", "=", customer.id)], limit=20
        )
        bought = self.env["crm.product.buyer"].search(
            [("company_id", "=", company.id), ("partner_id", "=", customer.id)], limit=20
        )
        pricelist = partner.with_company(company).property_product_pricelist
        sources = seen.product_id | bought.product_id
        offers = self.env["crm.suggestion"]._suggest(
            company, customer, (), pricelist, limit=3 * limit, viewed=sources.ids
        )
        mine = set(bought.product_id.ids)
        known = {offer["product"] for offer in offers} | mine
        offers += [
            {"product": product.id, "reason": self.env._("You looked at it.")}
            for product in seen.product_id
            if product.id not in known
        ]
        ids = [offer["product"] for offer in offers]
        allowed = set(self.env["product.product"].search(self._shop_products(company) & Domain("id", "in", ids)).ids)
        return [offer for offer in offers if offer["product"] in allowed][:limit]

    # === CART === #

    @api.model
    def _shop_cart(self, company, partner, create=False):
        """The dealer's open cart; a new one only when asked for."""
        domain = [
            ("crm_portal_cart", "=", True),
            ("state", "=", "draft"),
            ("company_id", "=", company.id),
            ("partner_id", "=", partner.id),
        ]
        cart = self.search(domain, limit=1, order="id desc")
        if not cart and create:
            cart = self.with_company(company).create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "crm_portal_cart": True,
                    "crm_channel": "online",
                    "origin": self.env._("Portal"),
                }
            )
        return cart

    @api.model
    def _shop_quantity(self, text):
        """A whole or decimal number above zero; anything else is refused."""
        try:
            quantity = float(str(text).replace(",", "."))
        except ValueError:
            quantity = 0.0
        if not 0 < quantity <= MAX_QUANTITY:  # also refuses nan
            raise UserError(self.env._("Enter a quantity above zero."))
        return quantity

    def _shop_add(self, product, quantity):
        """Put a quantity of the product in the cart, on its line if it has one."""
        self.ensure_one()
        line = self.order_line.filtered(lambda item: item.product_id == product)[:1]
        if line:
            line.product_uom_qty = self._shop_quantity(line.product_uom_qty + quantity)
        else:
            values = {"product_id": product.id, "product_uom_qty": quantity}
            self.write({"order_line": [Command.create(values)]})

    def _shop_place(self, end_customer_id=0, reference="", note=""):
        """Turn the cart into an order that waits for the salesperson, or is confirmed if the company says so."""
        self.ensure_one()
        lines = self.order_line.filtered(lambda item: item.product_id and not item.display_type)
        if not lines:
            raise UserError(self.env._("The cart is empty."))
        allowed = self._shop_products(self.company_id) & Domain("id", "in", lines.product_id.ids)
        gone = lines.product_id - self.env["product.product"].search(allowed)
        if gone:
            raise UserError(
                self.env._("No longer available: %(names)s. Take it out.", names=", ".join(gone.mapped("name")))
            )
        values = {"crm_portal_cart": False, "crm_channel": "online", "date_order": fields.Datetime.now()}
        if end_customer_id:
            domain = self.partner_id._end_customer_domain() & Domain("id", "=", end_customer_id)
            end_customer = self.env["res.partner"].search(domain, limit=1)
            if not end_customer:
                raise UserError(self.env._("This end customer is not one of yours."))
            values["end_customer_id"] = end_customer.id
        if reference:
            values["client_order_ref"] = reference[:64]
        self.write(values)
        if note:
            self.message_post(body=note[:1000], author_id=self.partner_id.id, message_type="comment")
        self.action_quotation_sent()
        self._shop_confirm()

    def _shop_confirm(self):
        """Confirm at once where the company wants it and nothing holds the order; else it waits for the salesperson."""
        if self.company_id.sudo().crm_portal_confirm:
            hold = self._confirmation_error_message()
            if not hold:
                self.action_confirm()
                return
            self.message_post(body=self.env._("Not confirmed: %(reason)s", reason=hold))
        if self.user_id:
            self.activity_schedule(
                "mail.mail_activity_data_todo", user_id=self.user_id.id, summary=self.env._("Order from the portal")
            )
