from odoo import api, fields, models
from odoo.addons.crm_custom.models.crm_consent import NO
from odoo.tools import SQL

GIVEN, REFUSED = 144, 145


class CrmCustomerEvent(models.Model):
    """Decisions on contact in the timeline of the customer."""

    _inherit = "crm.customer.event"

    kind = fields.Selection(selection_add=[("consent", "Agreed to contact"), ("refusal", "Contact refused")])
    _depends = {
        "crm.consent": ["channel", "date", "partner_id", "purpose", "state", "user_id"],
        "res.partner": ["commercial_partner_id"],
    }

    @api.model
    def _event_parts(self):
        return [
            *super()._event_parts(),
            self._event_part_consent(GIVEN, "consent", ("given", "lifted")),
            self._event_part_consent(REFUSED, "refusal", NO),
        ]

    @api.model
    def _event_part_consent(self, code, kind, states):
        return self._event_part(
            code,
            kind,
            SQL("crm_consent ledger JOIN res_partner partner ON partner.id = ledger.partner_id"),
            SQL("ledger.state IN %s", states),
            date=SQL("ledger.date"),
            partner_id=SQL("partner.commercial_partner_id"),
            name=SQL("%s || ', ' || %s", self._consent_words("purpose"), self._consent_words("channel")),
            res_model="crm.consent",
            res_id=SQL("ledger.id"),
            user_id=SQL("ledger.user_id"),
        )

    @api.model
    def _consent_words(self, name):
        """The selection's words in the user's language, as SQL."""
        words = self.env["crm.consent"]._fields[name]._description_selection(self.env)
        cases = SQL(" ").join(SQL("WHEN %s THEN %s", code, word) for code, word in words)
        return SQL("CASE %s %s END::varchar", SQL.identifier("ledger", name), cases)
