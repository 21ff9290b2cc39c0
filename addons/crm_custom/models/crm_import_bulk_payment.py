from odoo import api, models
from odoo.tools import SQL

from .crm_import_bulk import Settled

ENTRY = (
    *("id", "name", "sequence_prefix", "sequence_number", "ref", "date", "partner_id", "commercial_partner_id"),
    *("invoice_partner_display_name", "amount_total", "amount_total_signed", "amount_total_in_currency_signed"),
    *("origin_payment_id", "fiscal_position_id"),
)
ENTRY_LINE = (
    *("id", "move_id", "account_id", "partner_id", "payment_id", "move_name", "ref", "name", "date"),
    *("date_maturity", "debit", "credit", "balance", "amount_currency", "amount_residual"),
    *("amount_residual_currency", "price_subtotal", "price_total", "full_reconcile_id", "matching_number"),
)
PAYMENT = (
    *("id", "move_id", "partner_id", "destination_account_id", "name", "state", "memo", "date", "amount"),
    "amount_company_currency_signed",
)
PARTIAL = (
    *("id", "debit_move_id", "credit_move_id", "full_reconcile_id", "max_date", "amount"),
    *("debit_amount_currency", "credit_amount_currency"),
)


class Payments:
    """Payments of one batch: ids are drawn first, because the invoices' own rows name them."""

    def __init__(self, model, history, specs, pattern):
        self.model = model
        self.pattern = pattern
        self.paid = [spec for spec in specs if spec.payment]
        self.specs = specs
        count = len(self.paid)
        self.names = model._names(history, [spec.payment.date for spec in self.paid])
        self.payment_ids = model._next_ids("account_payment", count)
        self.move_ids = model._next_ids("account_move", count)
        self.line_ids = model._next_ids("account_move_line", 2 * count)
        self.partial_ids = model._next_ids("account_partial_reconcile", count)
        full = [spec for spec in self.paid if spec.payment.amount == spec.document.amount]
        full_ids = model._next_ids("account_full_reconcile", len(full))
        self.full_ids = {spec.document.number: full_id for spec, full_id in zip(full, full_ids, strict=True)}
        self.partials = {
            spec.document.number: partial_id for spec, partial_id in zip(self.paid, self.partial_ids, strict=True)
        }

    def is_paid(self, spec):
        return spec.document.number in self.partials

    def settled(self, spec):
        """State of the document after its payment."""
        document = spec.document
        if not spec.payment:
            return Settled(float(document.amount))
        return Settled(
            float(document.amount - spec.payment.amount),
            "paid" if document.number in self.full_ids else "partial",
            self.full_ids.get(document.number),
            self.matching_number(document.number),
            True,
        )

    def matching_number(self, number):
        return str(self.full_ids[number]) if number in self.full_ids else f"P{self.partials[number]}"

    def copy_full_reconciles(self):
        if self.full_ids:
            self.model._copy_rows(self.pattern.templates["full"], [(key,) for key in self.full_ids.values()])

    def insert(self, invoice_ids, term_ids, headers):
        """Insert payments, entries, their lines, the partial reconciliations and the links to the invoices."""
        if not self.paid:
            return
        context = {
            spec.document.number: (invoice_id, term_id, header)
            for spec, invoice_id, term_id, header in zip(self.specs, invoice_ids, term_ids, headers, strict=True)
        }
        rows = {"inbound": [], "outbound": [], "entry": [], "entry/liquidity": [], "entry/counterpart": []}
        partials, links = [], []
        for position, spec in enumerate(self.paid):
            invoice_id, term_id, header = context[spec.document.number]
            payment_type = "outbound" if spec.document.is_refund else "inbound"
            rows[payment_type].append(self._payment_row(position, spec, header))
            rows["entry"].append(self._entry_row(position, spec, header))
            for side, row in zip(("liquidity", "counterpart"), self._line_rows(position, spec, header), strict=True):
                rows[f"entry/{side}"].append(row)
            partials.append(self._partial_row(position, spec, term_id))
            links.append({"invoice_id": invoice_id, "payment_id": self.payment_ids[position]})
        for kind, kind_rows in rows.items():
            if kind_rows:
                self.model._copy_rows(self.pattern.templates[kind], kind_rows)
        self.model._copy_rows(self.pattern.templates["partial"], partials)
        self.model._copy_dicts("account_move__account_payment", links)
        self.model._link_entries(self.payment_ids)

    def _payment_row(self, position, spec, header):
        """Values of PAYMENT; the entry is linked afterwards, the two tables refer to each other."""
        amount = float(spec.payment.amount)
        document = spec.document
        state = "paid" if document.number in self.full_ids else "in_process"
        return (
            *(self.payment_ids[position], None, header.commercial_partner_id, header.receivable_id),
            *(self.names[position][0], state, document.number, spec.payment.date, amount),
            -amount if document.is_refund else amount,
        )

    def _entry_row(self, position, spec, header):
        name, prefix, number = self.names[position]
        amount = float(spec.payment.amount)
        return (
            *(self.move_ids[position], name, prefix, number, spec.document.number, spec.payment.date),
            *(header.commercial_partner_id, header.commercial_partner_id, header.invoice_partner_display_name),
            *(amount, amount, amount, self.payment_ids[position], header.fiscal_position_id),
        )

    def _line_rows(self, position, spec, header):
        """Values of ENTRY_LINE: the bank's line, then the customer's, which is reconciled with the document."""
        document, payment = spec.document, spec.payment
        payment_type = "outbound" if document.is_refund else "inbound"
        account_id = self.pattern.templates[f"{payment_type}/account"]
        amount = -float(payment.amount) if document.is_refund else float(payment.amount)
        name = self.names[position][0]
        matching = (self.full_ids.get(document.number), self.matching_number(document.number))
        for offset, balance, account, residual, match in (
            (0, amount, account_id, amount, (None, None)),
            (1, -amount, header.receivable_id, 0.0, matching),
        ):
            yield (
                *(self.line_ids[2 * position + offset], self.move_ids[position], account),
                *(header.commercial_partner_id, self.payment_ids[position], name, document.number),
                *(f"{self.pattern.payment_text}{document.number}", payment.date, payment.date),
                *(max(balance, 0.0), max(-balance, 0.0), balance, balance, residual, residual, balance, balance),
                *match,
            )

    def _partial_row(self, position, spec, term_id):
        line_id = self.line_ids[2 * position + 1]
        debit_id, credit_id = (line_id, term_id) if spec.document.is_refund else (term_id, line_id)
        amount = float(spec.payment.amount)
        full_id = self.full_ids.get(spec.document.number)
        date = max(spec.payment.date, spec.document.date)
        return (self.partial_ids[position], debit_id, credit_id, full_id, date, amount, amount, amount)


