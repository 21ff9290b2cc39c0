from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomerEvent(models.Model):
    """Answers on the customer's timeline: solutions given and requests answered automatically."""

    _inherit = "crm.customer.event"

    kind = fields.Selection(
        selection_add=[("ticket_solution", "Solution given"), ("ticket_automatic", "Answered automatically")]
    )

    _depends = {
        "crm.solution": ["name"],
        "crm.solution.use": ["date", "solution_id", "ticket_id", "user_id"],
        "crm.ticket": ["active", "commercial_partner_id", "company_id", "date_auto_answered", "name", "number"],
    }

    @api.model
    def _event_parts(self):
        return [*super()._event_parts(), *self._event_parts_answers()]

    @api.model
    def _event_parts_answers(self):
        known = SQL("ticket.active AND ticket.commercial_partner_id IS NOT NULL")
        return [
            self._event_part(
                85,
                "ticket_automatic",
                SQL("crm_ticket ticket"),
                SQL("%s AND ticket.date_auto_answered IS NOT NULL", known),
                date=SQL("ticket.date_auto_answered"),
                partner_id=SQL("ticket.commercial_partner_id"),
                company_id=SQL("ticket.company_id"),
                name=SQL("ticket.number || ' ' || ticket.name"),
                res_model="crm.ticket",
                res_id=SQL("ticket.id"),
            ),
            self._event_part(
                86,
                "ticket_solution",
                SQL(
                    "crm_solution_use used JOIN crm_ticket ticket ON ticket.id = used.ticket_id"
                    " JOIN crm_solution solution ON solution.id = used.solution_id"
                ),
                known,
                row_id=SQL("used.id"),
                date=SQL("used.date"),
                partner_id=SQL("ticket.commercial_partner_id"),
                company_id=SQL("ticket.company_id"),
                name=SQL("ticket.number || ' ' || solution.name"),
                res_model="crm.ticket",
                res_id=SQL("ticket.id"),
                user_id=SQL("used.user_id"),
            ),
        ]
