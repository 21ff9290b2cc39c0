from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..tools import commission as rules

ROLES = [
    ("document", "Salesperson of the Document"),
    ("customer", "Customer's Salesperson"),
    ("leader", "Leader of the Sales Team"),
    ("user", "Named Person"),
]


class CrmCommissionPlan(models.Model):
    """What commission is earned on, at which rate, by whom, and when it is taken back.

    Amounts in company currency, rates and shares in percent. A plan earns from its first day on; what was booked
    under it is taken back by the same plan even after its last day, also once it is closed.
    """

    _name = "crm.commission.plan"
    _inherit = ["mail.thread"]
    _description = "Commission Plan"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [("draft", "Draft"), ("active", "In Force"), ("closed", "Closed")],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
    )
    base = fields.Selection(
        [
            ("collected", "Collected Money"),
            ("margin", "Margin of Collected Money"),
            ("invoiced", "Invoiced Amount"),
            ("ordered", "Ordered Amount"),
        ],
        "Earned on",
        required=True,
        default="collected",
        tracking=True,
        help="Collected money and its margin count each payment pro rata on its day; invoices and orders on theirs.",
    )
    tax_included = fields.Boolean(help="The rate applies to the money with tax; else to its untaxed part.")
    date_from = fields.Date(
        "From", required=True, default=lambda self: fields.Date.context_today(self).replace(day=1), tracking=True
    )
    date_to = fields.Date("Until", tracking=True)
    user_ids = fields.Many2many(
        "res.users", string="Salespeople", domain=[("share", "=", False)], help="Whose sales count. Empty: everyone's."
    )
    team_ids = fields.Many2many("crm.team", string="Sales Teams", help="Empty: all teams.")
    rule_ids = fields.One2many("crm.commission.rule", "plan_id", "Rates", copy=True)
    tier_ids = fields.One2many("crm.commission.tier", "plan_id", "Tiers", copy=True)
    share_ids = fields.One2many("crm.commission.share", "plan_id", "Shares", copy=True)
    tier_period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        "Tiers Count by",
        required=True,
        default="month",
    )
    tier_unit = fields.Selection(
        [("amount", "Amount"), ("target", "% of Target")],
        "Tiers in",
        required=True,
        default="amount",
        help="% of target: of the person's own confirmed target for the tier period.",
    )
    progressive = fields.Boolean(
        default=True, help="Each slice earns the rate of its own tier. Else the highest tier reached counts for all."
    )
    cap_amount = fields.Monetary("Cap a Month", help="Most a person earns in a month by this plan. 0 = no cap")
    late_days = fields.Integer(
        "Late after (Days)", help="Days past the due date after which commission is cut or taken back. 0 = never"
    )
    late_percent = fields.Float("Paid When Late (%)", digits=(5, 2), help="Percent of the commission on late money.")
    take_back_credit = fields.Boolean(
        "Take Back at the Credit Note",
        default=True,
        help="When a paid invoice is credited, before the money goes back. Money refunded always counts.",
    )
    take_back_loss = fields.Boolean(
        "Take Back Write-Offs", default=True, help="Invoices settled without money or credit note reduce the base."
    )
    hold_disputes = fields.Boolean(
        "Wait for Disputes", default=True, help="An invoice with an open dispute earns when the dispute has ended."
    )
    lock_count = fields.Integer(readonly=True, copy=False, help="Technical: one computation at a time.")
    line_count = fields.Integer(compute="_compute_line_count")
    is_over = fields.Boolean(compute="_compute_is_over", help="It earns no more, and takes back what it paid.")

    _check_dates = models.Constraint("CHECK (date_to IS NULL OR date_from <= date_to)", "A plan ends after it begins.")
    _check_values = models.Constraint(
        "CHECK (cap_amount >= 0 AND late_days >= 0 AND late_percent BETWEEN 0 AND 100)",
        "Cap and days are not negative, percent lie between 0 and 100.",
    )

    @api.depends("rule_ids")
    def _compute_line_count(self):
        groups = self.env["crm.commission.line"]._read_group([("plan_id", "in", self.ids)], ["plan_id"], ["__count"])
        counts = {plan.id: count for plan, count in groups}
        for plan in self:
            plan.line_count = counts.get(plan.id, 0)

    @api.depends("state", "active")
    def _compute_is_over(self):
        for plan in self:
            plan.is_over = plan.state == "closed" or not plan.active

    @api.constrains("state", "rule_ids", "tier_ids")
    def _check_rates(self):
        for plan in self.filtered(lambda plan: plan.state == "active"):
            if not plan.rule_ids:
                raise ValidationError(self.env._("%(name)s has no rates yet.", name=plan.name))
            if "tier" in plan.rule_ids.mapped("kind") and not plan.tier_ids:
                raise ValidationError(self.env._("%(name)s: a rate is by tiers, and there are none.", name=plan.name))

    @api.constrains("share_ids")
    def _check_shares(self):
        for plan in self:
            shared = plan.share_ids.filtered(lambda share: not share.is_override)
            if shared and abs(sum(shared.mapped("percent")) - 100) > 0.001:
                raise ValidationError(self.env._("%(name)s: the shares do not sum to 100 %%.", name=plan.name))

    # === ACTIONS === #

    def action_activate(self):
        """Put in force. Plans may rightly pay on the same sales (a leader's beside the salespeople's): say so only."""
        self.write({"state": "active"})
        for plan in self:
            if rivals := plan._rivals():
                plan.message_post(
                    body=self.env._(
                        "This plan and %(plans)s pay on the same sales: what both cover is paid twice. If you do not "
                        "want that, close one of them or change its days.",
                        plans=", ".join(rivals.mapped("name")),
                    )
                )

    def action_draft(self):
        if any(plan.line_count for plan in self):
            raise ValidationError(self.env._("This plan has commission already: close it and copy it to change it."))
        self.write({"state": "draft"})

    def action_close(self):
        for plan in self.filtered(lambda plan: plan.state == "active"):
            plan._end()
        self.write({"state": "closed"})

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_commission_line_action")
        return {**action, "name": self.name, "domain": [("plan_id", "=", self.id)], "context": {}}

    # === RULES === #

    def _lock(self):
        """One computation of a company at a time: a second one fails to serialise and is run again by Odoo."""
        self.flush_recordset(["lock_count"])
        self.env.execute_query(
            SQL(
                "UPDATE crm_commission_plan SET lock_count = COALESCE(lock_count, 0) + 1 WHERE id IN %s RETURNING id",
                tuple(self.ids) or (0,),
            )
        )
        self.invalidate_recordset(["lock_count"])

    def _covers(self, row):
        """Whether a source row is of a salesperson and team of the plan."""
        return (not self.user_ids or row["user_id"] in self.user_ids._ids) and (
            not self.team_ids or row["team_id"] in self.team_ids._ids
        )

    def _tiers(self, target):
        """[(from, rate)] in money, for a person with this target (None without)."""
        tiers = [
            (Decimal(str(tier.amount_from)), Decimal(str(tier.rate))) for tier in self.tier_ids.sorted("amount_from")
        ]
        if self.tier_unit == "target":
            return rules.target_tiers(tiers, target)
        return tiers

    def _target(self, user, start, stop):
        """The person's confirmed target in the periods that begin from start to stop; None where none is set."""
        measure = "margin" if self.base == "margin" else self.base
        lines = (
            self.env["crm.target.line"]
            .sudo()
            .search(
                [
                    ("state", "=", "confirmed"),
                    ("scope", "=", "user"),
                    ("user_id", "=", user),
                    ("measure", "=", measure),
                    ("company_id", "=", self.company_id.id),
                    ("date_from", ">=", start),
                    ("date_from", "<=", stop),
                    ("target_id.active", "=", True),
                ]
            )
        )
        return Decimal(str(sum(lines.mapped("amount")))) if lines else None
