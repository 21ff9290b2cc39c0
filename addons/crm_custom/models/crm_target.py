from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import target as rules

SCOPES = {
    "user": "user_id", "team": "team_id", "territory": "territory_id", "partner": "partner_id",
    "categ": "product_categ_id",
}  # fmt: skip
MEASURES = [
    ("ordered", "Ordered Amount"),
    ("invoiced", "Invoiced Amount"),
    ("collected", "Collected Money"),
    ("margin", "Margin"),
    ("quantity", "Ordered Quantity"),
    ("visits", "Visits"),
    ("new_customers", "New Customers"),
]
MONEY = {"ordered", "invoiced", "collected", "margin"}
COUNTS = {"visits", "new_customers"}


class CrmTarget(models.Model):
    """What somebody shall reach from a day to a day, divided over months or weeks.

    Amounts in company currency, quantities in units of the products, counts whole. A target that has parts equals
    their sum: it cannot be confirmed before. Only confirmed targets count.
    """

    _name = "crm.target"
    _inherit = ["mail.thread"]
    _description = "Sales Target"
    _parent_store = True
    _order = "date_from DESC, parent_path, id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True, readonly=False, precompute=True)
    active = fields.Boolean(default=True)
    parent_id = fields.Many2one("crm.target", "Part of", index=True, ondelete="restrict", check_company=True)
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.target", "parent_id", "Parts")
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    scope = fields.Selection(
        [
            ("company", "Company"),
            ("team", "Sales Team"),
            ("user", "Salesperson"),
            ("territory", "Territory"),
            ("partner", "Customer"),
            ("categ", "Product Category"),
        ],
        "Target of",
        required=True,
        default="user",
    )
    user_id = fields.Many2one("res.users", "Salesperson", domain=[("share", "=", False)], index=True)
    team_id = fields.Many2one("crm.team", "Sales Team", index=True, check_company=True)
    territory_id = fields.Many2one("crm.territory", index=True, check_company=True)
    partner_id = fields.Many2one("res.partner", "Customer", index=True, check_company=True)
    product_categ_id = fields.Many2one("product.category", "Product Category", index=True)
    measure = fields.Selection(MEASURES, required=True, default="ordered")
    is_money = fields.Boolean(compute="_compute_is_money")
    date_from = fields.Date(
        "From", required=True, default=lambda self: fields.Date.context_today(self).replace(month=1, day=1)
    )
    date_to = fields.Date(
        "Until", required=True, default=lambda self: fields.Date.context_today(self).replace(month=12, day=31)
    )
    unit = fields.Selection([("month", "Months"), ("week", "Weeks")], "Divided by", required=True, default="month")
    profile = fields.Selection(
        [
            ("even", "Evenly"),
            ("days", "By Days"),
            ("season", "Like the Year before"),
            ("own", "Own Weights"),
        ],
        required=True,
        default="days",
        help="Like the year before: by what was reached in each month of the year before, of the same kind.",
    )
    amount = fields.Float("Target", digits=(16, 2), required=True, tracking=True)
    line_ids = fields.One2many("crm.target.line", "target_id", "Periods", copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("confirmed", "In Force"), ("closed", "Closed")],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
    )
    children_amount = fields.Float("Sum of the Parts", digits=(16, 2), compute="_compute_children")
    check_state = fields.Selection(
        [("none", "No Parts"), ("equal", "Equals its Parts"), ("mismatch", "Differs from its Parts")],
        "Check",
        compute="_compute_children",
    )
    actual = fields.Float("Reached", digits=(16, 2), compute="_compute_actual")
    attainment = fields.Float("Attainment (%)", digits=(16, 1), compute="_compute_actual", aggregator=None)

    _check_dates = models.Constraint("CHECK (date_from <= date_to)", "The target ends before it begins.")
    _check_amount = models.Constraint("CHECK (amount >= 0)", "A target is not negative.")

    # === COMPUTE === #

    @api.depends("scope", "user_id", "team_id", "territory_id", "partner_id", "product_categ_id", "measure")
    def _compute_name(self):
        measures = dict(self._fields["measure"]._description_selection(self.env))
        for target in self:
            subject = target[SCOPES[target.scope]] if target.scope in SCOPES else target.company_id
            target.name = f"{subject.display_name or ''} - {measures.get(target.measure, '')}"

    @api.depends("measure")
    def _compute_is_money(self):
        for target in self:
            target.is_money = target.measure in MONEY

    @api.depends("amount", "child_ids.amount", "child_ids.active")
    def _compute_children(self):
        for target in self:
            children = target.child_ids
            target.children_amount = sum(children.mapped("amount"))
            gap = rules.gap(target.amount, children.mapped("amount"), target._digits())
            target.check_state = "none" if not children else "mismatch" if gap else "equal"

    @api.depends("line_ids.amount")
    @api.depends_context("target_date")
    def _compute_actual(self):
        actuals = self.line_ids._actuals()
        for target in self:
            target.actual = sum(actuals.get(line.id, 0.0) for line in target.line_ids)
            target.attainment = rules.attainment(target.actual, target.amount) or 0.0

    def _digits(self):
        if self.measure in COUNTS:
            return 0
        return self.currency_id.decimal_places if self.measure in MONEY else 2

    # === CONSTRAINTS === #

    @api.constrains("scope", *SCOPES.values())
    def _check_subject(self):
        for target in self:
            if target.scope in SCOPES and not target[SCOPES[target.scope]]:
                label = self._fields[SCOPES[target.scope]]._description_string(self.env)
                raise ValidationError(self.env._("Say whose target it is: %(field)s is empty.", field=label))

    @api.constrains("parent_id", "measure", "company_id", "date_from", "date_to")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A target cannot be a part of itself."))
        for target in self.filtered("parent_id"):
            parent = target.parent_id
            if (parent.measure, parent.company_id) != (target.measure, target.company_id):
                raise ValidationError(self.env._("A part measures the same, in the same company, as the whole."))
            if target.date_from < parent.date_from or target.date_to > parent.date_to:
                raise ValidationError(self.env._("A part lies within the dates of the whole."))

    @api.constrains("state", "line_ids", "amount")
    def _check_lines(self):
        for target in self.filtered(lambda target: target.state == "confirmed"):
            gap = rules.gap(target.amount, target.line_ids.mapped("amount"), target._digits())
            if gap:
                raise ValidationError(
                    self.env._("%(name)s: the periods differ from the target by %(gap)s.", name=target.name, gap=gap)
                )

    # === ACTIONS === #

    def action_split(self):
        """Divide the target over its months or weeks by its profile, exact to the last digit."""
        for target in self:
            if target.state != "draft":
                raise UserError(self.env._("%(name)s is in force: set it back to draft first.", name=target.name))
            spans = rules.periods(target.date_from, target.date_to, target.unit)
            parts = rules.split(target.amount, target._weights(spans), target._digits())
            weights = {line.date_from: line.weight for line in target.line_ids}
            target.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "date_from": first,
                            "date_to": last,
                            "amount": float(part),
                            "weight": weights.get(first, 1.0),
                        }
                    )
                    for (first, last), part in zip(spans, parts, strict=True)
                ),
            ]

    def _weights(self, spans):
        if self.profile == "even":
            return [1] * len(spans)
        if self.profile == "own":
            weights = {line.date_from: line.weight for line in self.line_ids}
            return [weights.get(first, 1.0) for first, _last in spans]
        if self.profile == "season":
            return rules.season_weights(spans, self.env["crm.target.line"]._season(self))
        return rules.day_weights(spans)

    def action_confirm(self):
        """Put in force; a target with parts must equal their sum."""
        for target in self:
            if target.check_state == "mismatch":
                raise UserError(
                    self.env._(
                        "%(name)s is %(amount)s, its parts sum to %(parts)s.",
                        name=target.name,
                        amount=target.amount,
                        parts=target.children_amount,
                    )
                )
            if not target.line_ids:
                target.action_split()
        self.write({"state": "confirmed"})

    def action_draft(self):
        self.write({"state": "draft"})

    def action_close(self):
        self.write({"state": "closed"})

    def action_open_performance(self):
        """Open target, forecast and result side by side, for what the target is about."""
        self.ensure_one()
        domain = [("date", ">=", self.date_from), ("date", "<=", self.date_to), ("company_id", "=", self.company_id.id)]
        if self.scope in SCOPES:
            operator = "child_of" if self.scope in ("territory", "categ") else "="
            domain.append((SCOPES[self.scope], operator, self[SCOPES[self.scope]].id))
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_performance_action")
        return {**action, "name": self.name, "domain": domain, "context": {}}
