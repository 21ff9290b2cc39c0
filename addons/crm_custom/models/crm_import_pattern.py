import logging

from odoo import api, models
from odoo.tools import SQL

from . import crm_import_bulk as bulk
from . import crm_import_bulk_payment as bulk_payment

_logger = logging.getLogger(__name__)

RANKS = "account.res.partner.increase_rank.customer_rank"
SAMPLE = 2  # documents of each kind: the first gives the pattern, all are compared
IGNORED = frozenset(("create_date", "write_date"))


class Pattern:
    """What one run has learnt: templates by kind of row, headers by customer, accounts by product."""

    def __init__(self):
        self.learnt = set()  # kinds of documents that were proved
        self.templates = {}
        self.headers = {}
        self.products = {}
        self.prefetch = {}  # ids of the batch by kind
        self.payment_text = None  # label of a payment's lines: text before the memo


class Rollback(Exception):
    """Leaves the savepoint of a sample; never seen outside."""


class CrmImportPattern(models.AbstractModel):
    """Learns from the ORM how rows look, and proves on a sample that bulk rows are the same, column by column.

    The sample is made twice, by the ORM and by COPY, each in a savepoint that is rolled back.
    """

    _name = "crm.import.pattern"
    _inherit = ["crm.import.copy"]
    _description = "Pattern of Bulk Rows"

    @api.model
    def _learn(self, history, specs, pattern):
        """Teach the pattern the kinds of documents it does not know; return the differences, none if it may be used."""
        sample = self._sample([spec for spec in specs if self._kind(spec) not in pattern.learnt])
        if not sample:
            return []
        expected = self._made_by(sample, lambda: self.env["crm.import.writer"]._book(history, sample), pattern)
        actual = self._made_by(sample, lambda: self.env["crm.import.bulk"]._book(history, sample, pattern))
        differences = self._differences(expected, actual)
        if differences:
            _logger.info("Sales history: the ORM is used, bulk rows would differ: %s", "; ".join(differences[:20]))
        pattern.learnt.update(map(self._kind, sample))
        return differences

    @api.model
    def _kind(self, spec):
        """Invoice or credit note; open, part paid or paid; with a payment term or without."""
        share = spec.payment and ("part" if spec.payment.amount < spec.document.amount else "full")
        return (spec.document.is_refund, share, bool(spec.term_id))

    @api.model
    def _sample(self, specs):
        """The first documents of each kind, of different customers."""
        chosen = {}
        for spec in specs:
            group = chosen.setdefault(self._kind(spec), [])
            if len(group) < SAMPLE and spec.partner_id not in [other.partner_id for other in group]:
                group.append(spec)
        return [spec for spec in specs if any(spec is other for group in chosen.values() for other in group)]

    @api.model
    def _made_by(self, sample, make, pattern=None):
        """Rows that `make` inserts, by table, ids replaced by names; the insertion is undone."""
        postcommit = self.env.cr.postcommit.data
        ranks = dict(postcommit.get(RANKS, {}))
        rows = {}
        try:
            with self.env.cr.savepoint():
                ids = make()
                self.env.flush_all()
                rows = self._rows(list(ids.values()))
                if pattern:
                    self._take_templates(pattern, rows)
                raise Rollback
        except Rollback:
            self.env.invalidate_all()
        # Posting counts documents per customer after the commit: the sample must not be counted.
        # Emptied in place, because the function that runs after the commit holds this very dict.
        if RANKS in postcommit:
            postcommit[RANKS].clear()
            postcommit[RANKS].update(ranks)
        self.env["account.move"]._get_sequence_cache().clear()
        return {table: self._anonymous(table, table_rows, rows) for table, table_rows in rows.items()}

    @api.model
    def _rows(self, move_ids):
        """Every row of the documents and of their payments, by table."""
        invoice_ids = list(move_ids)
        payments = self._select(
            "account_payment",
            SQL("id IN (SELECT payment_id FROM account_move__account_payment WHERE invoice_id = ANY(%s))", invoice_ids),
        )
        payment_ids = [row["id"] for row in payments]
        moves = self._select(
            "account_move", SQL("id = ANY(%s) OR origin_payment_id = ANY(%s)", invoice_ids, payment_ids)
        )
        lines = self._select("account_move_line", SQL("move_id = ANY(%s)", [row["id"] for row in moves]))
        line_ids = [row["id"] for row in lines]
        partials = self._select("account_partial_reconcile", SQL("debit_move_id = ANY(%s)", line_ids))
        fulls = self._select(
            "account_full_reconcile", SQL("id = ANY(%s)", [row["full_reconcile_id"] for row in partials])
        )
        return {
            "account_move": moves,
            "account_move_line": lines,
            "account_payment": payments,
            "account_partial_reconcile": partials,
            "account_full_reconcile": fulls,
        }

    @api.model
    def _select(self, table, where):
        return self.env.execute_query_dict(SQL("SELECT * FROM %s WHERE %s ORDER BY id", SQL.identifier(table), where))

    @api.model
    def _take_templates(self, pattern, rows):
        """One template for each kind of row that the sample has."""
        types = {row["id"]: row["move_type"] for row in rows["account_move"]}

        def take(key, table, row, variable):
            if key not in pattern.templates:
                pattern.templates[key] = self._template(table, row["id"], variable)

        for row in rows["account_move"]:
            variable = bulk_payment.ENTRY if row["origin_payment_id"] else bulk.MOVE
            take(row["move_type"], "account_move", row, variable)
        for row in rows["account_move_line"]:
            if row["payment_id"]:
                is_liquidity = not row["full_reconcile_id"] and not row["matching_number"]
                side = "liquidity" if is_liquidity else "counterpart"
                take(f"entry/{side}", "account_move_line", row, bulk_payment.ENTRY_LINE)
            else:
                variable = bulk.LINE if row["display_type"] == "product" else bulk.TERM
                take(f"{types[row['move_id']]}/{row['display_type']}", "account_move_line", row, variable)
        for row in rows["account_payment"]:
            take(row["payment_type"], "account_payment", row, bulk_payment.PAYMENT)
            line = next(line for line in rows["account_move_line"] if line["payment_id"] == row["id"])
            if line["name"].endswith(row["memo"]):
                pattern.payment_text = line["name"][: -len(row["memo"])]
            accounts = pattern.templates.setdefault(f"{row['payment_type']}/account", row["outstanding_account_id"])
            assert accounts == row["outstanding_account_id"]
        for row in rows["account_partial_reconcile"]:
            take("partial", "account_partial_reconcile", row, bulk_payment.PARTIAL)
        for row in rows["account_full_reconcile"]:
            take("full", "account_full_reconcile", row, ("id",))

    @api.model
    def _anonymous(self, table, table_rows, rows):
        """Rows whose ids are replaced by what they stand for, in an order that does not depend on ids."""
        names = {}
        for row in rows["account_move"]:
            names["move", row["id"]] = row["name"]
        counts = {}
        for row in rows["account_move_line"]:
            # The lines of a document keep their order, whatever stands between them.
            kind = (row["move_name"], row["display_type"])
            counts[kind] = counts.get(kind, 0) + 1
            names["line", row["id"]] = (*kind, counts[kind])
        for row in rows["account_payment"]:
            names["payment", row["id"]] = row["name"]
        for row in rows["account_partial_reconcile"]:
            names["partial", row["id"]] = ("partial", names["line", row["debit_move_id"]])
            names.setdefault(("full", row["full_reconcile_id"]), names["line", row["debit_move_id"]])
        kinds = {
            "move_id": "move",
            "debit_move_id": "line",
            "credit_move_id": "line",
            "payment_id": "payment",
            "origin_payment_id": "payment",
            "full_reconcile_id": "full",
        }
        own = {
            "account_move": "move",
            "account_move_line": "line",
            "account_payment": "payment",
            "account_partial_reconcile": "partial",
            "account_full_reconcile": "full",
        }[table]
        result = []
        for row in table_rows:
            values = {column: value for column, value in row.items() if column not in IGNORED}
            values["id"] = names[own, row["id"]]
            for column, kind in kinds.items():
                if values.get(column) and column in values:
                    values[column] = names[kind, values[column]]
            if number := values.get("matching_number"):
                kind, key = ("partial", int(number[1:])) if number.startswith("P") else ("full", int(number))
                values["matching_number"] = (number[:1] == "P", names[kind, key])
            result.append(values)
        return sorted(result, key=lambda values: str(values["id"]))

    @api.model
    def _differences(self, expected, actual):
        """Texts that name each column in which the two sets of rows differ."""
        differences = []
        for table, rows in expected.items():
            others = actual[table]
            if len(rows) != len(others):
                differences.append(f"{table}: {len(rows)} rows by the ORM, {len(others)} in bulk")
                continue
            for row, other in zip(rows, others, strict=True):
                differences.extend(
                    f"{table}.{column} of {row['id']}: {row[column]!r} by the ORM, {other[column]!r} in bulk"
                    for column in row
                    if row[column] != other[column]
                )
        return differences
