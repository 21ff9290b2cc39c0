from odoo import api, fields, models


class CrmVisitPlanLine(models.Model):
    """One customer in a plan: how many visits and why. Written when the plan is generated."""

    _name = "crm.visit.plan.line"
    _description = "Customer of a Visit Plan"
    _order = "plan_id, customer_class, partner_id"
    _rec_name = "partner_id"

    plan_id = fields.Many2one("crm.visit.plan", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    partner_id = fields.Many2one("res.partner", string="Customer", required=True, ondelete="cascade", index=True)
    user_id = fields.Many2one("res.users", string="Salesperson", required=True)
    customer_class = fields.Selection([("a", "A"), ("b", "B"), ("c", "C")], string="Class")
    visits_per_year = fields.Integer(string="Visits a year", aggregator="avg")
    gap = fields.Float(string="Orders every (days)", digits=(10, 1), aggregator="avg")
    date_from = fields.Date(string="Counted from", help="A customer that joins later gets its share of the rest.")
    wanted = fields.Integer(string="Visits in the period")
    unplaced = fields.Integer(string="Without a free day")
    planned_count = fields.Integer(string="Planned", compute="_compute_counts")
    done_count = fields.Integer(string="Done", compute="_compute_counts")
    reason = fields.Char(compute="_compute_reason")
    visit_ids = fields.One2many("crm.visit", "plan_line_id", string="Visits")

    _plan_partner_unique = models.UniqueIndex("(plan_id, partner_id)", "A customer is in a plan once.")

    @api.depends("visit_ids.state")
    def _compute_counts(self):
        counts = {}
        for line, state, count in self.env["crm.visit"]._read_group(
            [("plan_line_id", "in", self.ids)], ["plan_line_id", "state"], ["__count"]
        ):
            planned, done = counts.get(line.id, (0, 0))
            counts[line.id] = planned + count, done + (count if state == "done" else 0)
        for line in self:
            line.planned_count, line.done_count = counts.get(line.id, (0, 0))

    @api.depends("customer_class", "visits_per_year", "gap", "wanted", "unplaced")
    @api.depends_context("lang")
    def _compute_reason(self):
        for line in self:
            parts = [
                self.env._(
                    "Class %(name)s: %(visits)s visits a year, %(wanted)s from %(date)s",
                    name=(line.customer_class or "-").upper(),
                    visits=line.visits_per_year,
                    wanted=line.wanted,
                    date=line.date_from,
                )
            ]
            if line.gap and line.plan_id.use_rhythm:
                parts.append(self.env._("orders every %(days).0f days", days=line.gap))
            if line.unplaced:
                parts.append(self.env._("no free day for %(count)s", count=line.unplaced))
            line.reason = "; ".join(parts)

    def action_visits(self):
        self.ensure_one()
        return self.plan_id.action_visits() | {"domain": [("plan_line_id", "=", self.id)], "context": {}}
