from odoo import models


class MailMail(models.Model):
    """The last look before a mail leaves: a consent withdrawn while the mail waited in the queue still counts."""

    _inherit = "mail.mail"

    def _send(self, *args, **kwargs):
        self._crm_cancel_refused()
        return super()._send(*args, **kwargs)

    def _crm_cancel_refused(self):
        """Cancel the waiting mails of mailings to addresses that refuse by now; a query a mailing. Returns them."""
        cancelled = self.browse()
        waiting = self.filtered(lambda mail: mail.mailing_id and mail.state == "outgoing")
        for mailing, mails in waiting.sudo().grouped("mailing_id").items():
            traces = mails.mailing_trace_ids.filtered(lambda trace: not trace.is_test_trace)
            stopped = mailing._crm_stopped(set(traces.mapped("email")), cap=False)
            refused = traces.filtered(lambda trace, stopped=stopped: trace.email in stopped)
            if not refused:
                continue
            refused.write({"trace_status": "cancel", "failure_type": "mail_optout"})
            refused.mail_mail_id.write({"state": "cancel", "failure_type": "mail_optout"})
            cancelled |= refused.mail_mail_id
        return cancelled
