from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _crm_contact_values(self, feedback):
        """Nothing where the contact that fulfilled the activity is recorded already."""
        return [] if self.env.context.get("crm_contact_logged") else super()._crm_contact_values(feedback)
