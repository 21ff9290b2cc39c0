from odoo import models


class MailMail(models.Model):
    """A reminder that cannot be delivered is marked where people look: on the letter; one delivered later as well."""

    _inherit = "mail.mail"

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        letters = self.env["crm.dunning.letter"]
        mails = self.filtered(lambda mail: mail.model == letters._name)
        if mails and (success_pids or success_emails):
            # Retried in the mail queue: what arrived is not sent a second time.
            letters.sudo().search([("mail_id", "in", mails.ids), ("state", "=", "failed")]).write(
                {"state": "sent", "reason": False}
            )
        elif mails and failure_type:
            kinds = dict(self._fields["failure_type"]._description_selection(self.env))
            letters = letters.sudo().search([("mail_id", "in", mails.ids), ("state", "=", "sent")])
            letters._fail(failure_reason or kinds.get(failure_type) or failure_type)
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
