from odoo import api, models
from odoo.tools import SQL


class CrmGiveUp(models.Model):
    _inherit = "crm.give.up"

    @api.model
    def _cost_parts(self, company, start, stop):
        """Tickets opened in the period are work for the customer too."""
        return super()._cost_parts(company, start, stop) | {
            "ticket": SQL(
                """SELECT commercial_partner_id AS partner_id FROM crm_ticket
                    WHERE company_id = %s AND date_open >= %s AND date_open < %s""",
                company.id,
                start,
                stop,
            )
        }
