from odoo import models
from odoo.fields import Domain


class MailingMailing(models.Model):
    """A mailing leaves out customers with whom another channel is agreed."""

    _inherit = "mailing.mailing"

    def _kept_domain(self):
        return Domain(super()._kept_domain()) & self._channel_domain()

    def _channel_domain(self):
        model = self.env[self.mailing_model_real]
        company = self.campaign_id.company_id or self.env.company
        channel = "sms" if self.mailing_type == "sms" else "email"
        excluded = self.env["crm.customisation"]._other_channel(company, channel)
        if model._name == "res.partner":
            return Domain("id", "not in", excluded)
        field = model._fields.get("partner_id")
        if field and field.comodel_name == "res.partner":
            return Domain("partner_id", "=", False) | Domain("partner_id", "not in", excluded)
        if "email_normalized" in model._fields:
            partners = self.env["res.partner"].sudo().with_context(active_test=False)
            found = partners.search_fetch(
                Domain("id", "in", excluded) & Domain("email_normalized", "!=", False), ["email_normalized"]
            )
            return Domain("email_normalized", "not in", found.mapped("email_normalized"))
        return Domain.TRUE
