from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import formatLang

from ..tools import plan
from .utm_campaign import FIGURE_GROUPS

EVALUATION_FIELDS = frozenset(("evaluation_score", "evaluation_text", "evaluated_by_id", "closed_date", "lesson_ids"))
TRAITS = {"product": 3.0, "tag": 2.0, "segment": 2.0, "programme": 1.0, "kind": 1.0}
SIMILAR = 5


class UtmCampaign(models.Model):
    """Feedback while a campaign runs, its evaluation at the end, and what similar past campaigns teach."""

    _inherit = "utm.campaign"

    feedback_ids = fields.One2many("crm.campaign.feedback", "campaign_id", groups=FIGURE_GROUPS)
    feedback_count = fields.Integer(compute="_compute_feedback", compute_sudo=True, groups=FIGURE_GROUPS)
    feedback_text = fields.Char("Opinions", compute="_compute_feedback", compute_sudo=True, groups=FIGURE_GROUPS)
    lesson_ids = fields.One2many("crm.campaign.lesson", "campaign_id", "Lessons", groups=FIGURE_GROUPS)
    lesson_text = fields.Text("Lessons of It", compute="_compute_lesson_text", compute_sudo=True, groups=FIGURE_GROUPS)
    closed_date = fields.Date("Evaluated On", copy=False, readonly=True, tracking=True)
    evaluated_by_id = fields.Many2one("res.users", copy=False, readonly=True)
    evaluation_score = fields.Integer("Score", copy=False, readonly=True, tracking=True, help="0 to 100.")
    evaluation_text = fields.Text("Conclusion", copy=False, readonly=True)
    similar_ids = fields.Many2many(
        "utm.campaign", compute="_compute_similar", string="Similar Past Campaigns", groups=FIGURE_GROUPS
    )
    similar_count = fields.Integer(compute="_compute_similar", groups=FIGURE_GROUPS)
    similar_text = fields.Text("Why Similar", compute="_compute_similar", groups=FIGURE_GROUPS)

    _check_evaluation_score = models.Constraint(
        "CHECK (evaluation_score BETWEEN 0 AND 100)", "The score is between 0 and 100."
    )

    # === FEEDBACK AND LESSONS === #

    @api.depends("feedback_ids.opinion")
    def _compute_feedback(self):
        groups = self.env["crm.campaign.feedback"]._read_group(
            [("campaign_id", "in", self.ids)], ["campaign_id", "opinion"], ["__count"]
        )
        counts = {}
        for campaign, opinion, count in groups:
            counts.setdefault(campaign.id, {})[opinion] = count
        for campaign in self:
            found = counts.get(campaign._origin.id, {})
            campaign.feedback_count = sum(found.values())
            campaign.feedback_text = self.env._(
                "%(good)s good, %(neutral)s neutral, %(bad)s bad",
                **{opinion: found.get(opinion, 0) for opinion in ("good", "neutral", "bad")},
            )

    @api.depends("lesson_ids.name", "lesson_ids.kind")
    def _compute_lesson_text(self):
        labels = dict(self.env["crm.campaign.lesson"]._fields["kind"]._description_selection(self.env))
        for campaign in self:
            campaign.lesson_text = "\n".join(
                self.env._("%(kind)s: %(lesson)s", kind=labels[lesson.kind], lesson=lesson.name)
                for lesson in campaign.lesson_ids
            )

    # === SIMILAR CAMPAIGNS === #

    def _traits(self):
        """Return {trait: set of ids} that make two campaigns alike; another topic adds one by super()."""
        self.ensure_one()
        return {
            "tag": set(self.tag_ids._origin.ids),
            "product": set(self.product_tmpl_ids._origin.ids),
            "segment": set(self.segment_id._origin.ids),
            "programme": set(self.programme_id._origin.ids),
            "kind": set(self.step_ids.mapped("kind")),
        }

    def _trait_labels(self):
        return {
            "tag": self.env._("tags"),
            "product": self.env._("products"),
            "segment": self.env._("segment"),
            "programme": self.env._("programme"),
            "kind": self.env._("kinds of steps"),
        }

    def _trait_weights(self):
        return TRAITS

    def _similar_domain(self):
        """Past campaigns that may teach this one: they share more than the kind of their steps."""
        traits = Domain.OR(
            [
                Domain("tag_ids", "in", self.tag_ids._origin.ids),
                Domain("product_tmpl_ids", "in", self.product_tmpl_ids._origin.ids),
                Domain("segment_id", "in", self.segment_id._origin.ids),
                Domain("programme_id", "in", self.programme_id._origin.ids),
            ]
        )
        today = fields.Date.context_today(self)
        past = Domain("closed_date", "!=", False) | Domain("date_end", "<", today) | Domain("lesson_ids", "!=", False)
        return traits & past & Domain("id", "!=", self._origin.id)

    @api.depends("tag_ids", "product_tmpl_ids", "segment_id", "programme_id", "step_ids.kind")
    def _compute_similar(self):
        """The past campaigns most alike, with their results and lessons, also while a new one is entered."""
        for campaign in self:
            mine, found = campaign._traits(), []
            for other in self.with_context(active_test=False).search(campaign._similar_domain()):
                score, shared = plan.likeness(mine, other._traits(), self._trait_weights())
                if shared:
                    found.append((score, other, shared))
            found.sort(key=lambda row: (-row[0], -row[1].id))
            campaign.similar_ids = self.browse([other.id for _score, other, _shared in found[:SIMILAR]])
            campaign.similar_count = len(campaign.similar_ids)
            campaign.similar_text = campaign._similar_text(found[:SIMILAR])

    def _similar_text(self, found):
        if not found:
            return self.env._(
                "No past campaign shares a tag, a product, the segment or the programme with this one: "
                "enter them to see lessons and results."
            )
        labels = self._trait_labels()
        return "\n".join(
            self.env._(
                "%(campaign)s: %(score)s %% alike (%(traits)s)",
                campaign=other.title,
                score=round(score),
                traits=", ".join(labels[trait] for trait in shared),
            )
            for score, other, shared in found
        )

    # === EVALUATION === #

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get(name) for vals in vals_list for name in EVALUATION_FIELDS):
            self._check_plan_access()
        return super().create(vals_list)

    def write(self, vals):
        if not EVALUATION_FIELDS.isdisjoint(vals):
            self._check_plan_access()
        return super().write(vals)

    def _score_parts(self):
        """Return {part: 0 to 100 or None} of what was planned and reached."""
        self.ensure_one()
        return {
            "money": plan.reached(self.collected, self.expected_collected),
            "responses": plan.reached(self.response_count, self.expected_responses),
            "budget": plan.kept(self.spent, self.budget),
            "steps": self.step_progress if self.step_count else None,
        }

    def _score_reason(self, parts):
        """The suggested score in one sentence, with its inputs."""
        labels = {
            "money": self.env._("money collected of expected"),
            "responses": self.env._("answers of expected"),
            "budget": self.env._("budget kept"),
            "steps": self.env._("steps executed"),
        }
        known = [
            self.env._("%(part)s %(value)s %%", part=labels[part], value=formatLang(self.env, value, digits=0))
            for part, value in parts.items()
            if value is not None
        ]
        if not known:
            return self.env._("Not enough data: nothing was expected, budgeted or planned in steps.")
        return self.env._("Mean of: %(parts)s.", parts=", ".join(known))

    def action_evaluate(self):
        """Close the campaign with a score and its lessons."""
        self.ensure_one()
        self._check_plan_access()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Close %(campaign)s", campaign=self.title),
            "res_model": "crm.campaign.evaluate",
            "view_mode": "form",
            "target": "new",
            "context": {"default_campaign_id": self.id},
        }
