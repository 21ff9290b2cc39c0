from odoo import models


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _get_optout_emails(self, mail_values_dict):
        """Whoever refuses the purpose counts as opted out, asked when the mails are made; one look a batch."""
        emails = super()._get_optout_emails(mail_values_dict)
        if self.mass_mailing_id:
            recipients = self._get_recipients_data(mail_values_dict).values()
            asked = {email for info in recipients for email in info["mail_to_normalized"]}
            emails += list(self.mass_mailing_id._crm_stopped(asked))
        return emails
