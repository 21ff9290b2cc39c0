from odoo import models

CHANNEL_OF_CATEGORY = {"phonecall": "call", "meeting": "meeting"}
PARTNER_FIELDS = {"res.partner": "id", "crm.lead": "partner_id", "sale.order": "partner_id"}


class MailActivity(models.Model):
    """A planned contact that is marked done becomes a contact: nobody types it twice."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        contacts = self._crm_contact_values(feedback)
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if contacts:
            # Whoever may do the activity may have it counted, sales rights or not.
            self.env["crm.contact.log"].sudo().create(contacts)
        return result

    def _crm_contact_values(self, feedback):
        """Contacts made by calls, e-mails and meetings on customers, opportunities and orders."""
        email = self.env.ref("mail.mail_activity_data_email", raise_if_not_found=False)
        contacts = []
        for activity in self:
            kind = activity.activity_type_id
            channel = "email" if kind and kind == email else CHANNEL_OF_CATEGORY.get(kind.category)
            if not channel or activity.res_model not in PARTNER_FIELDS or not activity.active:
                continue
            record = self.env[activity.res_model].sudo().browse(activity.res_id).exists()
            partner = record and (record if record._name == "res.partner" else record.partner_id)
            if not partner:
                continue
            contacts.append(
                {
                    "partner_id": partner.id,
                    "channel": channel,
                    "subject": activity.summary or kind.name,
                    "content": feedback,
                    "user_id": self.env.user.id if self.env.user.active else activity.user_id.id,
                    "company_id": ("company_id" in record and record.company_id.id) or self.env.company.id,
                    "lead_id": record.id if record._name == "crm.lead" else False,
                    "order_id": record.id if record._name == "sale.order" else False,
                    "done_activity_id": activity.id,
                }
            )
        return contacts
