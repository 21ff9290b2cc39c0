import re
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from .crm_import_master import QUIET

MOVE = (
    *("id", "name", "sequence_prefix", "sequence_number", "payment_reference", "date", "invoice_date"),
    *("invoice_date_due", "partner_id", "commercial_partner_id", "partner_shipping_id", "fiscal_position_id"),
    *("partner_bank_id", "preferred_payment_method_line_id", "team_id", "invoice_user_id"),
    *("invoice_payment_term_id", "invoice_partner_display_name", "amount_untaxed", "amount_total"),
    *("amount_residual", "amount_untaxed_signed", "amount_untaxed_in_currency_signed", "amount_total_signed"),
    *("amount_total_in_currency_signed", "amount_residual_signed", "payment_state", "made_sequence_gap"),
    "is_manually_modified",
)
LINE = (
    *("id", "move_id", "account_id", "partner_id", "product_id", "product_uom_id", "move_name", "name", "date"),
    *("invoice_date", "debit", "credit", "balance", "amount_currency", "quantity", "price_unit", "price_subtotal"),
    "price_total",
)
TERM = (
    *("id", "move_id", "account_id", "partner_id", "move_name", "name", "date", "invoice_date", "date_maturity"),
    *("debit", "credit", "balance", "amount_currency", "amount_residual", "amount_residual_currency", "reconciled"),
    *("full_reconcile_id", "matching_number"),
)


MAX_AMOUNT = 10**9  # of a line; above it a float no longer holds every cent safely after summing


class Header(NamedTuple):
    """What the ORM computes for a customer's invoice or credit note, and the account that the customer owes on."""

    commercial_partner_id: int
    partner_shipping_id: int
    fiscal_position_id: int
    partner_bank_id: int
    preferred_payment_method_line_id: int
    team_id: int
    invoice_partner_display_name: str
    receivable_id: int


class Settled(NamedTuple):
    """State of a document's receivable line after its payment; an open document has the defaults."""

    residual: float
    payment_state: str = "not_paid"
    full_reconcile_id: int = None
    matching_number: str = None
    is_touched: bool = False


