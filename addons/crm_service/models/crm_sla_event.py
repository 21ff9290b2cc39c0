from odoo import fields, models

from ..tools import sla

WAITING_FOR = [
    ("customer", "Customer"),
    ("supplier", "Supplier"),
    ("carrier", "Carrier"),
    ("technician", "Technician"),
    ("parts", "Spare parts"),
    ("colleague", "Colleague"),
]


class CrmSlaEvent(models.Model):
    """What happened to a ticket, as far as its clocks care. Append only: the clocks are recomputed from here.

    'open' and 'policy' events carry the promised terms as they were at that moment, so that a later change of the
    policy leaves old tickets as they are.
    """

    _name = "crm.sla.event"
    _description = "Service Clock Event"
    _order = "date, id"
    _rec_name = "kind"

    ticket_id = fields.Many2one("crm.ticket", required=True, index=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, precompute=True, index=True)
    date = fields.Datetime(required=True, readonly=True)
    kind = fields.Selection(
        [
            (sla.OPEN, "Opened"),
            (sla.POLICY, "Other policy"),
            (sla.ASSIGN, "Owner set"),
            (sla.CUSTOMER, "Customer wrote"),
            (sla.RESPONSE, "Answered"),
            (sla.PAUSE, "Waiting"),
            (sla.RESUME, "Work goes on"),
            (sla.SOLVE, "Solved"),
            (sla.REOPEN, "Reopened"),
            (sla.STAGE, "Other stage"),
        ],
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", "By", default=lambda self: self.env.user, readonly=True)
    stage_id = fields.Many2one(
        "crm.ticket.stage", readonly=True, ondelete="restrict", help="The stage that the ticket came to, if it moved."
    )
    waiting_for = fields.Selection(WAITING_FOR, readonly=True)
    policy_id = fields.Many2one("crm.sla.policy", readonly=True, ondelete="restrict", index="btree_not_null")
    policy_version = fields.Integer(readonly=True, aggregator=None)
    calendar_id = fields.Many2one("resource.calendar", "Working Hours", readonly=True, ondelete="restrict")
    tz = fields.Char("Time Zone", readonly=True)
    response_minutes = fields.Integer("First Response (min)", readonly=True, help="Working minutes; 0: no promise.")
    next_response_minutes = fields.Integer("Next Response (min)", readonly=True, help="Working minutes; 0: no promise.")
    resolution_minutes = fields.Integer("Solution (min)", readonly=True, help="Working minutes; 0: no promise.")
    milestones = fields.Json(
        readonly=True, help="The milestones promised: id, minutes, start, stop, repeat (see `tools.sla.Rule`)."
    )

    def _target_minutes(self, kind, milestone=None):
        """Return the promised working minutes of a kind of clock, for a milestone those of its id; 0: none."""
        if kind == sla.MILESTONE:
            return next((item["minutes"] for item in self.milestones or () if item["id"] == milestone), 0)
        return self[f"{kind}_minutes"]

    def _working_key(self):
        """Return the key of `crm.sla.policy._working_times` for the hours that this event promises."""
        return self.calendar_id, self.tz, self.company_id
