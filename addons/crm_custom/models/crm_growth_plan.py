from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

MARKS = [("1", "Poor"), ("2", "Fair"), ("3", "Good"), ("4", "Very good"), ("5", "Excellent")]
CRITERIA = ("market", "sales_force", "finance", "assortment", "willingness")


class CrmGrowthPlan(models.Model):
    """What a dealer could become, and the plan to get there: potential by five marks, milestones, sales against them.

    Potential: mean of the marks that were given, 20 points a step (20 to 100); unmarked criteria do not count.
    Sales: posted untaxed invoices less credit notes of the dealer within the plan, company currency.
    """

    _name = "crm.growth.plan"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Dealer Growth Plan"
    _order = "date_from desc, id desc"
    _rec_name = "partner_id"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", string="Dealer", required=True, index=True, domain="[('parent_id', '=', False)]", tracking=True
    )
    user_id = fields.Many2one("res.users", string="Market manager", default=lambda self: self.env.user, tracking=True)
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today)
    date_to = fields.Date(
        string="To", required=True, default=lambda self: fields.Date.context_today(self) + relativedelta(years=1)
    )
    state = fields.Selection(
        [("draft", "Assessment"), ("open", "Running"), ("done", "Finished"), ("cancelled", "Cancelled")],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
    )
    market = fields.Selection(MARKS, string="Market of the area")
    sales_force = fields.Selection(MARKS, string="Sales force")
    finance = fields.Selection(MARKS, string="Financial strength")
    assortment = fields.Selection(MARKS, string="Range carried")
    willingness = fields.Selection(MARKS)
    potential = fields.Integer(compute="_compute_potential", store=True, aggregator="avg", help="20 to 100.")
    potential_text = fields.Char(string="Potential in words", compute="_compute_potential_text")
    base_sales = fields.Monetary(
        string="Sales before", compute="_compute_sales", help="The same length of time before the plan."
    )
    target_sales = fields.Monetary(string="Target", tracking=True)
    actual_sales = fields.Monetary(string="Sales in the plan", compute="_compute_sales")
    progress = fields.Float(string="Of the target %", compute="_compute_sales", digits=(6, 1))
    milestone_ids = fields.One2many("crm.growth.milestone", "plan_id", copy=True)
    note = fields.Text(string="Measures")

    _check_dates = models.Constraint("CHECK (date_to > date_from)", "A plan ends after it starts.")
    _check_target = models.Constraint("CHECK (target_sales >= 0)", "A target cannot be negative.")

    @api.depends(*CRITERIA)
    def _compute_potential(self):
        for plan in self:
            marks = [int(plan[name]) for name in CRITERIA if plan[name]]
            plan.potential = round(20 * sum(marks) / len(marks)) if marks else 0

    @api.depends("potential")
    @api.depends_context("lang")
    def _compute_potential_text(self):
        for plan in self:
            marked = [name for name in CRITERIA if plan[name]]
            if not marked:
                plan.potential_text = self.env._("Not assessed yet")
                continue
            plan.potential_text = self.env._(
                "%(score)s of 100 (%(count)s of %(all)s criteria)",
                score=plan.potential,
                count=len(marked),
                all=len(CRITERIA),
            )

    @api.depends("partner_id", "date_from", "date_to", "target_sales")
    def _compute_sales(self):
        """Two spans a plan in one query; in sudo with the company as a filter, for users without accounting rights."""
        spans = []
        for plan in self.filtered(lambda plan: plan._origin.id and plan.partner_id):
            length = plan.date_to - plan.date_from
            spans += [
                (plan._origin.id, "actual", plan.date_from, plan.date_to),
                (plan._origin.id, "base", plan.date_from - length, plan.date_from - relativedelta(days=1)),
            ]
        sums = self._sum_sales(spans)
        for plan in self:
            plan.actual_sales = sums.get((plan._origin.id, "actual"), 0)
            plan.base_sales = sums.get((plan._origin.id, "base"), 0)
            plan.progress = 100 * plan.actual_sales / plan.target_sales if plan.target_sales else 0

    @api.model
    def _sum_sales(self, spans):
        """{(plan id, key): sales} of (plan id, key, first day, last day)."""
        if not spans:
            return {}
        self.env["account.move"].flush_model()
        self.flush_model(["partner_id", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT span.plan_id, span.key, SUM(move.amount_untaxed_signed)
                     FROM (VALUES %s) span (plan_id, key, first, last)
                     JOIN crm_growth_plan plan ON plan.id = span.plan_id
                     JOIN res_partner dealer ON dealer.id = plan.partner_id
                     JOIN account_move move ON move.commercial_partner_id = dealer.commercial_partner_id
                          AND move.company_id = plan.company_id AND move.state = 'posted'
                          AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                          AND move.invoice_date BETWEEN span.first AND span.last
                    GROUP BY span.plan_id, span.key""",
                SQL(", ").join(SQL("%s", span) for span in spans),
            )
        )
        return {(plan, key): float(total) for plan, key, total in rows}

    @api.constrains("milestone_ids", "date_from", "date_to")
    def _check_milestones(self):
        for plan in self:
            for milestone in plan.milestone_ids:
                if not plan.date_from <= milestone.date <= plan.date_to:
                    raise ValidationError(
                        self.env._("Milestone '%(name)s' lies outside the plan.", name=milestone.name)
                    )

    def action_start(self):
        for plan in self:
            if not plan.potential:
                raise ValidationError(self.env._("Assess the dealer's potential first: give at least one mark."))
            if not plan.milestone_ids:
                raise ValidationError(self.env._("A growth plan needs at least one milestone."))
        self.state = "open"

    def action_finish(self):
        self.state = "done"

    def action_cancel(self):
        self.state = "cancelled"
