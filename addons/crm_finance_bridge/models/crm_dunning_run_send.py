import logging

from odoo import api, fields, models

_logger = logging.getLogger(__name__)
BATCH = 200


class CrmDunningRun(models.Model):
    _inherit = "crm.dunning.run"

    def _send(self, now, limit=BATCH):
        """Send the next letters of the run; return how many were looked at. Locked ones are another job's."""
        letters = self.env["crm.dunning.letter"].search(
            [("run_id", "in", self.filtered(lambda run: run.state == "sending").ids), ("state", "=", "draft")],
            limit=limit,
            order="id",
        )
        letters = letters.try_lock_for_update().with_prefetch()
        letters._send_batch(now)
        return len(letters)

    @api.model
    def _process_send(self, now=None, progress=lambda done=0, remaining=None: 1):
        """Send what is left of the runs under way, batch by batch, until `progress` says that the time is over."""
        runs = self.search([("state", "=", "sending")])
        waiting = [("run_id", "in", runs.ids), ("state", "=", "draft")]
        progress(remaining=self.env["crm.dunning.letter"].search_count(waiting))
        while done := runs._send(now or fields.Datetime.now()):
            _logger.debug("%s reminders handled", done)
            if not progress(done):
                break
        runs._close()
