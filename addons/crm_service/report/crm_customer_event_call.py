from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomerEvent(models.Model):
    """Telephone calls of the customer, as the telephone system reported them."""

    _inherit = "crm.customer.event"

    kind = fields.Selection(selection_add=[("phone_call", "Telephone call")])

    _depends = {"crm.call.log": ["company_id", "date_start", "number", "partner_id", "user_id"]}

    @api.model
    def _event_parts(self):
        return [
            *super()._event_parts(),
            self._event_part(
                70,
                "phone_call",
                SQL("crm_call_log call JOIN res_partner caller ON caller.id = call.partner_id"),
                SQL("TRUE"),
                date=SQL("call.date_start"),
                partner_id=SQL("caller.commercial_partner_id"),
                company_id=SQL("call.company_id"),
                name=SQL("COALESCE(call.number, call.call_id)"),
                res_model="crm.call.log",
                res_id=SQL("call.id"),
                user_id=SQL("call.user_id"),
            ),
        ]
