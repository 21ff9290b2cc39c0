from odoo import api, fields, models
from odoo.exceptions import UserError

PURPOSES = [
    ("marketing", "Offers and news"),
    ("event", "Invitations to events"),
    ("research", "Surveys and market research"),
]


class CrmConsentText(models.Model):
    """The words that a customer agrees to, by purpose. A text that somebody agreed to stays; a new one is a version."""

    _name = "crm.consent.text"
    _description = "Consent Text"
    _order = "purpose, version desc"
    _rec_name = "purpose"

    purpose = fields.Selection(PURPOSES, required=True, index=True)
    version = fields.Integer(required=True, readonly=True, copy=False, help="Counted by purpose, from 1.")
    body = fields.Text(string="Text", required=True, translate=True)
    date = fields.Date(string="In use since", required=True, default=fields.Date.context_today)
    consent_count = fields.Integer(string="Decisions on it", compute="_compute_consent_count")

    _unique_version = models.Constraint("UNIQUE(purpose, version)", "This version exists already.")

    @api.depends("purpose", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["purpose"]._description_selection(self.env))
        for text in self:
            text.display_name = self.env._(
                "%(purpose)s, version %(number)s", purpose=labels.get(text.purpose, ""), number=text.version
            )

    def _compute_consent_count(self):
        counts = dict(
            self.env["crm.consent"].sudo()._read_group([("text_id", "in", self.ids)], ["text_id"], ["__count"])
        )
        for text in self:
            text.consent_count = counts.get(text, 0)

    @api.model
    def _newest(self):
        """{purpose: the text in use}."""
        texts = {}
        for text in self.search([], order="purpose, version desc"):
            texts.setdefault(text.purpose, text)
        return texts

    @api.model_create_multi
    def create(self, vals_list):
        last = {purpose: text.version for purpose, text in self.sudo()._newest().items()}
        for vals in vals_list:
            purpose = vals.get("purpose") or self.env.context.get("default_purpose")
            last[purpose] = last.get(purpose, 0) + 1
            vals["version"] = last[purpose]
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() & {"body", "purpose", "version"} and any(text.consent_count for text in self):
            raise UserError(self.env._("Customers have decided on this text: enter a new version instead."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unused(self):
        if any(text.consent_count for text in self):
            raise UserError(self.env._("Customers have decided on this text: it stays as proof."))
