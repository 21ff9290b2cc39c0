from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomerEvent(models.Model):
    """Promises that were not kept and what the customer did on the portal, on the customer's timeline."""

    _inherit = "crm.customer.event"

    kind = fields.Selection(
        selection_add=[("promise_missed", "Promise missed"), ("portal_action", "Customer on the portal")]
    )

    _depends = {
        "crm.portal.visit": ["action", "commercial_partner_id", "company_id", "date", "name", "res_id", "res_model"],
        "crm.sla.clock": ["breach_date", "company_id", "kind", "ticket_id", "user_id"],
        "crm.ticket": ["active", "commercial_partner_id", "name", "number"],
    }

    @api.model
    def _event_parts(self):
        return [*super()._event_parts(), self._event_part_promise(), self._event_part_portal()]

    @api.model
    def _event_part_promise(self):
        """A clock of a ticket at the deadline that passed."""
        return self._event_part(
            75,
            "promise_missed",
            SQL("crm_sla_clock clock JOIN crm_ticket ticket ON ticket.id = clock.ticket_id"),
            SQL("ticket.active AND ticket.commercial_partner_id IS NOT NULL AND clock.breach_date IS NOT NULL"),
            row_id=SQL("clock.id"),
            date=SQL("clock.breach_date"),
            partner_id=SQL("ticket.commercial_partner_id"),
            company_id=SQL("clock.company_id"),
            name=SQL(
                "concat_ws(': ', ticket.number || ' ' || ticket.name, %s)",
                self._case(
                    SQL("clock.kind"), self.env["crm.sla.clock"]._fields["kind"]._description_selection(self.env)
                ),
            ),
            res_model="crm.ticket",
            res_id=SQL("ticket.id"),
            user_id=SQL("clock.user_id"),
        )

    @api.model
    def _event_part_portal(self):
        """What a customer did on the portal, of the days that the trail is kept; pages looked at are not events."""
        visits = self.env["crm.portal.visit"]
        sections = visits._fields["section"]._description_selection(self.env)
        return self._event_part(
            120,
            "portal_action",
            SQL("crm_portal_visit visit"),
            SQL("visit.action IS NOT NULL"),
            row_id=SQL("visit.id"),
            date=SQL("visit.date"),
            partner_id=SQL("visit.commercial_partner_id"),
            company_id=SQL("visit.company_id"),
            name=SQL(
                "concat_ws(' ', %s, visit.name) || ': ' || COALESCE(%s, visit.action)",
                self._case(SQL("visit.section"), sections),
                self._case(SQL("visit.action"), visits._action_names().items()),
            ),
            res_model=SQL("COALESCE(visit.res_model, 'res.partner')"),
            res_id=SQL("COALESCE(visit.res_id, visit.partner_id)"),
        )

    @api.model
    def _case(self, column, labels):
        """A code as its label in the user's language."""
        return SQL("CASE %s %s END", column, SQL(" ").join(SQL("WHEN %s THEN %s", key, label) for key, label in labels))
