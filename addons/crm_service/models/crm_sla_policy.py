from odoo import api, fields, models
from odoo.addons.base.models.res_partner import _tz_get
from odoo.addons.crm_custom.models.crm_scorecard import CLASSES

PRIORITIES = [("0", "Low"), ("1", "Normal"), ("2", "High"), ("3", "Urgent")]
# Fields whose change makes a new version of the promise.
TERMS = ("calendar_id", "tz", "response_hours", "next_response_hours", "resolution_hours", "pauses")


class CrmSlaPolicy(models.Model):
    """What a team promises. A ticket keeps the terms of the policy that was chosen for it (see `crm.sla.event`)."""

    _name = "crm.sla.policy"
    _description = "Service Level Policy"
    _inherit = ["mail.thread", "crm.cached.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10, help="The first policy that fits a ticket is taken.")
    active = fields.Boolean(default=True)
    version = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        help="Counts the changes of the promise; each ticket names the version that was promised for it.",
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    team_ids = fields.Many2many("crm.service.team", string="Teams", check_company=True, help="Empty: every team.")
    category_ids = fields.Many2many("crm.ticket.category", string="Categories", help="Empty: every category.")
    priority_from = fields.Selection(PRIORITIES, "From Priority", required=True, default="0")
    customer_class = fields.Selection(CLASSES, help="Only customers of this class. Empty: every customer.")
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        check_company=True,
        tracking=True,
        default=lambda self: self.env.company.resource_calendar_id,
        help="Only this time counts, less its holidays. Empty: the clock runs day and night.",
    )
    tz = fields.Selection(
        _tz_get, "Time Zone", compute="_compute_tz", store=True, readonly=False, required=True, precompute=True
    )
    response_hours = fields.Float(
        "First Response Within", default=4, tracking=True, help="Working hours until an agent answers; 0: no promise."
    )
    next_response_hours = fields.Float(
        "Next Response Within",
        tracking=True,
        help="Working hours until an agent answers a customer who wrote again; 0: no promise.",
    )
    resolution_hours = fields.Float(
        "Solution Within", default=24, tracking=True, help="Working hours until the ticket is solved; 0: no promise."
    )
    pauses = fields.Selection(
        [
            ("customer", "We wait for the customer"),
            ("outside", "We wait for anyone outside the company"),
            ("all", "We wait for anyone"),
            ("never", "Never"),
        ],
        "Clocks Rest While",
        required=True,
        default="customer",
        tracking=True,
        help="A stage 'Waiting for Customer' always rests the clocks, unless they never rest.",
    )
    milestone_ids = fields.One2many("crm.sla.milestone", "policy_id", "Milestones", copy=True)

    _check_hours = models.Constraint(
        "CHECK (response_hours >= 0 AND resolution_hours >= 0)", "The promised hours must not be negative."
    )
    _check_next_hours = models.Constraint(
        "CHECK (next_response_hours >= 0)", "The promised hours must not be negative."
    )

    @api.depends("calendar_id")
    def _compute_tz(self):
        for policy in self:
            policy.tz = policy.calendar_id.tz or policy.tz or self.env.user.tz or "UTC"

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        return super(CrmSlaPolicy, self.with_context(crm_sla_first_version=True)).create(vals_list)

    def write(self, vals):
        before = {policy: policy._promise() for policy in self}
        result = super().write(vals)
        self.filtered(lambda policy: policy._promise() != before[policy])._new_version()
        return result

    def _promise(self):
        """Return what a write may change of the promise; milestones count their own changes."""
        return [self[name] for name in TERMS]

    def _new_version(self):
        for policy in self.exists():
            policy.version += 1

    def _terms(self):
        """Return the promised terms as they are now, ready for a `crm.sla.event`."""
        self.ensure_one()
        return {
            "policy_id": self.id,
            "policy_version": self.version,
            "calendar_id": self.calendar_id.id,
            "tz": self.tz,
            "response_minutes": round(self.response_hours * 60),
            "next_response_minutes": round(self.next_response_hours * 60),
            "resolution_minutes": round(self.resolution_hours * 60),
            "milestones": self.milestone_ids._terms() or False,
        }
