import time

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .crm_import_pattern import Pattern

BATCH_LINES = 10_000
BATCH_DOCUMENTS = 500
LOCK = 20190514  # arbitrary, names the advisory lock of the loader; the second key is the company


class ImportBusy(UserError):
    """Another process imports into the same company just now."""


class CrmImportRun(models.AbstractModel):
    """Part of `crm.import.history`: the dry run and the batches.

    A batch makes its customers, products, documents, payments and references in one
    transaction. Whoever is killed leaves whole batches only; the next run reads the
    references and goes on behind them.
    """

    _name = "crm.import.run"
    _description = "Run of a Sales History"

    # === DRY RUN === #

    def _check_file(self):
        """Read the file, compare it with the books, store figures and rejected rows; return the plan."""
        self.ensure_one()
        plan = self._read_plan()
        known = self._match_database(plan)
        invoices, refunds = plan.invoices(), plan.refunds()
        self.write(
            {
                "state": "checked",
                "message": False,
                "row_count": plan.row_count,
                "rejected_count": len(plan.rejections),
                "document_count": len(plan.documents),
                "documents_done": 0,
                "invoice_count": len(invoices),
                "refund_count": len(refunds),
                "known_count": len(known),
                "total_file": float(plan.total),
                "total_invoices": float(sum(document.amount for document in invoices)),
                "total_refunds": float(sum(document.amount for document in refunds)),
                "total_known": float(sum(document.signed_amount for document in known)),
                "total_rejected": float(sum(rejection.amount for rejection in plan.rejections)),
                **self._count_new(plan),
            }
        )
        self._store_rejections(plan)
        self._store_plan(plan)
        return plan

    def _count_new(self, plan):
        """Customers and products that the import will create."""
        Reference, Master = self.env["crm.import.reference"], self.env["crm.import.master"]
        counts = {}
        for kind, model, field, keys in (
            ("customer", "res.partner", "ref", {document.customer for document in plan.documents.values()}),
            (
                "product",
                "product.product",
                "default_code",
                {line.code for document in plan.documents.values() for line in document.lines},
            ),
        ):
            missing = keys - set(Reference._known(self.company_id, kind, keys))
            counts[f"{kind}_count"] = len(missing - set(Master._find_by_code(self, model, field, list(missing))))
        return counts

    def _match_database(self, plan):
        """Take out of the plan what the books know or refuse; return the documents imported before."""
        Move = self.env["account.move"]
        domain = [
            ("company_id", "=", self.company_id.id),
            ("kind", "=", "document"),
            ("key", "in", list(plan.documents)),
        ]
        references = self.env["crm.import.reference"].sudo().search_fetch(domain, ["key", "amount"])
        amounts = {reference.key: reference.amount for reference in references}
        journal = self._history_journal()
        taken = [("journal_id", "=", journal.id), ("name", "in", [key for key in plan.documents if key not in amounts])]
        taken = set(Move.sudo().search_fetch(taken, ["name"]).mapped("name")) if journal else set()
        lock_date = self.company_id._get_user_fiscal_lock_date(
            journal or self.env["account.journal"].new({"type": "sale"})
        )
        known = []
        for document in list(plan.documents.values()):
            amount = amounts.get(document.number)
            if amount is not None:
                if self.currency_id.compare_amounts(amount, float(document.signed_amount)):
                    plan.reject_document(document, "changed_document")
                else:
                    known.append(plan.documents.pop(document.number))
            elif document.number in taken:
                plan.reject_document(document, "number_taken")
            elif document.date <= lock_date:
                plan.reject_document(document, "closed_period")
            elif not self._number_fits(document):
                plan.reject_document(document, "number_date")
        return known

    def _number_fits(self, document):
        """Odoo refuses a number that names a year or month (INV/2010/0001) on a document of another one."""
        Move = self.env["account.move"]
        if Move._deduce_sequence_number_reset(document.number) == "never":
            return True
        return Move.new({"name": document.number, "date": document.date})._sequence_matches_date()

    # === IMPORT === #

    def _process(self, checkpoint=None, plan=None):
        """Import what is not imported yet, batch by batch; `checkpoint(count)` may commit, and stops by False.

        :param plan: what `_check_file` returned in this run; otherwise the file is read again
        """
        self.ensure_one()
        try:
            self._check_rights()
            self._set_journals()
            if plan is None:
                plan = self._read_plan()
                self._match_database(plan)
            self.documents_done = self.document_count - len(plan.documents)
            if self._process_documents(plan, checkpoint):
                self._finish()
        except ImportBusy:
            raise
        except UserError as error:
            # The failed batch is undone, whole batches before it stay.
            self.sudo().write({"state": "stopped", "message": str(error)})
        if checkpoint:
            checkpoint(0)

    def _process_documents(self, plan, checkpoint):
        """True when every document is made, False when stopped in between."""
        obstacle = self.env["crm.import.bulk"]._obstacle(self)
        pattern = None if obstacle or self.use_orm else Pattern()
        if obstacle:
            self.message = self.env._("This import takes longer, because %(reason)s.", reason=obstacle)
        for documents in self._batches(plan.ordered()):
            started = time.monotonic()
            with self.env.cr.savepoint():
                self._lock()
                pattern = self._process_batch(documents, plan, pattern)
                self.documents_done += len(documents)
                self.seconds += time.monotonic() - started
            if checkpoint and checkpoint(len(documents)) is False:
                return False
            self.invalidate_recordset(["state"])
            if self.state != "running":
                return False
        return True

    def _batches(self, documents):
        """Lists of documents, each of a size that takes some seconds."""
        batch, lines = [], 0
        for document in documents:
            batch.append(document)
            lines += len(document.lines)
            if lines >= BATCH_LINES or len(batch) >= BATCH_DOCUMENTS:
                yield batch
                batch, lines = [], 0
        if batch:
            yield batch

    def _lock(self):
        """One import at a time per company; the lock ends with the transaction."""
        query = SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK, self.company_id.id)
        if not self.env.execute_query(query)[0][0]:
            raise ImportBusy(self.env._("Another import of this company is running. Try again when it is done."))

    def _process_batch(self, documents, plan, pattern):
        """Make the documents of one batch; return the pattern, or None once the fast path is given up."""
        Reference, Writer, Bulk = (
            self.env[name] for name in ("crm.import.reference", "crm.import.writer", "crm.import.bulk")
        )
        known = Reference._known(self.company_id, "document", [document.number for document in documents])
        documents = [document for document in documents if document.number not in known]
        specs = Writer._specs(self, documents, plan)
        plain, others = ([], specs)
        if pattern:
            plain, others = Bulk._split(self, specs)
            differences = self.env["crm.import.pattern"]._learn(self, plain, pattern)
            if differences:
                self.message = self.env._(
                    "This import takes longer, because fast rows would differ: %(difference)s",
                    difference=differences[0],
                )
                plain, others, pattern = [], specs, None
        move_ids = Writer._book(self, others)
        if plain:
            move_ids.update(Bulk._book(self, plain, pattern))
        amounts = {document.number: document.signed_amount for document in documents}
        Reference._remember(self, "document", move_ids, amounts)
        return pattern

    def _finish(self):
        """Read from the books what this import has made."""
        self.env.flush_all()
        query = SQL(
            """SELECT COUNT(*) FILTER (WHERE move.move_type = 'out_invoice'),
                      COUNT(*) FILTER (WHERE move.move_type = 'out_refund'),
                      COALESCE(SUM(move.amount_untaxed_in_currency_signed), 0)
                 FROM crm_import_reference AS reference
                 JOIN account_move AS move ON move.id = reference.move_id
                WHERE reference.history_id = %s AND move.state = 'posted'""",
            self.id,
        )
        invoices, refunds, total = self.env.execute_query(query)[0]
        query = SQL(
            """SELECT COUNT(*)
                 FROM crm_import_reference AS reference
                 JOIN account_move__account_payment AS link ON link.invoice_id = reference.move_id
                WHERE reference.history_id = %s""",
            self.id,
        )
        self.write(
            {
                "state": "done",
                "booked_invoices": invoices,
                "booked_refunds": refunds,
                "booked_payments": self.env.execute_query(query)[0][0],
                "total_booked": total,
            }
        )

    def _history_journal(self):
        """The journal chosen, else the company's journal 'History' if it exists."""
        domain = [("company_id", "=", self.company_id.id), ("code", "=", "HIST"), ("type", "=", "sale")]
        return self.journal_id or self.env["account.journal"].sudo().search(domain, limit=1)

    def _set_journals(self):
        """Journals of its own, so that original numbers do not mix with Odoo's sequence of the sales journal."""
        if not self.company_id.chart_template and not self.journal_id:
            raise UserError(self.env._("The company has no chart of accounts yet. Install one under Invoicing."))
        if not self.journal_id:
            journal = self._history_journal()
            # Billing users may post but not set up journals; this one is the loader's own.
            self.journal_id = journal or self.env["account.journal"].sudo().create(
                {
                    "name": self.env._("History"),
                    "code": "HIST",
                    "type": "sale",
                    "company_id": self.company_id.id,
                    "refund_sequence": True,
                }
            )
        if not self.payment_journal_id:
            domain = [("company_id", "=", self.company_id.id), ("type", "=", "bank")]
            self.payment_journal_id = self.env["account.journal"].search(domain, limit=1)
