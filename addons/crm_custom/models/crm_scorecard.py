from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import classes

CLASSES = [("a", "A"), ("b", "B"), ("c", "C")]
LIFECYCLES = [
    ("potential", "Potential"),
    ("new", "New"),
    ("existing", "Existing"),
    ("valuable", "Valuable"),
    ("fading", "Being lost"),
    ("lost", "Lost"),
]


class CrmScorecard(models.Model):
    """One customer in one month: score, class, rank and lifecycle, each with its reason.

    Written by `_run` (crm_scorecard_run.py) in SQL, read only for users. Sales are those of the
    twelve months up to `date`. Ranks and shares go by the basis that the company has set.
    """

    _name = "crm.scorecard"
    _description = "Customer Scorecard"
    _order = "period desc, rank, id"
    _rec_name = "partner_id"

    month_id = fields.Many2one(
        "crm.company.scorecard", string="Monthly Scorecard", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", string="Customer", required=True, ondelete="cascade")
    user_id = fields.Many2one(related="partner_id.user_id")
    period = fields.Date(string="Month", required=True, help="First day of the month.")
    date = fields.Date(string="Computed for", required=True, help="Last day whose records count.")
    is_latest = fields.Boolean(string="Newest", help="The newest month of the company.")
    customer_role = fields.Selection(
        lambda self: self.env["res.partner"]._fields["customer_role"]._description_selection(self.env), string="Role"
    )
    score = fields.Float(digits=(5, 2), aggregator="avg", help="0 to 100: weighted mean of the metrics with data.")
    score_state = fields.Selection([("ok", "Scored"), ("no_data", "Not enough data")], default="no_data")
    score_text = fields.Char(string="Score with its parts", compute="_compute_score_text")
    weight_known = fields.Float(digits=(8, 2), aggregator=None)
    coverage = fields.Float(
        digits=(5, 2), aggregator="avg", help="Share of the weights, in percent, for which there are data."
    )
    customer_class = fields.Selection(CLASSES, string="Class")
    class_rule = fields.Selection(
        [("always", "Role is always A"), ("top_share", "Top share"), ("growth", "Growth"), ("rest", "All others")]
    )
    class_reason = fields.Char(compute="_compute_class_reason")
    facts = fields.Json(help="What the class and the lifecycle were judged by; null = not enough data.")
    lifecycle = fields.Selection(LIFECYCLES)
    lifecycle_reason = fields.Char(compute="_compute_lifecycle_reason")
    revenue = fields.Monetary(string="Annual sales", help="Untaxed, invoiced less credit notes, twelve months.")
    basis_value = fields.Float(string="Ranking value", digits=(16, 2), help="Annual sales, quantity or margin.")
    rank = fields.Integer(aggregator="min", help="Place among all customers of the company, 1 = largest.")
    ranked = fields.Integer(string="Customers ranked", aggregator=None)
    group_rank = fields.Integer(
        string="Rank in role", aggregator="min", help="Place among the customers of the same role."
    )
    group_ranked = fields.Integer(string="Customers of the role", aggregator=None)
    cut_off = fields.Float(digits=(16, 2), aggregator=None, help="Smallest ranking value that made class A by rank.")
    cumulative_share = fields.Float(
        digits=(5, 2),
        aggregator=None,
        help="Percent of the company's total that this customer and all larger ones make.",
    )
    previous_id = fields.Many2one("crm.scorecard", string="Previous month", index="btree_not_null", ondelete="set null")
    previous_score = fields.Float(digits=(5, 2), aggregator="avg")
    previous_class = fields.Selection(CLASSES)
    movement = fields.Selection([("first", "First class"), ("up", "Up"), ("down", "Down"), ("same", "Same")])
    value_ids = fields.One2many("crm.metric.value", "scorecard_id", string="Parts of the score")

    _partner_period_unique = models.UniqueIndex(
        "(partner_id, company_id, period)", "A customer has one scorecard a month in each company."
    )
    _company_period_idx = models.Index("(company_id, period)")
    _latest_idx = models.Index("(company_id, partner_id) WHERE is_latest")

    def init(self):
        """Room in each page: a run writes each row anew, which then costs no index entry."""
        self.env.cr.execute("ALTER TABLE crm_scorecard SET (fillfactor = 50)")

    # === COMPUTES === #

    @api.depends("partner_id", "period")
    def _compute_display_name(self):
        for card in self:
            card.display_name = f"{card.partner_id.display_name} {card.period:%Y-%m}"

    @api.depends("score", "score_state", "value_ids")
    @api.depends_context("lang")
    def _compute_score_text(self):
        for card in self:
            if card.score_state != "ok":
                card.score_text = self.env._("Not enough data for a score")
                continue
            parts = [
                f"{value.metric_id.name} {value.score:.0f}"
                if value.state == "ok"
                else self.env._("%(metric)s not enough data", metric=value.metric_id.name)
                for value in card.value_ids
            ]
            card.score_text = f"{card.score:.1f}: {', '.join(parts)}"

    def _judgement(self):
        """(facts, policy) of the class rule, as they were at the run."""
        self.ensure_one()
        facts, policy = self.facts or {}, self.month_id.sudo().policy or {}
        return classes.Facts(
            role=self.customer_role or None,
            basis_value=self.basis_value,
            rank=self.group_rank or None,
            ranked=self.group_ranked,
            cut_off=self.cut_off,
            years=tuple(facts.get("years") or (None, None, None)),
            loyalty=facts.get("loyalty"),
            cooperation=facts.get("cooperation"),
        ), classes.Policy(
            share_pct=policy.get("share_pct", 0),
            growth_pct=policy.get("growth_pct", 0),
            loyalty_min=policy.get("loyalty_min", 0),
            cooperation_min=policy.get("cooperation_min", 0),
            role_rules=policy.get("role_rules", {}),
            roles_used=policy.get("roles_used", True),
        )

    @api.depends("facts", "customer_class", "class_rule")
    @api.depends_context("lang")
    def _compute_class_reason(self):
        roles = dict(self._fields["customer_role"]._description_selection(self.env))
        for card in self:
            if not card.customer_class:
                card.class_reason = self.env._("No class yet")
                continue
            facts, policy = card._judgement()
            if card.class_rule == "rest":
                reason = card._rest_reason(facts, policy)
            elif card.class_rule == "growth":
                reason = card._growth_reason(facts)
            elif card.class_rule == "always":
                reason = self.env._("every %(role)s is class A", role=roles[card.customer_role].lower())
            else:
                reason = self.env._(
                    "%(role)s ranked %(rank)s of %(ranked)s by %(value)s; cut-off %(cut_off)s",
                    role=roles[card.customer_role].lower() if policy.roles_used else self.env._("customer"),
                    rank=card.group_rank,
                    ranked=card.group_ranked,
                    value=card._format_basis(card.basis_value, named=True),
                    cut_off=card._format_basis(card.cut_off),
                )
            card.class_reason = f"{card.customer_class.upper()}: {reason}"

    def _format_basis(self, amount, named=False):
        """Amount of the ranking basis: '9,800.00 €', named: 'sales of 9,800.00 €'."""
        basis = (self.month_id.sudo().policy or {}).get("basis", "revenue")
        text = f"{amount:,.0f}" if basis == "quantity" else self.currency_id.format(amount)
        if not named:
            return text
        if basis == "quantity":
            return self.env._("%(quantity)s units sold", quantity=text)
        if basis == "margin":
            return self.env._("a margin of %(amount)s", amount=text)
        return self.env._("sales of %(amount)s", amount=text)

    def _growth_reason(self, facts):
        last, before = classes.growths(facts.years)
        return self.env._(
            "sales grew by %(last).1f %% and by %(before).1f %% in the year before; loyalty %(loyalty).0f, "
            "co-operation %(cooperation).0f",
            last=last,
            before=before,
            loyalty=facts.loyalty,
            cooperation=facts.cooperation,
        )

    def _rest_reason(self, facts, policy):
        """Every criterion that failed, with its figures."""
        texts = []
        if facts.rank and facts.basis_value > 0:
            texts.append(
                self.env._(
                    "ranked %(rank)s of %(ranked)s, below the cut-off %(cut_off)s",
                    rank=facts.rank,
                    ranked=facts.ranked,
                    cut_off=self._format_basis(facts.cut_off),
                )
            )
        elif facts.rank:
            texts.append(self.env._("no sales in the last twelve months"))
        failing = classes.failing_criteria(facts, policy)
        texts += [self._criterion_text(criterion, facts, policy) for criterion in failing]
        return "; ".join(texts)

    def _criterion_text(self, criterion, facts, policy):
        if criterion == "history":
            return self.env._("not enough data for growth: sales in three consecutive years are needed")
        if criterion == "growth":
            last, before = classes.growths(facts.years)
            return self.env._(
                "growth %(last)+.1f %% and %(before)+.1f %%, each must reach %(target)+.1f %%",
                last=last,
                before=before,
                target=policy.growth_pct,
            )
        score, needed = (
            (facts.loyalty, policy.loyalty_min)
            if criterion == "loyalty"
            else (facts.cooperation, policy.cooperation_min)
        )
        name = self.env._("loyalty") if criterion == "loyalty" else self.env._("co-operation")
        if score is None:
            return self.env._("%(name)s: not enough data", name=name)
        return self.env._("%(name)s %(score).0f, needed %(needed).0f", name=name, score=score, needed=needed)

    @api.depends("facts", "lifecycle")
    @api.depends_context("lang")
    def _compute_lifecycle_reason(self):
        for card in self:
            card.lifecycle_reason = card._lifecycle_sentence(card.month_id.sudo().policy or {})

    def _lifecycle_sentence(self, policy):
        """The rule that gave the state, with its figures: 'last invoice 200 days ago, more than 180'."""
        facts = self.facts or {}
        recency = facts.get("recency_days")
        if recency is None:
            return self.env._("never invoiced")
        if self.lifecycle == "new":
            return self.env._(
                "first invoice %(days)s days ago, within %(limit)s",
                days=facts["tenure_days"],
                limit=policy.get("new_days", 0),
            )
        limits = {"lost": "lost_days", "fading": "fading_days"}
        if self.lifecycle in limits:
            return self.env._(
                "last invoice %(days)s days ago, more than %(limit)s",
                days=recency,
                limit=policy.get(limits[self.lifecycle], 0),
            )
        if self.lifecycle == "valuable":
            return self.env._(
                "class %(customer_class)s, last invoice %(days)s days ago",
                customer_class=(self.customer_class or "").upper(),
                days=recency,
            )
        return self.env._("class C, last invoice %(days)s days ago", days=recency)

    # === ACTIONS === #

    def action_open_customer(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }

    def action_history(self):
        """All months of the customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_scorecard_action")
        return action | {
            "name": self.env._("Scorecards of %(customer)s", customer=self.partner_id.display_name),
            "domain": [("partner_id", "=", self.partner_id.id)],
            "context": {},
        }

    def action_compute_now(self):
        """A manager's button: the current month of the selected companies, up to today."""
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise UserError(self.env._("Only a sales administrator computes scorecards."))
        for company in self.env.companies:
            self._run(company, fields.Date.context_today(self))
        return {"type": "ir.actions.client", "tag": "soft_reload"}
