from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomerEvent(models.Model):
    """What the customer said, on the timeline: feedback and ratings."""

    _inherit = "crm.customer.event"

    kind = fields.Selection(selection_add=[("feedback", "Feedback"), ("rated", "Rated")])

    _depends = {
        "crm.feedback": ["active", "company_id", "date", "name", "partner_id", "user_id"],
        "crm.ticket": ["active", "commercial_partner_id", "company_id", "name", "number", "user_id"],
        "rating.rating": ["consumed", "rated_on", "rating", "res_id", "res_model"],
    }

    @api.model
    def _event_parts(self):
        return [*super()._event_parts(), *self._event_parts_voice()]

    @api.model
    def _event_parts_voice(self):
        return [
            self._event_part(
                110,
                "feedback",
                SQL("crm_feedback feedback"),
                SQL("feedback.active"),
                date=SQL("feedback.date"),
                partner_id=SQL("feedback.partner_id"),
                company_id=SQL("feedback.company_id"),
                name=SQL("feedback.name"),
                res_model="crm.feedback",
                res_id=SQL("feedback.id"),
                user_id=SQL("feedback.user_id"),
            ),
            self._event_part(
                111,
                "rated",
                SQL("rating_rating given JOIN crm_ticket ticket ON ticket.id = given.res_id"),
                SQL("given.res_model = 'crm.ticket' AND given.consumed AND given.rating >= 1 AND ticket.active"),
                row_id=SQL("given.id"),
                date=SQL("given.rated_on"),
                partner_id=SQL("ticket.commercial_partner_id"),
                company_id=SQL("ticket.company_id"),
                name=SQL("ROUND(given.rating::numeric) || '/5 ' || ticket.number || ' ' || ticket.name"),
                res_model="crm.ticket",
                res_id=SQL("ticket.id"),
                user_id=SQL("ticket.user_id"),
            ),
        ]
