from odoo import models
from odoo.fields import Domain


class MailingMailing(models.Model):
    """Customers on the approved give-up list are left out of every mailing."""

    _inherit = "mailing.mailing"

    def _get_recipients_domain(self):
        return Domain(super()._get_recipients_domain()) & self._kept_domain()

    def _kept_domain(self):
        """Condition on the recipients: partners, documents with a partner, or contacts with a partner's address."""
        model = self.env[self.mailing_model_real]
        gone = self.env["res.partner"].sudo().search([("crm_given_up", "=", True)])
        if not gone:
            return Domain.TRUE
        if model._name == "res.partner":
            return Domain("id", "not in", gone.ids)
        field = model._fields.get("partner_id")
        if field and field.comodel_name == "res.partner":
            return Domain("partner_id", "not in", gone.ids)
        if "email_normalized" in model._fields:
            return Domain("email_normalized", "not in", [mail for mail in gone.mapped("email_normalized") if mail])
        return Domain.TRUE
