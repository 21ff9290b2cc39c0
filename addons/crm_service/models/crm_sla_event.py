from odoo import fields, models

from ..tools import sla


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
            (sla.RESPONSE, "Answered"),
            (sla.PAUSE, "Waiting for customer"),
            (sla.RESUME, "Work goes on"),
            (sla.SOLVE, "Solved"),
            (sla.REOPEN, "Reopened"),
        ],
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", "By", default=lambda self: self.env.user, readonly=True)
    policy_id = fields.Many2one("crm.sla.policy", readonly=True, ondelete="restrict", index="btree_not_null")
    calendar_id = fields.Many2one("resource.calendar", "Working Hours", readonly=True, ondelete="restrict")
    tz = fields.Char("Time Zone", readonly=True)
    response_minutes = fields.Integer("First Response (min)", readonly=True, help="Working minutes; 0: no promise.")
    resolution_minutes = fields.Integer("Solution (min)", readonly=True, help="Working minutes; 0: no promise.")

    def _target_minutes(self, clock):
        return self.response_minutes if clock == sla.FIRST_RESPONSE else self.resolution_minutes

    def _working_key(self):
        """Return the key of `crm.sla.policy._working_times` for the hours that this event promises."""
        return self.calendar_id, self.tz, self.company_id
