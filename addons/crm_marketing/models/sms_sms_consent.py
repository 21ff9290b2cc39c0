from odoo import models


class SmsSms(models.Model):
    """The last look before an SMS of a mailing leaves."""

    _inherit = "sms.sms"

    def _send(self, *args, **kwargs):
        allowed = self - self._crm_cancel_refused()
        return super(SmsSms, allowed)._send(*args, **kwargs) if allowed else None

    def _crm_cancel_refused(self):
        """Cancel the waiting SMS of mailings to numbers that refuse by now. Returns them."""
        cancelled = self.browse()
        waiting = self.filtered(lambda sms: sms.mailing_id and sms.state == "outgoing")
        for mailing, messages in waiting.sudo().grouped("mailing_id").items():
            stopped = mailing._crm_stopped(set(messages.mapped("number")), cap=False)
            cancelled |= messages.filtered(lambda sms, stopped=stopped: sms.number in stopped)
        if cancelled:
            cancelled._update_sms_state_and_trackers("canceled", failure_type="sms_optout")
        return cancelled