class CrmImportBulkPayment(models.AbstractModel):
    """Payments by COPY: account.payment, its entry, the reconciliation with the document, the links between them."""

    _name = "crm.import.bulk.payment"
    _inherit = ["crm.import.copy"]
    _description = "Bulk Import of Payments"

    @api.model
    def _prepare(self, history, specs, pattern):
        return Payments(self, history, specs, pattern)

    @api.model
    def _names(self, history, dates):
        """[(name, prefix, number)]: the next names of the payment journal's own sequence, per period."""
        Move = self.env["account.move"].sudo().with_context(is_payment=True)
        formats, counters, names = {}, {}, []
        for date in dates:
            period = (date.year, date.month)
            if period not in formats:
                move = Move.new({"move_type": "entry", "journal_id": history.payment_journal_id.id, "date": date})
                text, values = move._get_next_sequence_format()
                last = values.pop("seq")
                formats[period] = (text, values)
                counters.setdefault(text.format(**values, seq=0), last)
            text, values = formats[period]
            key = text.format(**values, seq=0)
            counters[key] += 1
            name = text.format(**values, seq=counters[key])
            names.append((name, *self.env["crm.import.bulk"]._split_name(name)))
        return names

    @api.model
    def _link_entries(self, payment_ids):
        """account_payment.move_id and account_move.origin_payment_id refer to each other: the first is set last."""
        self.env.cr.execute(
            SQL(
                """UPDATE account_payment AS payment
                      SET move_id = move.id
                     FROM account_move AS move
                    WHERE move.origin_payment_id = payment.id AND payment.id = ANY(%s)""",
                payment_ids,
            )
        )
