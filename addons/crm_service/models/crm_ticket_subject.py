from markupsafe import Markup
from odoo import api, models
from odoo.fields import Domain

from ..tools import references

# What a text may name: key of the values, model, fields that hold the reference, further conditions.
KINDS = (
    ("sale_order_id", "sale.order", ("name", "client_order_ref"), [("state", "=", "sale")]),
    ("picking_id", "stock.picking", ("name",), [("state", "=", "done"), ("picking_type_code", "=", "outgoing")]),
    ("move_id", "account.move", ("name",), [("state", "=", "posted"), ("move_type", "=", "out_invoice")]),
    ("lot_id", "stock.lot", ("name",), []),
    ("product_id", "product.product", ("default_code", "barcode"), []),
)
DOCUMENTS = ("sale_order_id", "picking_id", "move_id")
SUBJECTS = ("sale_order_line_id", *(kind[0] for kind in KINDS))


class CrmTicket(models.Model):
    """Order, delivery, invoice, lot and product are found in the customer's words, not typed; never guessed."""

    _inherit = "crm.ticket"

    def _find_subjects(self):
        """Fill in what the text of these tickets refers to, where nothing is chosen yet; a few queries a batch.

        Only records of the ticket's own customer and company count; of two that fit, none is taken.
        """
        tickets = self.filtered(lambda ticket: ticket.partner_id and not any(ticket[name] for name in SUBJECTS))
        requests = [
            (f"{ticket.name or ''} {ticket.description or ''}", ticket.partner_id, ticket.company_id)
            for ticket in tickets
        ]
        for ticket, values in zip(tickets, self._subject_values(requests), strict=True):
            if values:
                ticket.write(values)

    @api.model
    def _subject_values(self, requests):
        """Return per request (text, customer, company) the values of the records that it names; {} for none."""
        words = [set(references.candidates(text)) for text, _partner, _company in requests]
        every = set().union(*words)
        if not every:
            return [{} for _request in requests]
        companies = self.env["res.company"].union(*(company for _text, _partner, company in requests))
        found = self._records_named(every, companies)
        return [
            self._values_named(found, own, partner.commercial_partner_id, company) if partner else {}
            for own, (_text, partner, company) in zip(words, requests, strict=True)
        ]

    @api.model
    def _records_named(self, words, companies):
        """Return {key: [(record, its references)]} of the records named by any of these words; one search a kind."""
        found = {}
        for key, model, names, conditions in KINDS:
            records = (
                self.env[model]
                .sudo()
                .search(
                    Domain.OR([Domain(name, "in", list(words)) for name in names])
                    & Domain(conditions)
                    & Domain("company_id", "in", [*companies.ids, False]),
                    limit=500,
                )
            )
            found[key] = [(record, {record[name] for name in names if record[name]}) for record in records]
        return found

    @api.model
    def _values_named(self, found, words, customer, company):
        """Return the values for one customer; what belongs to somebody else is as if it were not named."""
        named = {
            key: [
                record
                for record, names in items
                if names & words and record.company_id in (company, company.browse())
                if key not in DOCUMENTS or customer in self._parties(record)
            ]
            for key, items in found.items()
        }
        chosen = {key: references.only(records) for key, records in named.items()}
        order = chosen["sale_order_id"]
        if not named["sale_order_id"]:
            order = self._order_behind(chosen["picking_id"], chosen["move_id"], customer)
        lot = chosen["lot_id"]
        lot_line = self._delivered_line_of(lot, customer, company) if lot else None
        if lot and not lot_line:
            lot = None
        product = lot.product_id if lot else chosen["product_id"]
        line = lot_line if lot_line and lot_line.order_id == (order or lot_line.order_id) else None
        line = line or self._line_of(order, product)
        values = {"sale_order_line_id": line.id} if line else {"sale_order_id": order.id if order else False}
        values.update({key: chosen[key].id for key in ("picking_id", "move_id") if chosen[key]})
        if lot and (not line or line.product_id == lot.product_id):
            values.update(lot_id=lot.id, product_id=lot.product_id.id)
        elif product and not line:
            values["product_id"] = product.id
        return {key: value for key, value in values.items() if value}

    @api.model
    def _order_behind(self, picking, invoice, customer):
        """Return the one order of the customer behind a delivery or an invoice."""
        orders = self.env["sale.order"].sudo()
        if picking:
            orders |= picking.sale_id
        if invoice:
            orders |= invoice.line_ids.sale_line_ids.order_id
        orders = orders.filtered(lambda order: order.state == "sale" and customer in self._parties(order))
        return references.only(orders)

    @api.model
    def _line_of(self, order, product):
        """Return the line of the order that is meant: the one of the product, else its only line."""
        if not order:
            return None
        lines = order.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
        if product:
            lines = lines.filtered(lambda line: line.product_id == product)
        return references.only(lines)

    @api.model
    def _delivered_line_of(self, lot, customer, company):
        """Return the order line by which a lot was delivered to the customer, the last one if it came twice."""
        moved = (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("lot_id", "=", lot.id),
                    ("state", "=", "done"),
                    ("company_id", "=", company.id),
                    ("move_id.sale_line_id.order_partner_id", "child_of", customer.id),
                ],
                order="date desc, id desc",
                limit=1,
            )
        )
        return moved.move_id.sale_line_id or None

    # === A STRANGER NAMES A RECORD === #

    def _hint_subjects(self, text):
        """Note for the agents which records an unknown sender names: they decide whether he may know of them."""
        self.ensure_one()
        words = set(references.candidates(text))
        if self.partner_id or not words:
            return
        found = self._records_named(words, self.company_id)
        records = [record for key in DOCUMENTS for record, _names in found[key]][:5]
        if records:
            links = Markup(", ").join(record._get_html_link() for record in records)
            body = Markup("%s %s") % (self.env._("The sender is unknown. The text names:"), links)
            self.sudo()._message_log(body=body)
