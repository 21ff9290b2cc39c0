from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import plan


class CrmCampaignEvaluate(models.TransientModel):
    """Close a campaign: measured beside expected, a suggested score with its reason, the score, the lessons."""

    _name = "crm.campaign.evaluate"
    _description = "Evaluate Campaign"

    campaign_id = fields.Many2one("utm.campaign", required=True, readonly=True)
    currency_id = fields.Many2one(related="campaign_id.company_currency_id")
    expected_responses = fields.Integer(related="campaign_id.expected_responses")
    response_count = fields.Integer(related="campaign_id.response_count")
    expected_collected = fields.Monetary(related="campaign_id.expected_collected")
    collected = fields.Monetary(related="campaign_id.collected")
    budget = fields.Monetary(related="campaign_id.budget")
    spent = fields.Monetary(related="campaign_id.spent")
    step_count = fields.Integer(related="campaign_id.step_count")
    step_done_count = fields.Integer(related="campaign_id.step_done_count")
    feedback_text = fields.Char(related="campaign_id.feedback_text")
    reason = fields.Char("Suggested", compute="_compute_reason", compute_sudo=True)
    score = fields.Integer(
        compute="_compute_score",
        store=True,
        readonly=False,
        required=True,
        help="0 to 100; the suggestion may be changed.",
    )
    conclusion = fields.Text(required=True)
    line_ids = fields.One2many("crm.campaign.evaluate.line", "wizard_id", "Lessons")

    @api.depends("campaign_id")
    def _compute_score(self):
        for wizard in self:
            parts = wizard.campaign_id._score_parts() if wizard.campaign_id else {}
            wizard.score = round(plan.suggested_score(parts) or 0)

    @api.depends("campaign_id")
    def _compute_reason(self):
        for wizard in self:
            parts = wizard.campaign_id._score_parts() if wizard.campaign_id else {}
            suggestion = plan.suggested_score(parts)
            wizard.reason = wizard.campaign_id._score_reason(parts)
            if suggestion is not None:
                wizard.reason = self.env._("%(score)s: %(reason)s", score=round(suggestion), reason=wizard.reason)

    def action_close(self):
        """Keep score, conclusion and lessons with the campaign, and put it into the last stage."""
        self.ensure_one()
        campaign = self.campaign_id
        campaign._check_plan_access()
        if not 0 <= self.score <= 100:
            raise UserError(self.env._("The score is between 0 and 100."))
        if not self.line_ids:
            raise UserError(self.env._("Write at least one lesson: the next campaign starts with it."))
        stage = self.env.ref("crm_marketing.utm_stage_closed", raise_if_not_found=False)
        vals = {
            "evaluation_score": self.score,
            "evaluation_text": self.conclusion,
            "evaluated_by_id": self.env.uid,
            "closed_date": fields.Date.context_today(self),
        }
        if stage:
            vals["stage_id"] = stage.id
        campaign.write(vals)
        self.env["crm.campaign.lesson"].create(
            [{"campaign_id": campaign.id, "kind": line.kind, "name": line.name} for line in self.line_ids]
        )
        return {"type": "ir.actions.act_window_close"}
