from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import suggest

LIMIT = 6


class CrmSuggestion(models.AbstractModel):
    """What to offer a customer next to what is on a quotation, each with one sentence why.

    Four sources: similar customers, pairs bought together, higher tier, stated requirement. Ranked by expected
    margin = confidence x unit margin x availability, in the company's currency. Prices are those of the price list
    in its currency. A fixed number of queries, whatever the length of the quotation; read in sudo with the company
    given: callers check that the user may see the customer.
    """

    _name = "crm.suggestion"
    _inherit = ["crm.suggestion.query"]
    _description = "Suggestions"

    @api.model
    def _suggest(self, company, partner, product_ids=(), pricelist=None, limit=LIMIT, today=None, viewed=()):
        """Return [{product, source, confidence, price, expected, uplift, replaces, reason}], the best first."""
        today = today or fields.Date.context_today(self)
        self = self.sudo().with_company(company).with_context(allowed_company_ids=company.ids)
        self.env.flush_all()
        partner = partner.commercial_partner_id
        found = {}
        for offer in (
            *self._offers_upsell(company, partner, product_ids, today),
            *self._offers_pairs(company, partner, product_ids, viewed),
            *self._offers_similar(company, partner, product_ids),
        ):
            found.setdefault(offer["product"], offer)
        return self._rank(company, list(found.values()), pricelist)[:limit]

    # === SOURCES === #

    @api.model
    def _offers_similar(self, company, partner, product_ids):
        for product, confidence, buyers, neighbours in self._similar(company, partner, product_ids):
            reason = self.env._("%(buyers)s of %(count)s similar customers buy it.", buyers=buyers, count=neighbours)
            yield {"product": product, "source": "similar", "confidence": float(confidence), "reason": reason}

    @api.model
    def _offers_pairs(self, company, partner, product_ids, viewed=()):
        names = self.env["product.product"]
        for product, confidence, start in self._paired(company, partner, product_ids, [*product_ids, *viewed]):
            reason = self.env._(
                "%(share)s %% of the buyers of %(product)s also take it.",
                share=round(100 * confidence),
                product=names.browse(start).name,
            )
            yield {"product": product, "source": "pair", "confidence": confidence, "reason": reason}

    @api.model
    def _offers_upsell(self, company, partner, product_ids, today):
        """Higher tiers of what is on the quotation and of what the customer should replace by now."""
        due = dict(self._due(company, partner, today))
        products = self.env["product.product"].browse([*product_ids, *(set(due) - set(product_ids))])
        asked = self.env["crm.suggestion.log"]._read_group(
            [("company_id", "=", company.id), ("source", "=", "upsell"), ("state", "!=", "shown")],
            ["state"],
            ["__count"],
        )
        counts = dict(asked)
        confidence = suggest.acceptance(counts.get("accepted", 0), sum(counts.values()))
        for product in products:
            for better in product.product_tmpl_id.crm_upsell_ids.product_variant_id:
                if product.id in due:
                    reason = self.env._(
                        "Better than %(product)s, bought on %(date)s and due for replacement.",
                        product=product.name,
                        date=fields.Date.to_string(due[product.id]),
                    )
                else:
                    reason = self.env._("Better than %(product)s.", product=product.name)
                yield {
                    "product": better.id,
                    "source": "upsell",
                    "confidence": confidence,
                    "reason": reason,
                    "replaces": product.id,
                }

    # === RANK === #

    @api.model
    def _sellable(self, company):
        mine = Domain("company_id", "in", [company.id, False])
        return mine & Domain("sale_ok", "=", True) & Domain("active", "=", True)

    @api.model
    def _rank(self, company, offers, pricelist=None):
        """Drop what cannot be sold, add price, margin and stock, and sort by expected margin."""
        ids = {offer["product"] for offer in offers} | {offer["replaces"] for offer in offers if "replaces" in offer}
        domain = self._sellable(company) & Domain("id", "in", list(ids))
        products = self.env["product.product"].search(domain).with_company(company)
        prices = self._prices(company, products | products.browse(ids), pricelist)
        products = {product.id: product for product in products}
        ranked = []
        for offer in offers:
            product = products.get(offer["product"])
            if not product:
                continue
            price, in_company = prices[product.id]
            margin, uplift = in_company - product.standard_price, 0.0
            if "replaces" in offer:
                old = self.env["product.product"].browse(offer["replaces"]).with_company(company)
                uplift = in_company - prices[old.id][1]
                margin -= prices[old.id][1] - old.standard_price
                if uplift <= 0:
                    continue
            stock = suggest.availability(product.is_storable, product.free_qty, product.virtual_available)
            expected = suggest.expected_margin(offer["confidence"], margin, stock)
            ranked.append({**offer, "price": price, "expected": expected, "uplift": uplift, "stock": stock})
        return sorted(ranked, key=lambda offer: (-offer["expected"], -offer["confidence"], offer["product"]))

    @api.model
    def _prices(self, company, products, pricelist=None):
        """{product id: (price in the price list's currency, the same in the company's)}."""
        pricelist = pricelist or self.env["product.pricelist"]
        currency, today = pricelist.currency_id or company.currency_id, fields.Date.context_today(self)
        prices = pricelist._get_products_price(products, 1.0, currency=currency, date=today)
        rate = currency._get_conversion_rate(currency, company.currency_id, company, today)
        return {product: (price, price * rate) for product, price in prices.items()}

    # === REQUIREMENTS === #

    @api.model
    def _match(self, company, text, pricelist=None, budget=0.0, quantity=1.0, limit=LIMIT):
        """Available products that fit what the customer asked for, the best fit first; same shape as `_suggest`."""
        self = self.sudo().with_company(company).with_context(allowed_company_ids=company.ids)
        asked = suggest.words(text)[:8]
        hits = self._hits(company, asked)
        products = self.env["product.product"].browse(hits)
        prices = self._prices(company, products, pricelist)
        offers = []
        for product in products:
            price = prices[product.id][0]
            stock = suggest.availability(product.is_storable, product.free_qty, product.virtual_available, quantity)
            if stock < suggest.IN_STOCK:
                continue
            fit = suggest.fit(hits[product.id], len(asked), price, budget, stock)
            reason = self.env._(
                "Fits to %(fit)s %%: %(met)s of %(asked)s words met.",
                fit=round(fit),
                met=hits[product.id],
                asked=len(asked),
            )
            offers.append(
                {
                    "product": product.id,
                    "source": "need",
                    "confidence": fit / 100,
                    "reason": reason,
                    "price": price,
                    "uplift": 0.0,
                    "stock": stock,
                    "fit": fit,
                    "expected": (prices[product.id][1] - product.standard_price) * fit / 100,
                }
            )
        return sorted(offers, key=lambda offer: (-offer["fit"], offer["price"], offer["product"]))[:limit]

    @api.model
    def _hits(self, company, asked):
        """{product id: words met} of what can be sold: in name, code, description, category, tag or variant."""
        model, hits = self.env["product.product"], {}
        for word in asked:
            domain = Domain.OR(
                Domain(field, "ilike", word)
                for field in (
                    *("name", "default_code", "description_sale", "categ_id.complete_name"),
                    *("product_tag_ids.name", "product_template_attribute_value_ids.name"),
                )
            )
            for product in model.search(self._sellable(company) & domain, limit=200).ids:
                hits[product] = hits.get(product, 0) + 1
        return hits
