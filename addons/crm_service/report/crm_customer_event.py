from odoo import api, fields, models
from odoo.tools import SQL


class CrmCustomerEvent(models.Model):
    _inherit = "crm.customer.event"

    kind = fields.Selection(selection_add=[("ticket", "Ticket"), ("ticket_solved", "Ticket solved")])

    _depends = {
        "crm.ticket": [
            "active",
            "commercial_partner_id",
            "company_id",
            "currency_id",
            "date_open",
            "date_solved",
            "disputed_amount",
            "name",
            "number",
            "user_id",
        ],
    }

    @api.model
    def _event_parts(self):
        return [*super()._event_parts(), *self._event_parts_ticket()]

    @api.model
    def _event_parts_ticket(self):
        """Tickets when they were opened and when they were solved; the amount is the disputed one."""

        def part(code, kind, date, where):
            return self._event_part(
                code,
                kind,
                SQL("crm_ticket ticket"),
                SQL("ticket.active AND ticket.commercial_partner_id IS NOT NULL AND %s", where),
                date=date,
                partner_id=SQL("ticket.commercial_partner_id"),
                company_id=SQL("ticket.company_id"),
                name=SQL("ticket.number || ' ' || ticket.name"),
                res_model="crm.ticket",
                res_id=SQL("ticket.id"),
                amount=SQL("NULLIF(ticket.disputed_amount, 0)"),
                currency_id=SQL("ticket.currency_id"),
                user_id=SQL("ticket.user_id"),
            )

        return [
            part(64, "ticket", SQL("ticket.date_open"), SQL("TRUE")),
            part(65, "ticket_solved", SQL("ticket.date_solved"), SQL("ticket.date_solved IS NOT NULL")),
        ]
