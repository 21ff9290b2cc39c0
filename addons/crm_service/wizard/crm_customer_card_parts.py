from datetime import datetime, time

from odoo import api, fields, models

from ..tools import words

ORDERS, TICKETS, OFFERS, TOLD = 8, 8, 3, 20
EACH = 8  # facts of one source of what the customer told us
SHORT = 300
OPEN = ("new", "open", "waiting")


class CrmCustomerCardParts(models.AbstractModel):
    """What stands on the customer card. Called in sudo, for one customer and one company; a topic adds by super()."""

    _name = "crm.customer.card.parts"
    _description = "Parts of the Customer Card"

    @api.model
    def _lines(self, customer, company):
        """Return the values of the card's lines, in order."""
        parts = (
            ("order", self._card_orders(customer, company)),
            ("ticket", self._card_tickets(customer, company)),
            ("entitlement", self._card_entitlements(customer, company)),
            ("offer", self._card_offers(customer, company)),
            ("told", self._card_told(customer, company)),
        )
        return [
            {"kind": kind, "sequence": place, **values} for kind, found in parts for place, values in enumerate(found)
        ]

    @api.model
    def _card_domain(self, customer, company, field="partner_id"):
        return [(field, "child_of", customer.id), ("company_id", "in", (company.id, False))]

    @api.model
    def _orders(self, customer, company):
        domain = [*self._card_domain(customer, company), ("state", "=", "sale")]
        return self.env["sale.order"].search(domain, order="date_order desc, id desc", limit=ORDERS)

    @api.model
    def _card_orders(self, customer, company):
        return [
            {
                "date": order.date_order,
                "name": order.name,
                "text": self._products_text(order),
                "state": order._crm_status_sentence(),
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "res_model": order._name,
                "res_id": order.id,
            }
            for order in self._orders(customer, company)
        ]

    @api.model
    def _products_text(self, order):
        lines = order.order_line.filtered(lambda line: not line.display_type)
        return self._shorten(", ".join(f"{line.product_uom_qty:g} {line.product_id.display_name}" for line in lines))

    @api.model
    def _card_tickets(self, customer, company):
        """Open tickets first, then the last ones done with what solved them."""
        tickets = self.env["crm.ticket"]
        domain = [("commercial_partner_id", "=", customer.id), ("company_id", "=", company.id)]
        opened = tickets.search([*domain, ("stage_kind", "in", OPEN)], order="date_open desc, id desc", limit=50)
        done = tickets.search([*domain, ("stage_kind", "not in", OPEN)], order="date_open desc, id desc", limit=TICKETS)
        return [
            {
                "date": ticket.date_open,
                "name": ticket.display_name,
                "text": ticket.answer_summary,
                "state": ticket.stage_id.name,
                "res_model": ticket._name,
                "res_id": ticket.id,
                "open": ticket in opened,
            }
            for ticket in opened + done
        ]

    @api.model
    def _card_entitlements(self, customer, company):
        """Agreements in force with what is left, and products in warranty."""
        agreements = self.env["crm.service.agreement"].search(
            [("commercial_partner_id", "=", customer.id), ("company_id", "=", company.id), ("state", "=", "active")]
        )
        assets = self.env["crm.customer.asset"].search(
            [
                ("commercial_partner_id", "=", customer.id),
                ("company_id", "=", company.id),
                ("state", "=", "in_use"),
                ("warranty_end", ">=", fields.Date.context_today(self)),
            ],
            limit=ORDERS,
        )
        values = [
            {
                "name": agreement.display_name,
                "text": "; ".join(line._sentence() for line in agreement.line_ids if line.quantity),
                "state": agreement.status_text,
                "res_model": agreement._name,
                "res_id": agreement.id,
            }
            for agreement in agreements
        ]
        return values + [
            {
                "name": asset.display_name,
                "state": asset._warranty_sentence(fields.Date.context_today(self)),
                "res_model": asset._name,
                "res_id": asset.id,
            }
            for asset in assets
        ]

    @api.model
    def _card_offers(self, customer, company):
        """What to offer next to what was bought last, each with its reason and the customer's price."""
        bought = self._orders(customer, company)[:3].order_line.product_id
        pricelist = customer.property_product_pricelist
        currency = pricelist.currency_id or company.currency_id
        offers = self.env["crm.suggestion"]._suggest(company, customer, bought.ids, pricelist, limit=OFFERS)
        products = self.env["product.product"].browse([offer["product"] for offer in offers])
        return [
            {
                "name": product.display_name,
                "text": offer["reason"],
                "amount": offer["price"],
                "currency_id": currency.id,
                "res_model": product._name,
                "res_id": product.id,
            }
            for product, offer in zip(products, offers, strict=True)
        ]

    # === WHAT THE CUSTOMER TOLD US ALREADY === #

    @api.model
    def _card_told(self, customer, company):
        """Contacts, requests, needs, preferences and answers to questions, whoever asked; the newest first."""
        told = [
            *self._told_contacts(customer, company),
            *self._told_tickets(customer, company),
            *self._told_needs(customer, company),
            *self._told_answers(customer, company),
        ]
        return sorted(told, key=lambda item: str(item["date"] or ""), reverse=True)[:TOLD]

    @api.model
    def _told(self, record, date, name, text, state):
        if date and not isinstance(date, datetime):
            date = datetime.combine(date, time(12))
        return {
            "date": date,
            "name": self._shorten(name),
            "text": self._shorten(text),
            "state": state,
            "res_model": record._name,
            "res_id": record.id,
        }

    @api.model
    def _told_contacts(self, customer, company):
        logs = self.env["crm.contact.log"].search(self._card_domain(customer, company), limit=EACH)
        channels = dict(logs._fields["channel"]._description_selection(self.env))
        return [
            self._told(log, log.date, log.subject, words.plain(log.content), channels.get(log.channel)) for log in logs
        ]

    @api.model
    def _told_tickets(self, customer, company):
        """What the customer wrote on his tickets, the first request included."""
        tickets = self.env["crm.ticket"].search(
            [("commercial_partner_id", "=", customer.id), ("company_id", "=", company.id)], limit=50, order="id desc"
        )
        messages = self.env["mail.message"].search(
            [
                ("model", "=", "crm.ticket"),
                ("res_id", "in", tickets.ids),
                ("message_type", "in", ("email", "comment")),
                ("is_internal", "=", False),
                ("author_id.commercial_partner_id", "=", customer.id),
            ],
            order="date desc, id desc",
            limit=EACH,
        )
        written = [
            self._told(
                tickets.browse(message.res_id),
                message.date,
                tickets.browse(message.res_id).display_name,
                words.own_words(words.plain(message.body)),
                message.author_id.name,
            )
            for message in messages
        ]
        silent = tickets.filtered(lambda ticket: ticket.id not in messages.mapped("res_id") and ticket.description)
        return written + [
            self._told(
                ticket, ticket.date_open, ticket.display_name, words.plain(ticket.description), self.env._("Request")
            )
            for ticket in silent[:EACH]
        ]

    @api.model
    def _told_needs(self, customer, company):
        needs = self.env["crm.customer.need"].search(self._card_domain(customer, company), limit=EACH)
        wishes = self.env["crm.contact.preference"].search(self._card_domain(customer, company), limit=EACH)
        kinds = dict(wishes._fields["kind"]._description_selection(self.env))
        return [
            *(
                self._told(need, need.date, need.name, words.plain(need.description), self.env._("Need"))
                for need in needs
            ),
            *(
                self._told(wish, wish.last_date or wish.create_date, wish.text, wish.evidence, kinds.get(wish.kind))
                for wish in wishes
            ),
        ]

    @api.model
    def _told_answers(self, customer, company):
        """Answers to surveys and to the questions of sales."""
        surveys = self.env["survey.user_input.line"].search(
            [
                ("user_input_id.partner_id", "child_of", customer.id),
                ("user_input_id.state", "=", "done"),
                ("skipped", "=", False),
            ],
            order="id desc",
            limit=EACH,
        )
        sales = self.env["crm.qualification.answer"].search(
            [
                ("lead_id.partner_id", "child_of", customer.id),
                ("lead_id.company_id", "in", (company.id, False)),
                ("level_id", "!=", False),
            ],
            order="id desc",
            limit=EACH,
        )
        return [
            *(
                self._told(
                    line.user_input_id,
                    line.create_date,
                    line.question_id.title,
                    line.display_name,
                    line.survey_id.title,
                )
                for line in surveys
            ),
            *(
                self._told(
                    answer.lead_id,
                    answer.write_date,
                    answer.criterion_id.display_name,
                    answer.level_id.display_name,
                    self.env._("Sales"),
                )
                for answer in sales
            ),
        ]

    @api.model
    def _shorten(self, text):
        text = " ".join(str(text or "").split())
        return text if len(text) <= SHORT else text[: SHORT - 1].rstrip() + "\u2026"
