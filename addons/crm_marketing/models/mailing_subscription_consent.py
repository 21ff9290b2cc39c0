from odoo import api, models


class MailingSubscription(models.Model):
    """Leaving or joining a mailing list is a decision for that list, noted in the ledger."""

    _inherit = "mailing.subscription"

    @api.model_create_multi
    def create(self, vals_list):
        """A list filled by a colleague is no decision of its people; who signs up on a web page decides."""
        subscriptions = super().create(vals_list)
        own = self.env.user._is_public() or self.env.user._is_portal()
        subscriptions.filtered(lambda one: one.opt_out or own)._note_consent()
        return subscriptions

    def write(self, vals):
        before = {one.id: one.opt_out for one in self}
        result = super().write(vals)
        self.filtered(lambda one: one.opt_out != before[one.id])._note_consent()
        return result

    def _note_consent(self):
        ledger = self.env["crm.consent"]
        for (mailing_list, stopped), group in self.grouped(lambda one: (one.list_id, one.opt_out)).items():
            addresses = set(group.contact_id.mapped("email_normalized"))
            ledger._note_change("email", addresses, stopped, [mailing_list.crm_purpose], mailing_list)
