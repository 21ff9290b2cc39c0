from odoo import models

from ..models.account_move_send_collect import COPY


class AccountMoveSendBatchWizard(models.TransientModel):
    _inherit = "account.move.send.batch.wizard"

    def action_send_and_print(self, force_synchronous=False, allow_fallback_pdf=False):
        """The job that sends the invoices later has no context: it finds the row with the invoice."""
        result = super().action_send_and_print(force_synchronous, allow_fallback_pdf)
        task_id = self.env.context.get(COPY)
        for move in self.move_ids:
            if task_id and move.sending_data:
                move.sending_data = {**move.sending_data, COPY: task_id}
        return result
