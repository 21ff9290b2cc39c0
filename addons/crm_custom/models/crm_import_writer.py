from typing import NamedTuple

from odoo import Command, api, models

from ..tools import history as rules
from ..tools import settlement
from .crm_import_master import QUIET


class Spec(NamedTuple):
    """One document with the records it names. `term_id` and `user_id` may be False, `payment` may be None."""

    document: rules.Document
    partner_id: int
    product_ids: list
    user_id: int
    term_id: int
    due_date: object
    payment: settlement.Payment


class CrmImportWriter(models.AbstractModel):
    """Documents of a sales history through account.move: slow, complete, and what the fast path is measured by."""

    _name = "crm.import.writer"
    _description = "Import of Invoices"

    @api.model
    def _specs(self, history, documents, plan):
        """Customers, products, due date and payment of each document; missing records are created."""
        partner_ids = self.env["crm.import.master"]._partners(history, documents)
        product_ids = self.env["crm.import.master"]._products(history, documents, plan)
        partners = self.env["res.partner"].browse(partner_ids.values())
        partners.fetch(["user_id", "property_payment_term_id"])
        specs = []
        for document in documents:
            partner = partners.browse(partner_ids[document.customer]).with_prefetch(partners.ids)
            term = history.payment_term_id or partner.property_payment_term_id
            term = term.browse() if document.due_date else term
            due_date = document.due_date or self._due_date(term, document.date)
            specs.append(
                Spec(
                    document,
                    partner.id,
                    [product_ids[line.code] for line in document.lines],
                    partner.user_id.id,
                    term.id,
                    due_date,
                    self._payment(history, document, due_date),
                )
            )
        return specs

    @api.model
    def _due_date(self, term, date):
        """Last due date of the term, the document's own date without a term."""
        return max(line._get_due_date(date) for line in term.line_ids) if term.line_ids else date

    @api.model
    def _payment(self, history, document, due_date):
        """Payment that the file states, else the one that the rule invents, else None."""
        if document.paid_on:
            amount = min(document.paid_amount or document.amount, document.amount)
            return settlement.Payment(document.paid_on, amount)
        if history.payment_rule != "seeded":
            return None
        return settlement.settle(
            document.number,
            document.customer,
            document.date,
            due_date,
            document.amount,
            seed=history.payment_seed,
            until=history.payment_until or history._today(),
            decimals=history.currency_id.decimal_places,
        )

    @api.model
    def _prepare_move(self, history, spec):
        """Values of account.move for a document; the fast path writes the same."""
        document = spec.document
        vals = {
            "name": document.number,
            "move_type": "out_refund" if document.is_refund else "out_invoice",
            "journal_id": history.journal_id.id,
            "partner_id": spec.partner_id,
            "invoice_date": document.date,
            "date": document.date,
            "currency_id": history.currency_id.id,
            "invoice_user_id": spec.user_id,
            "invoice_payment_term_id": spec.term_id,
            "invoice_line_ids": [
                Command.create(
                    {
                        "product_id": product_id,
                        "quantity": float(line.quantity),
                        "price_unit": float(line.price),
                        "tax_ids": [Command.set(history.tax_ids.ids)],
                        # Without a description the line takes the product's name.
                        **({"name": line.description} if line.description else {}),
                    }
                )
                for line, product_id in zip(document.lines, spec.product_ids, strict=True)
            ],
        }
        if not spec.term_id:
            vals["invoice_date_due"] = spec.due_date
        return vals

    @api.model
    def _book(self, history, specs):
        """Create and post the documents, pay what is to be paid; return {number: move id}."""
        moves = (
            self.env["account.move"].with_context(**QUIET).create([self._prepare_move(history, spec) for spec in specs])
        )
        moves._post(soft=False)
        for spec, move in zip(specs, moves, strict=True):
            if spec.payment:
                self._pay(history, move, spec.payment)
        return {spec.document.number: move.id for spec, move in zip(specs, moves, strict=True)}

    @api.model
    def _pay(self, history, move, payment):
        """Register a payment as a user would."""
        if not move.amount_residual:
            return
        # Taxes come on top of what the file says: a full payment pays them too.
        full = move.currency_id.compare_amounts(float(payment.amount), move.amount_untaxed) >= 0
        amount = move.amount_residual if full else float(payment.amount)
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids, **QUIET)
            .create(
                {
                    "payment_date": payment.date,
                    "journal_id": history.payment_journal_id.id,
                    "amount": amount,
                }
            )
        )
        wizard._create_payments()
