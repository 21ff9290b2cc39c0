from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomerEvent(models.Model):
    """Web forms in the customer's timeline (codes 150 to 159 are this topic's)."""

    _inherit = "crm.customer.event"

    kind = fields.Selection(selection_add=[("web_form", "Web form")])
    _depends = {
        "crm.lead": ["partner_id"],
        "crm.web.form": ["name"],
        "crm.web.form.entry": ["company_id", "date", "form_id", "lead_id", "partner_id", "state"],
    }

    @api.model
    def _event_parts(self):
        return [
            *super()._event_parts(),
            self._event_part(
                150,
                "web_form",
                SQL(
                    """crm_web_form_entry entry JOIN crm_lead lead ON lead.id = entry.lead_id
                       JOIN crm_web_form form ON form.id = entry.form_id
                       JOIN res_partner partner ON partner.id = COALESCE(lead.partner_id, entry.partner_id)"""
                ),
                SQL("entry.state IN ('lead', 'known')"),
                row_id=SQL("entry.id"),
                date=SQL("entry.date"),
                partner_id=SQL("partner.commercial_partner_id"),
                company_id=SQL("entry.company_id"),
                name=SQL("form.name ->> 'en_US'"),
                res_model="crm.lead",
                res_id=SQL("lead.id"),
                user_id=SQL("lead.user_id"),
            ),
        ]
