from odoo import api, models
from odoo.tools import SQL


class CrmIdentification(models.Model):
    """Tickets among the touchpoints: known where the customer is linked (see crm_custom)."""

    _inherit = "crm.identification"

    @api.model
    def _touch_parts(self):
        return [
            *super()._touch_parts(),
            self._touch_part(
                8,
                SQL(
                    """SELECT ticket.id AS res_id, ticket.date_open AS date, 'ticket' AS touchpoint, ticket.partner_id,
                              ticket.user_id, ticket.company_id, 'crm.ticket' AS res_model
                         FROM crm_ticket ticket"""
                ),
            ),
        ]
