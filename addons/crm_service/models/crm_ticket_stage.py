from odoo import api, fields, models
from odoo.tools import ormcache

KINDS = [
    ("new", "New"),
    ("open", "In Progress"),
    ("waiting", "Waiting for Customer"),
    ("solved", "Solved"),
    ("closed", "Closed"),
]


class CrmTicketStage(models.Model):
    _name = "crm.ticket.stage"
    _inherit = ["crm.cached.mixin"]
    _description = "Ticket Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    fold = fields.Boolean("Folded in Kanban")
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        KINDS,
        required=True,
        default="open",
        help="What the stage means for the clocks: 'Waiting for Customer' pauses them, 'Solved' and 'Closed' stop "
        "them, a move back to another stage starts them again.",
    )
    team_ids = fields.Many2many("crm.service.team", string="Teams", help="Empty: all teams use this stage.")
    company_id = fields.Many2one("res.company", help="Empty: all companies use this stage.")
    description = fields.Text("Meaning", translate=True, help="Shown to the team when it hovers over the column.")

    @api.model
    @ormcache()
    def _kinds(self):
        """Return {stage id: kind}, kept between requests."""
        stages = self.sudo().with_context(active_test=False).search_fetch([], ["kind"])
        return {stage.id: stage.kind for stage in stages}
