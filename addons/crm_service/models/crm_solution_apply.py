from odoo import models
from odoo.exceptions import UserError


class CrmSolution(models.Model):
    """A solution applied to the ticket on whose form it is suggested."""

    _inherit = "crm.solution"

    def action_apply(self):
        """Note the use on the ticket of the context and open the reply filled with the answer."""
        self.ensure_one()
        ticket = self.env["crm.ticket"].browse(self.env.context.get("crm_ticket_id"))
        if not ticket:
            raise UserError(self.env._("Save the ticket first."))
        ticket._apply_solution(self)
        return ticket._reply_action(ticket._solution_reply(self))
