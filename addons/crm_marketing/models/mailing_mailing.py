from odoo import models
from odoo.fields import Domain


class MailingMailing(models.Model):
    """No mailing reaches a competitor, a customer that is given up, nor whoever else is out of campaigns."""

    _inherit = "mailing.mailing"

    def _get_recipients_domain(self):
        return Domain(super()._get_recipients_domain()) & self._kept_domain()

    def _kept_domain(self):
        """Condition on the recipients: partners, documents with a partner, or contacts with a partner's address."""
        model = self.env[self.mailing_model_real]
        # Also customers whom the sender may not read stay out: only their ids or addresses are compared.
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        excluded = partners._search(partners._crm_no_campaign_domain())
        if model._name == "res.partner":
            return Domain("id", "not in", excluded)
        field = model._fields.get("partner_id")
        if field and field.comodel_name == "res.partner":
            return Domain("partner_id", "=", False) | Domain("partner_id", "not in", excluded)
        if "email_normalized" in model._fields:
            addresses = partners.search_fetch(
                partners._crm_no_campaign_domain() & Domain("email_normalized", "!=", False), ["email_normalized"]
            )
            return Domain("email_normalized", "not in", addresses.mapped("email_normalized"))
        return Domain.TRUE
