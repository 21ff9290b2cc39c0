from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

NEEDS = 5


class SaleOrder(models.Model):
    """The panel of suggestions on the quotation: read by one call after the screen is open."""

    _inherit = "sale.order"

    @api.model
    def crm_suggestion_panel(self, order_id, partner_id, product_ids):
        """Suggestions, open needs and product gaps for the customer of a quotation, saved or not.

        `product_ids` are those on the screen. Of a saved quotation what is shown is counted.
        """
        order = self.browse(order_id or []).exists()
        order.check_access("read")
        partner = order.partner_id if order else self.env["res.partner"].browse(partner_id).exists()
        if not partner:
            return {"offers": [], "needs": [], "gaps": []}
        partner.check_access("read")
        company = order.company_id or self.env.company
        pricelist = order.pricelist_id or partner.with_company(company).property_product_pricelist
        engine, customer = self.env["crm.suggestion"], partner.commercial_partner_id
        product_ids = (self.env["product.product"].browse(product_ids).exists() | order.order_line.product_id).ids
        declined = order._declined_products()
        offers = engine._suggest(company, customer, product_ids, pricelist, limit=6 + len(declined))
        offers = [offer for offer in offers if offer["product"] not in declined][:6]
        if order and order.state in ("draft", "sent"):
            self.env["crm.suggestion.log"].sudo()._note_shown(order, offers)
        gaps = engine.sudo()._gaps(company, customer, product_ids)
        categories = self.env["product.category"].sudo()
        return {
            "offers": self._panel_offers(offers, pricelist.currency_id or company.currency_id),
            "needs": self._open_needs(customer, company, order),
            "gaps": [{"name": categories.browse(categ).name, "share": round(100 * share)} for categ, share in gaps],
        }

    @api.model
    def crm_match_requirements(self, order_id, partner_id, text, budget=0.0, quantity=1.0):
        """Available products that fit what the customer asked for; of a saved quotation they are counted as shown."""
        order = self.browse(order_id or []).exists()
        order.check_access("read")
        company = order.company_id or self.env.company
        partner = order.partner_id or self.env["res.partner"].browse(partner_id).exists()
        partner.check_access("read")
        pricelist = order.pricelist_id or partner.with_company(company).property_product_pricelist
        offers = self.env["crm.suggestion"]._match(
            company, text, pricelist, max(float(budget or 0), 0.0), max(float(quantity or 1), 0.0)
        )
        if order and order.state in ("draft", "sent"):
            self.env["crm.suggestion.log"].sudo()._note_shown(order, offers)
        return self._panel_offers(offers, pricelist.currency_id or company.currency_id)

    def _declined_products(self):
        logs = self.env["crm.suggestion.log"].sudo()
        return set(logs.search([("order_id", "in", self.ids), ("state", "=", "declined")]).product_id.ids)

    @api.model
    def _panel_offers(self, offers, currency):
        """What the panel needs of each offer; the margin stays on the server."""
        products = self.env["product.product"].sudo().browse([offer["product"] for offer in offers])
        names = {product.id: product.display_name for product in products}
        return [
            {
                "product_id": offer["product"],
                "name": names[offer["product"]],
                "source": offer["source"],
                "reason": offer["reason"],
                "price": currency.format(offer["price"]),
                "uplift": currency.format(offer["uplift"]) if offer["uplift"] else "",
                "in_stock": offer["stock"] == 1.0,
            }
            for offer in offers
        ]

    @api.model
    def _open_needs(self, customer, company, order):
        """Recorded needs, open deals and other quotations of the customer, as far as the user may see them."""
        mine = Domain("partner_id", "child_of", customer.id) & Domain("company_id", "in", [company.id, False])
        kinds = (
            ("crm.customer.need", Domain("state", "=", "open") & Domain("order_id", "not in", order.ids)),
            ("crm.lead", Domain("won_status", "=", "pending") & Domain("id", "!=", order.opportunity_id.id)),
            ("sale.order", Domain("state", "in", ("draft", "sent")) & Domain("id", "not in", order.ids)),
        )
        found = [
            record
            for model, domain in kinds
            if self.env[model].has_access("read")
            for record in self.env[model].search_fetch(mine & domain, ["name"], limit=NEEDS)
        ]
        return [{"model": record._name, "id": record.id, "name": record.display_name} for record in found]

    # === ANSWERS === #

    def action_accept_suggestion(self, product_id, source=None):
        """Put a suggested product on the quotation: a new line, or in place of what it is better than.

        `source`: what the screen showed it as; "need" stands even where the panel was read again in between.
        """
        self.ensure_one()
        log = self._suggestion(product_id)
        if source == "need" != log.source:
            log.write({"source": "need", "replaces_id": False, "uplift": 0.0})
        line = self.order_line.filtered(lambda item: log.replaces_id and item.product_id == log.replaces_id)[:1]
        if line:
            line.write({"product_id": log.product_id.id, "crm_suggestion": log.source})
        else:
            values = {"product_id": log.product_id.id, "product_uom_qty": 1.0, "crm_suggestion": log.source}
            known = self.order_line
            self.write({"order_line": [Command.create(values)]})
            line = self.order_line - known
        log._answer("accepted", line)
        return line.id

    def action_decline_suggestion(self, product_id):
        """Not for this quotation."""
        self.ensure_one()
        self._suggestion(product_id)._answer("declined")

    def _suggestion(self, product_id):
        """The suggestion as it was shown; only what was shown can be answered."""
        self.check_access("write")
        if self.state not in ("draft", "sent"):
            raise UserError(self.env._("Suggestions can be added to quotations only."))
        log = (
            self.env["crm.suggestion.log"]
            .sudo()
            .search([("order_id", "=", self.id), ("product_id", "=", product_id)], limit=1)
        )
        if not log:
            raise UserError(self.env._("This product was not suggested for the quotation; open it again."))
        return log
