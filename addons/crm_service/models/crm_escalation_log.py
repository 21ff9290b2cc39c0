from odoo import fields, models


class CrmEscalationLog(models.Model):
    """A step of a ladder that was due on a ticket, and what became of it. Append only; one a step and clock."""

    _name = "crm.escalation.log"
    _description = "Escalation"
    _order = "date desc, id desc"
    _rec_name = "rule_id"

    ticket_id = fields.Many2one("crm.ticket", required=True, readonly=True, index=True, ondelete="cascade")
    rule_id = fields.Many2one("crm.escalation.rule", "Step", readonly=True, index=True, ondelete="cascade")
    clock_id = fields.Many2one(
        "crm.sla.clock", "Promise", readonly=True, index="btree_not_null", ondelete="cascade", help="Empty: no owner."
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, precompute=True, index=True)
    team_id = fields.Many2one(related="ticket_id.team_id", store=True, precompute=True)
    level = fields.Integer(readonly=True, aggregator="max")
    due = fields.Datetime(readonly=True, required=True, help="When the step was due.")
    date = fields.Datetime("Done On", readonly=True, required=True)
    user_id = fields.Many2one("res.users", "Owner Then", readonly=True)
    state = fields.Selection(
        [("done", "Escalated"), ("halted", "Not needed"), ("failed", "Failed")], required=True, readonly=True
    )
    note = fields.Char("What Was Done", readonly=True)

    _once = models.UniqueIndex(
        "(rule_id, ticket_id, COALESCE(clock_id, 0))", "This step was taken on this ticket already."
    )
