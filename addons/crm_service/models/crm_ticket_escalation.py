from odoo import fields, models
from odoo.exceptions import AccessError

from ..tools import escalation


class CrmTicket(models.Model):
    _inherit = "crm.ticket"

    escalation_level = fields.Integer(readonly=True, copy=False, aggregator="max", help="0: not escalated.")
    escalation_date = fields.Datetime("Escalated On", readonly=True, copy=False)
    escalation_stopped = fields.Boolean(
        tracking=True, copy=False, help="A manager has it in hand: no further step is taken."
    )
    escalation_ids = fields.One2many("crm.escalation.log", "ticket_id", "Escalations", readonly=True)

    def write(self, vals):
        manager = self.env.su or self.env.user.has_group("crm_service.group_service_manager")
        if "escalation_stopped" in vals and not manager:
            raise AccessError(self.env._("Only a service manager stops the escalation of a ticket."))
        return super().write(vals)

    def _sla_breached(self, clocks):
        """The moment a promise breaks is the moment at which the first steps are taken."""
        result = super()._sla_breached(clocks)
        self.env["crm.escalation.rule"].sudo()._process_escalations(clocks=clocks)
        return result

    def _ownerless_spans(self):
        """Return {ticket: [(start, stop or None)]}: when it had no owner, from the log of assignments."""
        return {
            ticket: escalation.ownerless_spans(
                ticket.date_open,
                [(row.date, row.from_user_id.id, row.user_id.id) for row in ticket.sudo().assignment_ids.sorted("id")],
                ticket.user_id.id,
            )
            for ticket in self
        }
