from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools import sla
from .crm_sla_policy import PRIORITIES

OPEN_KINDS = ("new", "open", "waiting")


class CrmEscalationRule(models.Model):
    """One step of a ladder: when it is due, what it does, and what makes it needless.

    Minutes are plain minutes, day and night; the share of a clock is of its working time. A step fires once a clock
    (or, without owner, once a ticket), never while the customer has the ball, and never for what was due before the
    step was put in force.
    """

    _name = "crm.escalation.rule"
    _description = "Escalation Step"
    _inherit = ["mail.thread"]
    _order = "level, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    level = fields.Integer(
        default=1, required=True, aggregator=None, help="The ticket shows the highest level reached."
    )
    since = fields.Datetime(
        "In Force Since", required=True, default=fields.Datetime.now, help="What was due before is left alone."
    )
    # For which tickets.
    team_ids = fields.Many2many("crm.service.team", string="Teams", check_company=True, help="Empty: every team.")
    category_ids = fields.Many2many("crm.ticket.category", string="Categories", help="Empty: every category.")
    group_ids = fields.Many2many("crm.question.group", string="Question Groups", help="Empty: every group.")
    priority_from = fields.Selection(PRIORITIES, "From Priority", required=True, default="0")
    # When.
    trigger = fields.Selection(
        [
            ("share", "Part of the time is used"),
            ("breach", "The deadline has passed"),
            ("no_owner", "Nobody has taken it"),
        ],
        "When",
        required=True,
        default="breach",
        tracking=True,
    )
    clock = fields.Selection(
        [
            ("any", "Any promise"),
            (sla.FIRST_RESPONSE, "First response"),
            ("next_response", "Next response"),
            (sla.RESOLUTION, "Solution"),
        ],
        "Promise",
        required=True,
        default="any",
    )
    share = fields.Selection([("50", "50 %"), ("75", "75 %"), ("90", "90 %")], "Used", default="75")
    minutes = fields.Integer(
        "Minutes After", tracking=True, help="After the deadline, or without owner; 0: at that very moment."
    )
    stop_on = fields.Selection(
        [
            ("solved", "The ticket is solved"),
            ("answered", "An agent has answered since"),
            ("reassigned", "Somebody else has it since"),
        ],
        "Not Needed When",
        required=True,
        default="solved",
        help="A solved ticket never climbs. The other two stop this step when they happened between the deadline and "
        "the moment at which the step is due.",
    )
    # What.
    notify_leader = fields.Boolean("Notify the Leader", default=True, help="Of the team; without one, all managers.")
    notify_user_ids = fields.Many2many("res.users", string="Notify Also", domain=[("share", "=", False)])
    activity = fields.Selection(
        [("owner", "For the owner"), ("leader", "For the leader")], help="A to-do on the ticket, due today."
    )
    priority_change = fields.Selection([("up", "One step up"), ("3", "Urgent")], "Priority")
    assign = fields.Selection(
        [("leader", "The team's leader"), ("user", "This person"), ("rule", "By skill and load")], "New Owner"
    )
    assign_user_id = fields.Many2one("res.users", "Person", domain=[("share", "=", False)], check_company=True)
    log_ids = fields.One2many("crm.escalation.log", "rule_id", "Log")
    log_count = fields.Integer("Fired", compute="_compute_log_count")

    _check_minutes = models.Constraint("CHECK (minutes >= 0)", "The minutes must not be negative.")
    _check_level = models.Constraint("CHECK (level BETWEEN 1 AND 9)", "The level is between 1 and 9.")

    @api.constrains("trigger", "share", "assign", "assign_user_id")
    def _check_complete(self):
        for rule in self:
            if rule.trigger == "share" and not rule.share:
                raise ValidationError(self.env._("Say which part of the time is used."))
            if rule.assign == "user" and not rule.assign_user_id:
                raise ValidationError(self.env._("Say who becomes the owner."))

    def _compute_log_count(self):
        counts = dict(
            self.env["crm.escalation.log"]._read_group(
                [("rule_id", "in", self.ids), ("state", "=", "done")], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.log_count = counts.get(rule, 0)

    def write(self, vals):
        if vals.get("active") and "since" not in vals and not all(self.mapped("active")):
            vals = {**vals, "since": fields.Datetime.now()}
        return super().write(vals)

    # === WHICH TICKETS === #

    def _ticket_domain(self):
        """The tickets of this step's scope, whatever their state."""
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id) & Domain("priority", ">=", self.priority_from)
        for field, records in (
            ("team_id", self.team_ids),
            ("category_id", self.category_ids),
            ("question_group_id", self.group_ids),
        ):
            if records:
                domain &= Domain(field, "in", records.ids)
        return domain

    def _open_domain(self):
        """Tickets of the scope that are not solved and whose ladder was not stopped by hand."""
        return (
            self._ticket_domain()
            & Domain("stage_kind", "in", OPEN_KINDS)
            & Domain("escalation_stopped", "=", False)
            & Domain("active", "=", True)
        )

    def _clock_domain(self):
        return Domain.TRUE if self.clock == "any" else Domain("kind", "=", self.clock)

    def _delay(self):
        return timedelta(minutes=self.minutes)

    # === ACTIONS === #

    def action_dry_run(self):
        """Say what this step would have done in the last 30 days."""
        self.ensure_one()
        stop = fields.Datetime.now()
        trial = self.env["crm.escalation.trial"]._run(self, stop - timedelta(days=30), stop)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dry Run"),
            "res_model": trial._name,
            "res_id": trial.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_open_logs(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_escalation_log_action")
        return {**action, "domain": [("rule_id", "in", self.ids)], "context": {}}
