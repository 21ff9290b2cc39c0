import calendar
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .crm_visit import PURPOSES


class CrmVisitPlan(models.Model):
    """The visits of a period, mostly a year: how many each customer gets by its class, on which days and by whom.

    Generating (crm_visit_plan_run.py) makes visits in state "planned", which wait for objective and purpose. It can be
    run as often as wanted: it makes what is missing and nothing twice.
    """

    _name = "crm.visit.plan"
    _description = "Visit Plan"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"

    name = fields.Char(required=True, compute="_compute_name", store=True, readonly=False, precompute=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    year = fields.Integer(required=True, default=lambda self: fields.Date.context_today(self).year, aggregator=None)
    period = fields.Selection(
        [
            ("year", "Whole Year"),
            *((f"q{number}", f"Quarter {number}") for number in range(1, 5)),
            *((f"m{number:02}", f"Month {number}") for number in range(1, 13)),
        ],
        required=True,
        default="year",
    )
    date_from = fields.Date(string="From", compute="_compute_dates", store=True, precompute=True)
    date_to = fields.Date(string="To", compute="_compute_dates", store=True, precompute=True)
    user_ids = fields.Many2many(
        "res.users", string="Salespeople", domain="[('share', '=', False)]", help="Empty: all who have customers."
    )
    visits_per_day = fields.Integer(
        required=True,
        default=lambda self: self.env.company.crm_visits_per_day,
        help="Most visits of one salesperson a day, over all plans.",
    )
    use_rhythm = fields.Boolean(
        string="Follow the orders",
        default=True,
        help="Visits move to shortly before the next expected order of a customer with a rhythm of its own.",
    )
    duration = fields.Float(required=True, default=1.0, help="Hours of a visit.")
    objective = fields.Char(help="Written on the new visits; empty: each salesperson enters it before confirming.")
    purpose = fields.Selection(PURPOSES, default="relation")
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running"), ("closed", "Closed")],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
    )
    line_ids = fields.One2many("crm.visit.plan.line", "plan_id", string="Customers", copy=False)
    generated = fields.Datetime(readonly=True, copy=False)
    planned_count = fields.Integer(string="Planned visits", compute="_compute_counts")
    done_count = fields.Integer(string="Visits done", compute="_compute_counts")
    coverage = fields.Float(string="Done %", compute="_compute_counts", digits=(5, 1))
    unplaced_count = fields.Integer(string="Without a free day", compute="_compute_counts")

    _check_capacity = models.Constraint("CHECK (visits_per_day > 0)", "At least one visit a day.")
    _check_duration = models.Constraint("CHECK (duration > 0)", "A visit lasts longer than no time at all.")

    @api.depends("year", "period")
    def _compute_dates(self):
        for plan in self:
            if not 1970 <= plan.year <= 9998:
                plan.date_from = plan.date_to = False
                continue
            first, last = 1, 12
            if plan.period and plan.period[0] == "q":
                first = 3 * int(plan.period[1:]) - 2
                last = first + 2
            elif plan.period and plan.period[0] == "m":
                first = last = int(plan.period[1:])
            plan.date_from = date(plan.year, first, 1)
            plan.date_to = date(plan.year, last, calendar.monthrange(plan.year, last)[1])

    @api.depends("year", "period")
    @api.depends_context("lang")
    def _compute_name(self):
        periods = dict(self._fields["period"]._description_selection(self.env))
        for plan in self:
            part = "" if plan.period == "year" else f" {periods.get(plan.period, '')}"
            plan.name = self.env._("Visits %(period)s", period=f"{plan.year}{part}")

    @api.constrains("year")
    def _check_year(self):
        if any(not 1970 <= plan.year <= 9998 for plan in self):
            raise ValidationError(self.env._("Please enter the year with four digits."))

    @api.constrains("company_id", "date_from", "date_to", "user_ids", "state")
    def _check_overlap(self):
        """Two running plans of one period would visit a customer twice."""
        for plan in self.filtered(lambda plan: plan.state == "running"):
            others = self.search(
                [
                    ("id", "!=", plan.id),
                    ("company_id", "=", plan.company_id.id),
                    ("state", "=", "running"),
                    ("date_from", "<=", plan.date_to),
                    ("date_to", ">=", plan.date_from),
                ]
            )
            clash = others.filtered(
                lambda other, plan=plan: not other.user_ids or not plan.user_ids or bool(other.user_ids & plan.user_ids)
            )
            if clash:
                raise ValidationError(
                    self.env._(
                        "%(plan)s covers these days and salespeople already. Close it or name other salespeople.",
                        plan=clash[0].name,
                    )
                )

    @api.depends("line_ids")
    def _compute_counts(self):
        """Planned: all visits of the plan, cancelled ones too: whoever cancels a visit has not made it."""
        groups = self.env["crm.visit"]._read_group([("plan_id", "in", self.ids)], ["plan_id", "state"], ["__count"])
        counts = {}
        for plan, state, count in groups:
            planned, done = counts.get(plan.id, (0, 0))
            counts[plan.id] = planned + count, done + (count if state == "done" else 0)
        lines = self.env["crm.visit.plan.line"]._read_group(
            [("plan_id", "in", self.ids)], ["plan_id"], ["unplaced:sum"]
        )
        unplaced = {plan.id: count for plan, count in lines}
        for plan in self:
            plan.planned_count, plan.done_count = counts.get(plan.id, (0, 0))
            plan.coverage = 100 * plan.done_count / plan.planned_count if plan.planned_count else 0.0
            plan.unplaced_count = unplaced.get(plan.id, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if self.env["crm.visit"].sudo().search_count([("plan_id", "in", self.ids), ("state", "!=", "draft")], limit=1):
            raise UserError(self.env._("Visits of this plan were confirmed or made: close the plan instead."))

    def unlink(self):
        self.env["crm.visit"].search([("plan_id", "in", self.ids)]).unlink()
        return super().unlink()

    # === ACTIONS === #

    def action_generate(self):
        for plan in self:
            if plan.state == "closed":
                raise UserError(self.env._("%(plan)s is closed.", plan=plan.name))
            plan._generate(fields.Date.context_today(plan))
        return True

    def action_close(self):
        """No visit is added any more; those that were never confirmed stay and are still shown as open."""
        self.state = "closed"
        return True

    def action_reopen(self):
        self.state = "running"
        return True

    def action_visits(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_visit_action")
        return {
            **action,
            "path": False,
            "name": self.name,
            "domain": [("plan_id", "=", self.id)],
            "context": {"search_default_group_month": 1},
        }

    def action_coverage(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_visit_coverage_action")
        return {
            **action,
            "path": False,
            "domain": [("plan_id", "=", self.id)],
            "context": {"search_default_by_quarter": 1},
        }
