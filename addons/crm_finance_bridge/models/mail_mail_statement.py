from odoo import models


class MailMail(models.Model):
    """A statement that cannot be delivered is marked where people look: in the log; one delivered later as well."""

    _inherit = "mail.mail"

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        lines = self.env["crm.statement.run.line"]
        mails = self.filtered(lambda mail: mail.model == lines._name)
        if mails and (success_pids or success_emails):
            # Retried in the mail queue: what arrived is not sent a second time.
            lines.sudo().search([("mail_id", "in", mails.ids), ("state", "=", "failed")]).write(
                {"state": "sent", "reason": False}
            )
        elif mails and failure_type:
            kinds = dict(self._fields["failure_type"]._description_selection(self.env))
            lines = lines.sudo().search([("mail_id", "in", mails.ids), ("state", "=", "sent")])
            lines._fail(failure_reason or kinds.get(failure_type) or failure_type)
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
