from odoo import fields, models


class CrmTicketStage(models.Model):
    _name = "crm.ticket.stage"
    _description = "Ticket Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    fold = fields.Boolean("Folded in Kanban")
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("new", "New"),
            ("open", "In Progress"),
            ("waiting", "Waiting for Customer"),
            ("solved", "Solved"),
            ("closed", "Closed"),
        ],
        required=True,
        default="open",
        help="What the stage means for the clocks: 'Waiting for Customer' pauses them, 'Solved' and 'Closed' stop "
        "them, a move back to another stage starts them again.",
    )
    team_ids = fields.Many2many("crm.service.team", string="Teams", help="Empty: all teams use this stage.")
    company_id = fields.Many2one("res.company", help="Empty: all companies use this stage.")
    description = fields.Text("Meaning", translate=True, help="Shown to the team when it hovers over the column.")
