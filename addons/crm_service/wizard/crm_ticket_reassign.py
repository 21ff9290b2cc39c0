from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmTicketReassign(models.TransientModel):
    """Give tickets to somebody else, or to whom the rule of assignment names, in one step."""

    _name = "crm.ticket.reassign"
    _description = "Reassign Tickets"

    ticket_ids = fields.Many2many("crm.ticket", string="Tickets", required=True)
    ticket_count = fields.Integer("Number", compute="_compute_ticket_count")
    mode = fields.Selection(
        [("user", "To this agent"), ("rule", "By skill and load"), ("none", "Back to the queue")],
        "Give",
        required=True,
        default="user",
    )
    user_id = fields.Many2one("res.users", "Agent", domain=[("share", "=", False)])
    user_note = fields.Char("Now", compute="_compute_user_note")
    team_id = fields.Many2one("crm.service.team", "Other Team")
    reason = fields.Char()

    @api.depends("ticket_ids")
    def _compute_ticket_count(self):
        for wizard in self:
            wizard.ticket_count = len(wizard.ticket_ids)

    @api.depends("user_id")
    def _compute_user_note(self):
        """What the chosen agent has in hand already."""
        for wizard in self:
            rows = self.env["crm.agent.board"].search(
                [("user_id", "=", wizard.user_id.id), ("company_id", "in", self.env.companies.ids)]
            )
            wizard.user_note = bool(wizard.user_id) and self.env._(
                "%(open)s open, %(waiting)s waiting, %(late)s late. %(absence)s",
                open=sum(rows.mapped("open_count")),
                waiting=sum(rows.mapped("waiting_count")),
                late=sum(rows.mapped("late_count")),
                absence=next((row.absence for row in rows if row.absence), ""),
            )

    def action_apply(self):
        self.ensure_one()
        if self.mode == "user" and not self.user_id:
            raise UserError(self.env._("Choose the agent who gets the tickets."))
        tickets = self.ticket_ids.with_context(crm_assignment=("manual", self.reason or False))
        values = {"team_id": self.team_id.id} if self.team_id else {}
        if self.mode == "rule":
            tickets.write({**values, "user_id": False})
            given = tickets.with_context(crm_assignment=None)._assign()
            return self._say(len(given), len(tickets) - len(given))
        tickets.write({**values, "user_id": self.user_id.id if self.mode == "user" else False})
        return self._say(len(tickets) if self.mode == "user" else 0, 0 if self.mode == "user" else len(tickets))

    def _say(self, given, queued):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if not queued or self.mode == "none" else "warning",
                "message": self.env._("%(given)s tickets given, %(queued)s without owner.", given=given, queued=queued),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