class CrmImportBulk(models.AbstractModel):
    """Posted invoices and credit notes by COPY. Untaxed, company currency, one receivable line.

    Everything else goes through `crm.import.writer`: `_obstacle` tells whole files, `_is_plain` single documents.
    Rows are patterned on the ORM's own and compared with them before the first batch (`crm.import.pattern`).
    """

    _name = "crm.import.bulk"
    _inherit = ["crm.import.copy"]
    _description = "Bulk Import of Invoices"

    @api.model
    def _obstacle(self, history):
        """Why a whole file cannot take the fast path, in the user's words, or an empty string."""
        company, journal = history.company_id, history.journal_id
        parameter = self.env["ir.config_parameter"].sudo()
        checks = (
            (bool(history.tax_ids), self.env._("taxes are computed")),
            (history.currency_id != company.currency_id, self.env._("a foreign currency is converted")),
            (journal.restrict_mode_hash_table, self.env._("the journal is secured by hashes")),
            (bool(parameter.get_param("account.use_invoice_terms")), self.env._("invoices carry terms")),
            (
                bool(self.env["account.analytic.distribution.model"].sudo().search_count([], limit=1)),
                self.env._("analytic distribution models apply"),
            ),
            (
                history.payment_journal_id and history.payment_journal_id.type not in ("bank", "cash"),
                self.env._("the payment journal is no bank or cash journal"),
            ),
        )
        return next((reason for is_found, reason in checks if is_found), "")

    @api.model
    def _split(self, history, specs):
        """(plain, others): what the ORM does beyond plain rows is left to the ORM."""
        products = self.env["product.product"].browse({key for spec in specs for key in spec.product_ids})
        valued = {
            product.id
            for product in products.with_company(history.company_id)
            if product.is_storable and product.valuation == "real_time"
        }
        partners = self.env["res.partner"].browse({spec.partner_id for spec in specs})
        banked = {partner.id for partner in partners if partner.commercial_partner_id.bank_ids}
        plain, others = [], []
        for spec in specs:
            special = not valued.isdisjoint(spec.product_ids) or (spec.document.is_refund and spec.partner_id in banked)
            is_plain = not special and self._is_plain(history, spec)
            (plain if is_plain else others).append(spec)
        return plain, others

    @api.model
    def _is_plain(self, history, spec):
        """Whether the amounts and the payment term of a document can take the fast path."""
        document, currency = spec.document, history.currency_id
        if not document.amount or not all(line.description for line in document.lines):
            return False
        # Odoo rounds the whole document and spreads the difference over its lines.
        exact = sum(line.quantity * line.price for line in document.lines)
        if currency.compare_amounts(float(exact), float(document.amount)):
            return False
        if any(-line.quantity.as_tuple().exponent > 2 or line.amount > MAX_AMOUNT for line in document.lines):
            return False
        term = self.env["account.payment.term"].browse(spec.term_id or [])
        return not term or (not term.early_discount and len(term.line_ids) == 1)

    @api.model
    def _book(self, history, specs, pattern):
        """Insert posted documents and their payments; return {number: move id}. `specs` must be plain."""
        self.env.flush_all()
        # What is read of one product or customer of the batch is read of all, in one query.
        pattern.prefetch = {
            "product": tuple({key for spec in specs for key in spec.product_ids}),
            "partner": tuple({spec.partner_id for spec in specs}),
        }
        move_ids = self._next_ids("account_move", len(specs))
        line_ids = iter(self._next_ids("account_move_line", sum(len(spec.product_ids) + 1 for spec in specs)))
        payments = self.env["crm.import.bulk.payment"]._prepare(history, specs, pattern)
        moves, lines, terms, term_ids = {"out_invoice": [], "out_refund": []}, {}, {}, []
        for spec, move_id in zip(specs, move_ids, strict=True):
            kind = "out_refund" if spec.document.is_refund else "out_invoice"
            header = self._header(history, spec, pattern)
            settled = payments.settled(spec)
            moves[kind].append(self._move_row(spec, move_id, header, settled))
            ids = [next(line_ids) for _ in range(len(spec.product_ids) + 1)]
            lines.setdefault(kind, []).extend(self._line_rows(history, spec, move_id, ids, header, pattern))
            terms.setdefault(kind, []).append(self._term_row(spec, move_id, ids[-1], header, settled))
            term_ids.append(ids[-1])
        payments.copy_full_reconciles()
        for kind, rows in moves.items():
            if rows:
                self._copy_rows(pattern.templates[kind], rows)
                self._copy_rows(pattern.templates[f"{kind}/product"], lines[kind])
                self._copy_rows(pattern.templates[f"{kind}/payment_term"], terms[kind])
        payments.insert(move_ids, term_ids, [self._header(history, spec, pattern) for spec in specs])
        self._close_gaps(history, move_ids)
        self._raise_ranks(specs, payments)
        self.env.invalidate_all()
        return {spec.document.number: move_id for spec, move_id in zip(specs, move_ids, strict=True)}

    @api.model
    def _move_row(self, spec, move_id, header, settled):
        """Values of MOVE for one document. Signed amounts are negative for a credit note."""
        document = spec.document
        prefix, number = self._split_name(document.number)
        amount, signed = float(document.amount), float(document.signed_amount)
        residual = settled.residual
        return (
            *(move_id, document.number, prefix, number),
            None if document.is_refund else document.number,
            *(document.date, document.date, spec.due_date, spec.partner_id, header.commercial_partner_id),
            *(header.partner_shipping_id, header.fiscal_position_id, header.partner_bank_id),
            *(header.preferred_payment_method_line_id, header.team_id, spec.user_id or None, spec.term_id or None),
            *(header.invoice_partner_display_name, amount, amount, residual, signed, signed, signed, signed),
            *(-residual if document.is_refund else residual, settled.payment_state, number > 1),
            settled.is_touched,
        )

    @api.model
    def _line_rows(self, history, spec, move_id, ids, header, pattern):
        """Values of LINE, one per row of the file: an invoice credits income, a credit note debits it."""
        document = spec.document
        rows = []
        for line, product_id, line_id in zip(document.lines, spec.product_ids, ids[:-1], strict=True):
            amount = float(line.amount)
            debit, credit = (amount, 0.0) if document.is_refund else (0.0, amount)
            account_id, uom_id = self._product(history, product_id, header.fiscal_position_id, pattern)
            rows.append(
                (
                    *(line_id, move_id, account_id, header.commercial_partner_id, product_id, uom_id),
                    *(document.number, line.description, document.date, document.date),
                    *(debit, credit, debit - credit, debit - credit),
                    *(line.quantity, line.price, amount, amount),
                )
            )
        return rows

    @api.model
    def _term_row(self, spec, move_id, line_id, header, settled):
        """Values of TERM: the receivable line."""
        document = spec.document
        amount, signed = float(document.amount), float(document.signed_amount)
        residual = -settled.residual if document.is_refund else settled.residual
        debit, credit = (0.0, amount) if document.is_refund else (amount, 0.0)
        return (
            *(line_id, move_id, header.receivable_id, header.commercial_partner_id, document.number),
            None if document.is_refund else document.number,
            *(document.date, document.date, spec.due_date, debit, credit, signed, signed, residual, residual),
            *(settled.residual == 0, settled.full_reconcile_id, settled.matching_number),
        )

    @api.model
    def _header(self, history, spec, pattern):
        """Header of a customer and kind of document, computed once by account.move itself."""
        key = (spec.partner_id, spec.document.is_refund, spec.user_id, spec.term_id)
        if key not in pattern.headers:
            partners = self.env["res.partner"].browse(pattern.prefetch["partner"])
            partners.mapped("commercial_partner_id.name")  # into the cache, for all at once
            move = (
                self.env["account.move"]
                .with_context(**QUIET)
                .new(
                    {
                        "move_type": "out_refund" if spec.document.is_refund else "out_invoice",
                        "journal_id": history.journal_id.id,
                        "partner_id": spec.partner_id,
                        "invoice_date": spec.document.date,
                        "date": spec.document.date,
                        "invoice_user_id": spec.user_id,
                        "invoice_payment_term_id": spec.term_id,
                    }
                )
            )
            company = history.company_id
            owner = move.commercial_partner_id.with_company(company)
            receivable = owner.property_account_receivable_id
            receivable = receivable or company.partner_id.with_company(company).property_account_receivable_id
            receivable = move.fiscal_position_id.map_account(receivable)
            values = [move[field] for field in Header._fields[:-1]]
            values = [value.id if isinstance(value, models.BaseModel) else value for value in values]
            pattern.headers[key] = Header(*(value or None for value in values), receivable.id)
        return pattern.headers[key]

    @api.model
    def _product(self, history, product_id, fiscal_position_id, pattern):
        """(income account, unit of measure) of a product under a fiscal position."""
        key = (product_id, fiscal_position_id)
        if key not in pattern.products:
            products = self.env["product.product"].with_company(history.company_id)
            product = products.browse(product_id).with_prefetch(pattern.prefetch["product"])
            position = self.env["account.fiscal.position"].browse(fiscal_position_id or [])
            account = product.product_tmpl_id.get_product_accounts(fiscal_pos=position)["income"]
            account = account or history.journal_id.default_account_id
            pattern.products[key] = (account.id, product.uom_id.id)
        return pattern.products[key]

    @api.model
    def _split_name(self, name):
        """(prefix, number) as sequence.mixin splits a name."""
        Move = self.env["account.move"]
        regex = Move._make_regex_non_capturing(Move._sequence_fixed_regex.replace(r"?P<seq>", ""))
        match = re.match(regex, name)
        return name[: match.start(1)], int(match.group(1) or 0)

    @api.model
    def _close_gaps(self, history, move_ids):
        """made_sequence_gap: only a document whose predecessor in number is missing opens a gap, number 1 never."""
        self.env.cr.execute(
            SQL(
                """UPDATE account_move AS move
                      SET made_sequence_gap = FALSE
                     FROM account_move AS other
                    WHERE other.journal_id = %(journal)s
                      AND move.journal_id = %(journal)s
                      AND other.sequence_prefix = move.sequence_prefix
                      AND other.sequence_number = move.sequence_number - 1
                      AND (move.id = ANY(%(ids)s) OR other.id = ANY(%(ids)s))
                      AND move.made_sequence_gap""",
                journal=history.journal_id.id,
                ids=move_ids,
            )
        )

    @api.model
    def _raise_ranks(self, specs, payments):
        """customer_rank counts documents and payments, on the commercial partner too, as posting does."""
        counts = {}
        partners = self.env["res.partner"].browse({spec.partner_id for spec in specs})
        for spec in specs:
            partner = partners.browse(spec.partner_id).with_prefetch(partners.ids)
            for owner in partner | partner.commercial_partner_id:
                counts[owner.id] = counts.get(owner.id, 0) + 1
            if payments.is_paid(spec):
                owner_id = partner.commercial_partner_id.id
                counts[owner_id] = counts.get(owner_id, 0) + 1
        self.env.cr.execute(
            SQL(
                """UPDATE res_partner AS partner
                      SET customer_rank = COALESCE(partner.customer_rank, 0) + counted.number
                     FROM unnest(%s, %s) AS counted(id, number)
                    WHERE partner.id = counted.id""",
                list(counts),
                list(counts.values()),
            )
        )
