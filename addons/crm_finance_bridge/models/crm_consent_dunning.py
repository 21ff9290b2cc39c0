from odoo import api, models
from odoo.tools import SQL


class CrmConsent(models.Model):
    _inherit = "crm.consent"

    @api.model
    def _contact_parts(self, company, since):
        """Reminders count as contacts: who got one lately is spared a mailing. They themselves are never capped."""
        self.env["crm.dunning.letter"].flush_model()
        return [
            *super()._contact_parts(company, since),
            SQL(
                """SELECT COALESCE(letter.contact_id, letter.partner_id) FROM crm_dunning_letter letter
                    WHERE letter.state = 'sent' AND letter.company_id = %s AND letter.date_sent >= %s""",
                company.root_id.id,
                since,
            ),
        ]
