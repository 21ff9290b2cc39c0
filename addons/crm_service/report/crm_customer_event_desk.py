from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomerEvent(models.Model):
    """Service content and effect on the customer's timeline."""

    _inherit = "crm.customer.event"

    kind = fields.Selection(selection_add=[("service", "Service content"), ("service_effect", "Service effect")])

    _depends = {
        "crm.ticket": ["active", "commercial_partner_id", "company_id", "date_solved", "name", "number", "user_id"]
        + ["service_effect"],
        "crm.ticket.work": ["commercial_partner_id", "company_id", "content", "date", "effect", "ticket_id", "user_id"],
    }

    @api.model
    def _event_parts(self):
        return [*super()._event_parts(), *self._event_parts_desk()]

    @api.model
    def _event_parts_desk(self):
        """Each line of service content at its date; the effect of the whole ticket when it was solved."""
        return [
            self._event_part(
                80,
                "service",
                SQL("crm_ticket_work work JOIN crm_ticket ticket ON ticket.id = work.ticket_id"),
                SQL("ticket.active AND work.commercial_partner_id IS NOT NULL"),
                row_id=SQL("work.id"),
                date=SQL("work.date"),
                partner_id=SQL("work.commercial_partner_id"),
                company_id=SQL("work.company_id"),
                name=SQL(
                    "concat_ws(': ', ticket.number, LEFT(work.content, 200), %s)",
                    self._effect_label(SQL("work.effect")),
                ),
                res_model="crm.ticket",
                res_id=SQL("ticket.id"),
                user_id=SQL("work.user_id"),
            ),
            self._event_part(
                81,
                "service_effect",
                SQL("crm_ticket ticket"),
                SQL(
                    """ticket.active AND ticket.commercial_partner_id IS NOT NULL AND ticket.date_solved IS NOT NULL
                       AND ticket.service_effect IS NOT NULL"""
                ),
                date=SQL("ticket.date_solved"),
                partner_id=SQL("ticket.commercial_partner_id"),
                company_id=SQL("ticket.company_id"),
                name=SQL(
                    "concat_ws(': ', ticket.number || ' ' || ticket.name, %s)",
                    self._effect_label(SQL("ticket.service_effect")),
                ),
                res_model="crm.ticket",
                res_id=SQL("ticket.id"),
                user_id=SQL("ticket.user_id"),
            ),
        ]

    @api.model
    def _effect_label(self, column):
        """The effect in the user's language."""
        labels = self.env["crm.ticket"]._fields["service_effect"]._description_selection(self.env)
        cases = SQL(" ").join(SQL("WHEN %s THEN %s", key, label) for key, label in labels)
        return SQL("CASE %s %s END", column, cases)
