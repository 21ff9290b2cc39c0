import logging

from odoo import api, fields, models

_logger = logging.getLogger(__name__)
BATCH = 200
PAPER_BATCH = 20  # with PDF files, which take about a second each


class CrmStatementRun(models.Model):
    _inherit = "crm.statement.run"

    def _send(self, now, limit=None):
        """Send the next statements of the runs; return how many were looked at. Locked ones are another job's."""
        runs = self.filtered(lambda run: run.state == "sending")
        paper = "pdf" in runs.company_id.mapped("crm_statement_attachment")
        lines = self.env["crm.statement.run.line"].search(
            [("run_id", "in", runs.ids), ("state", "=", "draft")],
            limit=limit or (PAPER_BATCH if paper else BATCH),
            order="id",
        )
        lines = lines.try_lock_for_update().with_prefetch()
        lines._send_batch(now)
        return len(lines)

    @api.model
    def _process_send(self, now=None, progress=lambda done=0, remaining=None: 1):
        """Send what is left of the runs under way, batch by batch, until `progress` says that the time is over.

        A batch is committed whole: its e-mails are in Odoo's queue and its lines are sent, or neither.
        """
        runs = self.search([("state", "=", "sending")])
        progress(
            remaining=self.env["crm.statement.run.line"].search_count(
                [("run_id", "in", runs.ids), ("state", "=", "draft")]
            )
        )
        while done := runs._send(now or fields.Datetime.now()):
            _logger.debug("%s statements handled", done)
            if not progress(done):
                break
        runs._close()
