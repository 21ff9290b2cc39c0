from odoo import api, fields, models

from .crm_consent import REASONS

READERS = "sales_team.group_sale_salesman,mass_mailing.group_mass_mailing_user"


class ResPartner(models.Model):
    _inherit = "res.partner"

    crm_consent_ids = fields.One2many(groups=READERS)
    crm_consent_count = fields.Integer(groups=READERS)
    crm_email_refusal = fields.Char(
        string="No E-mail Because",
        compute="_compute_crm_email_refusal",
        groups=READERS,
        help="Why this person gets no advertising by mail; empty: may get it.",
    )

    @api.depends("email_normalized")
    @api.depends_context("company", "lang")
    def _compute_crm_email_refusal(self):
        may = self._crm_may_contact("email")
        for partner in self:
            partner.crm_email_refusal = may.get(partner.id, (True, ""))[1]

    @api.model
    def _crm_excluded_query(self, channel, purpose="marketing", company=None, partners=None, today=None):
        """SQL of (partner_id, reason): persons whom the channel may not reach for the purpose, with the reason's code.

        `channel`: email, sms, call, letter. `purpose`: marketing, event, research. `partners` narrows it to ids, a
        recordset, a Query or an SQL of ids. For whole tables: use it as a subselect, no partner is loaded.
        """
        return self.env["crm.consent"].sudo()._excluded_query(channel, purpose, company, partners, today)

    def _crm_may_contact(self, channel, purpose="marketing", company=None, today=None):
        """{id: (may, reason)} of these contacts; the reason is a word to show, empty where the contact is allowed."""
        rows = self.env.execute_query(self._crm_excluded_query(channel, purpose, company, self.ids, today))
        found, words = dict(rows), self._crm_exclusion_words()
        return {partner.id: (partner.id not in found, words.get(found.get(partner.id), "")) for partner in self}

    @api.model
    def _crm_exclusion_words(self):
        """{code: words} in the user's language."""
        texts = {
            "withdrawn": self.env._("Consent withdrawn"),
            "refused": self.env._("Contact refused"),
            "blacklist": self.env._("On the blacklist"),
            "expired": self.env._("Consent expired"),
            "no_consent": self.env._("No consent yet"),
            "no_address": self.env._("No address or number"),
            "cap": self.env._("Contact limit reached"),
        }
        return {code: texts.get(code, name) for code, name in REASONS}

    def action_crm_record_consent(self):
        """A decision that the contact told a colleague."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decision of %(contact)s", contact=self.display_name),
            "res_model": "crm.consent",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_partner_id": self.id},
        }
