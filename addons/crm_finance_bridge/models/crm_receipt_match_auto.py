import logging

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
BATCH = 200  # receipts accepted in one transaction of the cron


class CrmReceiptMatch(models.Model):
    """What is certain is accepted without a person; one receipt that cannot be booked does not hold up the others."""

    _inherit = "crm.receipt.match"

    @api.model
    def _cron_match(self):
        """Renew the proposals of every company; accept what is certain where the company wants that."""
        companies = self._companies_waiting()
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            company.crm_match_judged_at = fields.Datetime.now()  # before: one that fails does not hold up the others
            self.env["ir.cron"]._commit_progress()
            self.env["crm.receipt.ledger"]._refresh(company)
            self.env["ir.cron"]._commit_progress()
            for batch in self._automatic_batches(company):
                try:
                    with self.env.cr.savepoint():
                        batch._accept_certain()
                except psycopg2.OperationalError:  # somebody works on these receipts just now: the next run
                    _logger.info("Receipts of %s were busy", company.name, exc_info=True)
                self.env["ir.cron"]._commit_progress()
            if not self.env["ir.cron"]._commit_progress(processed=1):
                break

    @api.model
    def _companies_waiting(self):
        """Those that this nightly run has not judged yet, the one that has waited longest first.

        A run that takes too long is taken up again by Odoo, which keeps `lastcall` until all are done.
        """
        companies = self.env["res.company"].sudo().search([], order="id")
        last, never = self.env.context.get("lastcall"), fields.Datetime.to_datetime("1970-01-01")
        if self.env.context.get("cron_id"):
            companies = companies.filtered(
                lambda company: not company.crm_match_judged_at or (last and company.crm_match_judged_at <= last)
            )
        return companies.sorted(lambda company: company.crm_match_judged_at or never)

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
        """Those that are still certain and that no colleague is deciding on, held until the transaction ends."""
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM crm_receipt_match
                 WHERE id IN %s AND state = 'proposed' AND barrier IS NULL ORDER BY date, id FOR UPDATE SKIP LOCKED
                """,
                tuple(self.ids) or (0,),
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
