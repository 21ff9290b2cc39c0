from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmTicketReply(models.TransientModel):
    """Choice of a prepared answer for a ticket, read before it fills the reply."""

    _name = "crm.ticket.reply"
    _description = "Prepared Reply"

    ticket_id = fields.Many2one("crm.ticket", required=True, readonly=True)
    team_id = fields.Many2one(related="ticket_id.team_id")
    company_id = fields.Many2one(related="ticket_id.company_id")
    kind = fields.Selection(
        [("question", "Standard Question"), ("template", "Canned Reply"), ("solution", "Solution")],
        "Use a",
        required=True,
        default="question",
    )
    question_id = fields.Many2one(
        "crm.standard.question",
        domain="[('state', '=', 'approved'), ('company_id', 'in', (company_id, False)),"
        " ('team_ids', 'in', (team_id, False))]",
    )
    template_id = fields.Many2one(
        "crm.reply.template",
        "Reply",
        domain="[('company_id', 'in', (company_id, False)), ('team_ids', 'in', (team_id, False))]",
    )
    solution_id = fields.Many2one(
        "crm.solution", domain="[('state', '=', 'approved'), ('company_id', 'in', (company_id, False))]"
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    missing = fields.Char("Stays Empty", compute="_compute_preview")

    @api.depends("kind", "question_id", "template_id", "solution_id", "ticket_id")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview, missing = wizard._reply()
            wizard.missing = ", ".join(missing)

    def _reply(self):
        """Return (HTML, names of the placeholders that stay empty) of what is chosen."""
        ticket = self.ticket_id
        if self.kind == "solution":
            return (ticket._solution_reply(self.solution_id) if self.solution_id else ""), []
        source = self.question_id.answer if self.kind == "question" else self.template_id.body
        return ticket._fill_reply(source) if source else ("", [])

    def action_use(self):
        """Note the use and open the reply; the agent may still change every word."""
        self.ensure_one()
        chosen = self[f"{self.kind}_id"]
        if not chosen:
            raise UserError(self.env._("Choose what the reply starts from."))
        if self.kind == "solution":
            self.ticket_id._apply_solution(chosen)
        else:
            if self.kind == "question" and chosen.state != "approved":
                raise UserError(self.env._("Only approved answers are given to customers."))
            self.env["crm.reply.use"].create({"ticket_id": self.ticket_id.id, f"{self.kind}_id": chosen.id})
        return self.ticket_id._reply_action(self._reply()[0])
