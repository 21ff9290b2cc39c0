from datetime import timedelta

from odoo import api, fields, models

STATES = [("read", "Read, No Ticket"), ("helped", "Says It Helped"), ("asked", "Asked Anyway")]
MAX_A_DAY = 50  # rows of one user: the log cannot be flooded


class CrmSolutionDeflection(models.Model):
    """A customer read a suggested solution while he wrote a ticket: did he send it all the same?

    One row a form and solution, `draft` names the form. Deflected: the ticket was not sent. Times are UTC.
    """

    _name = "crm.solution.deflection"
    _description = "Suggested Solution Read"
    _order = "date desc, id desc"
    _rec_name = "solution_id"

    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now, index=True)
    solution_id = fields.Many2one("crm.solution", required=True, readonly=True, ondelete="cascade", index=True)
    partner_id = fields.Many2one("res.partner", "Contact", required=True, readonly=True, ondelete="cascade")
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", store=True, precompute=True, string="Customer"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    draft = fields.Char(required=True, readonly=True, help="The form in which it was suggested.")
    question = fields.Char(readonly=True, help="What the customer had typed.")
    state = fields.Selection(STATES, "Result", required=True, readonly=True, default="read")
    ticket_id = fields.Many2one("crm.ticket", readonly=True, ondelete="set null", index="btree_not_null")
    deflected = fields.Float(
        "Deflected %",
        compute="_compute_deflected",
        store=True,
        aggregator="avg",
        digits=(5, 1),
        help="Read, and no ticket was sent.",
    )

    _draft_uniq = models.UniqueIndex("(partner_id, draft, solution_id)", "A suggestion is counted once a form.")

    @api.depends("state")
    def _compute_deflected(self):
        for row in self:
            row.deflected = 0.0 if row.state == "asked" else 100.0

    @api.model
    def _note_read(self, user, draft, solution, question="", helped=False, now=None):
        """Count that the user read this solution in this form; returns the row, empty beyond the limit of a day."""
        now = now or fields.Datetime.now()
        rows = self.sudo()
        mine = [("partner_id", "=", user.partner_id.id)]
        row = rows.search([*mine, ("draft", "=", draft), ("solution_id", "=", solution.id)], limit=1)
        if row:
            if helped and row.state == "read":
                row.state = "helped"
            return row
        if rows.search_count([*mine, ("date", ">", now - timedelta(days=1))], limit=MAX_A_DAY) >= MAX_A_DAY:
            return rows.browse()
        return rows.create(
            {
                "date": now,
                "solution_id": solution.id,
                "partner_id": user.partner_id.id,
                "company_id": user.company_id.id,
                "draft": draft,
                "question": (question or "")[:200],
                "state": "helped" if helped else "read",
            }
        )

    @api.model
    def _note_asked(self, user, draft, ticket):
        """The form was sent: what was read in it did not spare the ticket."""
        domain = [("partner_id", "=", user.partner_id.id), ("draft", "=", draft), ("ticket_id", "=", False)]
        self.sudo().search(domain).write({"state": "asked", "ticket_id": ticket.id})
