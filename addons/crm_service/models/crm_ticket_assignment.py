from odoo import fields, models

KINDS = [
    ("auto", "Automatic"),
    ("take", "Taken"),
    ("manual", "Assigned"),
    ("escalation", "Escalation"),
]


class CrmTicketAssignment(models.Model):
    """Each change of a ticket's owner or team, with the reason. Append only.

    A hand-off is a change from one person to another, or from one team to another; the first owner is none, nor is
    the return to the person who had the ticket last.
    """

    _name = "crm.ticket.assignment"
    _description = "Ticket Assignment"
    _order = "id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("crm.ticket", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, precompute=True, index=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    from_user_id = fields.Many2one("res.users", "From", readonly=True)
    user_id = fields.Many2one("res.users", "To", readonly=True, index="btree_not_null")
    from_team_id = fields.Many2one("crm.service.team", readonly=True)
    team_id = fields.Many2one("crm.service.team", readonly=True)
    by_user_id = fields.Many2one("res.users", "By", readonly=True, default=lambda self: self.env.user)
    is_handoff = fields.Boolean("Hand-Off", readonly=True)
    reason = fields.Char(readonly=True)
