from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..tools import sla

STARTS = [
    (sla.OPEN, "Ticket opened"),
    (sla.ASSIGN, "Owner set"),
    (sla.CUSTOMER, "Customer wrote"),
    (sla.RESPONSE, "Agent answered"),
    (sla.REOPEN, "Ticket reopened"),
    (sla.STAGE, "Stage reached"),
]
STOPS = [
    (sla.ASSIGN, "Owner set"),
    (sla.CUSTOMER, "Customer wrote"),
    (sla.RESPONSE, "Agent answered"),
    (sla.SOLVE, "Ticket solved"),
    (sla.STAGE, "Stage reached"),
]


class CrmSlaMilestone(models.Model):
    """A promise of one's own on the way to the solution: from one event, or stage, to another, in working hours."""

    _name = "crm.sla.milestone"
    _inherit = ["crm.cached.mixin"]
    _description = "Service Level Milestone"
    _order = "policy_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    policy_id = fields.Many2one("crm.sla.policy", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="policy_id.company_id", store=True, precompute=True, index=True)
    hours = fields.Float("Within", required=True, default=8, help="Working hours from the start to the stop.")
    start_event = fields.Selection(STARTS, "Starts At", required=True, default=sla.OPEN)
    start_stage_id = fields.Many2one("crm.ticket.stage", ondelete="restrict")
    stop_event = fields.Selection(STOPS, "Stops At", required=True, default=sla.STAGE)
    stop_stage_id = fields.Many2one("crm.ticket.stage", ondelete="restrict")
    repeat = fields.Boolean("Each Time", help="Runs again each time it starts, not only the first time.")

    _check_hours = models.Constraint("CHECK (hours > 0)", "A milestone promises more than 0 working hours.")

    @api.constrains("start_event", "start_stage_id", "stop_event", "stop_stage_id")
    def _check_boundaries(self):
        for milestone in self:
            start, stop = milestone._boundary("start"), milestone._boundary("stop")
            if sla.STAGE in (start, stop):
                raise ValidationError(self.env._("Say which stage the milestone '%s' waits for.", milestone.name))
            if start == stop:
                raise ValidationError(self.env._("The milestone '%s' stops where it starts.", milestone.name))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_promised(self):
        """A milestone that was promised to a ticket is archived, not deleted: its clocks are recomputed from it."""
        self.env["crm.sla.event"].flush_model(["milestones"])
        for milestone in self:
            # Why SQL: jsonb containment has no ORM operator.
            found = self.env.execute_query(
                SQL(
                    "SELECT 1 FROM crm_sla_event WHERE milestones @> %s::jsonb LIMIT 1",
                    f'[{{"id": {milestone.id}}}]',
                )
            )
            if found:
                raise UserError(
                    self.env._("'%s' was promised to tickets already: archive it instead.", milestone.display_name)
                )

    @api.model_create_multi
    def create(self, vals_list):
        milestones = super().create(vals_list)
        if not self.env.context.get("crm_sla_first_version"):
            milestones.policy_id._new_version()
        return milestones

    def write(self, vals):
        result = super().write(vals)
        self.policy_id._new_version()
        return result

    def unlink(self):
        policies = self.policy_id
        result = super().unlink()
        policies._new_version()
        return result

    def _boundary(self, end):
        """Return a boundary of `tools.sla.Rule`: a kind of event, or 'stage:7'; 'stage' while the stage is missing."""
        self.ensure_one()
        event, stage = self[f"{end}_event"], self[f"{end}_stage_id"]
        return f"{event}:{stage.id}" if event == sla.STAGE and stage else event

    def _terms(self):
        """Return the milestones as they are promised now, in JSON terms that a `crm.sla.event` keeps."""
        return [
            {
                "id": milestone.id,
                "minutes": round(milestone.hours * 60),
                "start": milestone._boundary("start"),
                "stop": milestone._boundary("stop"),
                "repeat": milestone.repeat,
            }
            for milestone in self
            if milestone.active
        ]
