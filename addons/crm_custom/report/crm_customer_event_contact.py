from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomerEvent(models.Model):
    """Contacts in the timeline; one made by an activity is there already as the activity done."""

    _inherit = "crm.customer.event"

    kind = fields.Selection(selection_add=[("contact", "Contact")])

    _depends = {
        "crm.contact.log": ["company_id", "date", "done_activity_id", "partner_id", "subject", "user_id"],
    }

    @api.model
    def _event_parts(self):
        return [
            *super()._event_parts(),
            self._event_part(
                20,
                "contact",
                SQL("crm_contact_log log"),
                SQL("log.done_activity_id IS NULL"),
                date=SQL("log.date"),
                partner_id=SQL("log.partner_id"),
                company_id=SQL("log.company_id"),
                name=SQL("log.subject"),
                res_model="crm.contact.log",
                res_id=SQL("log.id"),
                user_id=SQL("log.user_id"),
            ),
        ]
