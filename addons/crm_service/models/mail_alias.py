from odoo import models


class MailAlias(models.Model):
    _inherit = "mail.alias"

    def _alias_bounce_incoming_email(self, message, message_dict, set_invalid=True):
        """A mail to a service team that cannot be processed is kept as a ticket: its sender is told of no failure."""
        if set_invalid and self.env.context.get("crm_mail_is_kept"):
            return
        super()._alias_bounce_incoming_email(message, message_dict, set_invalid=set_invalid)
