import logging
from collections import Counter

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL

from ..tools import receipt_match

_logger = logging.getLogger(__name__)
BATCH = 200  # receipts accepted in one transaction of the cron


class CrmReceiptMatch(models.Model):
    """What is certain is accepted without a person; one receipt that cannot be booked does not hold up the others."""

    _inherit = "crm.receipt.match"

    @api.model
    def _cron_match(self):
        """Renew the proposals of every company; accept what is certain where the company wants that.

        Branches may claim the same invoice: what is certain is known when all of a legal entity have been judged.
        """
        companies = self._companies_waiting()
        left = Counter(company.root_id for company in companies)
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            company.crm_match_judged_at = fields.Datetime.now()  # before: one that fails does not hold up the others
            self.env["ir.cron"]._commit_progress()
            self._refresh_alone(company)
            self.env["ir.cron"]._commit_progress()
            left[company.root_id] -= 1
            if not left[company.root_id]:
                self._accept_entity(company.root_id)
            if not self.env["ir.cron"]._commit_progress(processed=1):
                break

    @api.model
    def _refresh_alone(self, company):
        """A company whose receipts cannot be judged does not hold up the others."""
        try:
            with self.env.cr.savepoint():
                self.env["crm.receipt.ledger"]._refresh(company)
        except Exception:
            _logger.exception("The receipts of %s could not be judged", company.name)

    @api.model
    def _accept_entity(self, root):
        """Accept what is certain in a company and its branches, also in those that an earlier run has judged."""
        for company in self.env["res.company"].sudo().search([("id", "child_of", root.id)], order="id"):
            for batch in self._automatic_batches(company):
                try:
                    with self.env.cr.savepoint():
                        batch._accept_certain()
                except psycopg2.OperationalError:  # somebody works on these receipts just now: the next run
                    _logger.info("Receipts of %s were busy", company.name, exc_info=True)
                self.env["ir.cron"]._commit_progress()

    @api.model
    def _companies_waiting(self):
        """Those that this nightly run has not judged yet: the legal entity that has waited longest first, its
        branches one after the other.

        A run that takes too long is taken up again by Odoo, which keeps `lastcall` until all are done.
        """
        companies = self.env["res.company"].sudo().search([], order="id")
        last, never = self.env.context.get("lastcall"), fields.Datetime.to_datetime("1970-01-01")
        if self.env.context.get("cron_id"):
            companies = companies.filtered(
                lambda company: not company.crm_match_judged_at or (last and company.crm_match_judged_at <= last)
            )
        waited = {}
        for company in companies.sorted(lambda company: company.crm_match_judged_at or never):
            waited.setdefault(company.root_id, []).append(company.id)
        return companies.browse(number for entity in waited.values() for number in entity)

    @api.model
    def _process_automatic(self, company):
        """What the cron does after reading, without its commits."""
        for batch in self._automatic_batches(company):
            batch._accept_certain()

    @api.model
    def _automatic_batches(self, company):
        """The certain proposals of a company that wants them accepted, a batch a transaction."""
        certain = self.browse()
        if company.crm_match_automatic:
            certain = self.search(self._certain_domain(company), order="date, id")
        return [certain[start : start + BATCH] for start in range(0, len(certain), BATCH)]

    @api.model
    def _certain_domain(self, company):
        return [("company_id", "=", company.id), ("state", "=", "proposed"), ("barrier", "=", False)]

    def _accept_certain(self):
        """Accept those that nobody decided on meanwhile and that are still as proposed."""
        certain = self._lock_certain()
        certain -= certain._hidden()
        certain -= certain._stale()
        if certain and not certain._book_certain() and len(certain) > 1:
            for match in certain:
                if not match._stale():
                    match._book_certain()

    def _lock_certain(self):
        """Those that are still certain and that no colleague is deciding on, held until the transaction ends.

        Not certain is what a receipt of another branch claims as well, where both are more than is open: but the only
        receipt that names the item keeps it (as `receipt_match.contest` within a company).
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT receipt.id FROM crm_receipt_match receipt
                 WHERE receipt.id IN %(ids)s AND receipt.state = 'proposed' AND receipt.barrier IS NULL
                   AND NOT EXISTS (
                       SELECT part.move_line_id
                         FROM crm_receipt_match_line part
                         JOIN account_move_line item ON item.id = part.move_line_id
                         JOIN crm_receipt_match_line claimed ON claimed.move_line_id = part.move_line_id
                         JOIN crm_receipt_match claim ON claim.id = claimed.match_id AND claim.state = 'proposed'
                          AND claim.rule NOT IN %(guessed)s
                        WHERE part.match_id = receipt.id
                        GROUP BY part.move_line_id, item.amount_residual_currency
                       HAVING BOOL_OR(claim.company_id <> receipt.company_id)
                          AND SUM(ABS(claimed.amount)) > ABS(item.amount_residual_currency)
                          AND NOT (receipt.rule IN %(named)s AND COUNT(*) FILTER (WHERE claim.rule IN %(named)s) = 1))
                 ORDER BY receipt.date, receipt.id FOR UPDATE OF receipt SKIP LOCKED
                """,
                ids=tuple(self.ids) or (0,),
                guessed=(receipt_match.OLDEST, receipt_match.PAYER),
                named=tuple(receipt_match.BY_NAME),
            )
        )
        return self.browse([number for (number,) in rows])

    def _book_certain(self):
        """Reconcile all of these or none; whether it went well. One alone that fails says why and waits for a person:
        it is not tried again every night."""
        try:
            with self.env.cr.savepoint():
                self._reconcile()
                self.sudo().write(self._decision("auto"))
                self.advice_id.sudo().state = "used"
        except (UserError, psycopg2.IntegrityError) as error:
            if len(self) == 1 and not isinstance(error, LockError):
                self.sudo().write({"barrier": "failed", "failure": str(error)})
            return False
        return True

    @api.model
    def action_refresh(self):
        """Read receipts and invoices of the current companies again."""
        self.browse()._check_decider()
        for company in self.env.companies:
            self.env["crm.receipt.ledger"].sudo()._refresh(company)
        return True

    @api.model
    def action_accept_certain(self):
        """Accept all certain proposals of the current companies: how many."""
        self.browse()._check_decider()
        count = 0
        for company in self.env.companies:
            certain = self.search(self._certain_domain(company), order="date, id")
            certain._accept_certain()
            count += len(certain.filtered(lambda match: match.state == "auto"))
        return count
