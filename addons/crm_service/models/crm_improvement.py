from datetime import timedelta

from odoo import api, fields, models

from .voice_selections import DEPARTMENTS

WINDOW = 90
"""Days before the start and after the end of an action in which satisfaction is compared."""


class CrmImprovement(models.Model):
    """What is changed because of what customers said, and satisfaction before and after it.

    It raises what customers gain, cuts what they lose (money, time, trouble), or both. Before: the 90 days up to the
    start; after: the 90 days from the end. Satisfaction: answers of the measures satisfaction and experience, on the
    scale 1-5, about the product if there is one.
    """

    _name = "crm.improvement"
    _description = "Improvement Action"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    lever = fields.Selection(
        [("gain", "Raises gains"), ("loss", "Cuts losses"), ("both", "Both")],
        "Perceived Value",
        required=True,
        default="gain",
        tracking=True,
        help="Gains: quality, service, image, contact. Losses: money, time, effort, worry.",
    )
    product_id = fields.Many2one("product.product", check_company=True, index="btree_not_null", tracking=True)
    cause_id = fields.Many2one("crm.root.cause", index="btree_not_null", tracking=True)
    department = fields.Selection(DEPARTMENTS, default="production", tracking=True)
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        index=True,
        tracking=True,
    )
    date_start = fields.Date("Start", required=True, default=fields.Date.context_today, tracking=True)
    date_done = fields.Date("Done On", tracking=True)
    state = fields.Selection(
        [("open", "Open"), ("done", "Done"), ("dropped", "Dropped")],
        required=True,
        default="open",
        tracking=True,
        group_expand=True,
    )
    description = fields.Text("What Is Changed")
    feedback_ids = fields.Many2many("crm.feedback", check_company=True)
    feedback_count = fields.Integer("Reports", compute="_compute_feedback_count")
    panel_id = fields.Many2one(
        "crm.panel",
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
        help="Whose answers led to it.",
    )
    before_value = fields.Float("Before (1-5)", compute="_compute_effect", digits=(3, 2))
    before_answers = fields.Integer("Answers Before", compute="_compute_effect")
    after_value = fields.Float("After (1-5)", compute="_compute_effect", digits=(3, 2))
    after_answers = fields.Integer("Answers After", compute="_compute_effect")
    effect_text = fields.Char("Effect", compute="_compute_effect")

    _check_dates = models.Constraint(
        "CHECK (date_done IS NULL OR date_done >= date_start)", "An action is not done before it starts."
    )

    @api.depends("feedback_ids")
    def _compute_feedback_count(self):
        for action in self:
            action.feedback_count = len(action.feedback_ids)

    def _effect_domain(self, first, last):
        """Answers from the first day to the day before the last."""
        domain = [
            ("measure", "in", ("satisfaction", "experience")),
            ("company_id", "=", self.company_id.id),
            ("date", ">=", fields.Datetime.to_datetime(first)),
            ("date", "<", fields.Datetime.to_datetime(last)),
        ]
        return domain + ([("product_id", "=", self.product_id.id)] if self.product_id else [])

    @api.depends("date_start", "date_done", "product_id", "company_id")
    @api.depends_context("lang")
    def _compute_effect(self):
        """Two groups an action, as few are read at a time; the figures are read in sudo, they name no customer."""
        figures = self.env["crm.voice.answer"].sudo()
        days = timedelta(days=WINDOW)
        for action in self:
            before = after = (0, None)
            if action.date_start:
                before = figures._figures(action._effect_domain(action.date_start - days, action.date_start))[:2]
            if action.date_done:
                after = figures._figures(action._effect_domain(action.date_done, action.date_done + days))[:2]
            action.before_answers, action.before_value = before[0], before[1] or 0
            action.after_answers, action.after_value = after[0], after[1] or 0
            action.effect_text = action._effect_sentence(before, after)

    def _effect_sentence(self, before, after):
        needed = self.company_id.crm_voice_min_answers
        if min(before[0], after[0]) < needed:
            return self.env._(
                "Not enough data: %(before)s answers before, %(after)s after; %(needed)s are needed.",
                before=before[0],
                after=after[0],
                needed=needed,
            )
        return self.env._(
            "Satisfaction %(before).2f before (%(n)s answers), %(after).2f after (%(m)s): %(change)+.2f",
            before=before[1],
            n=before[0],
            after=after[1],
            m=after[0],
            change=after[1] - before[1],
        )

    def action_done(self):
        for action in self:
            action.write({"state": "done", "date_done": action.date_done or fields.Date.context_today(action)})

    def action_open_feedback(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_feedback_action")
        return action | {"domain": [("improvement_ids", "in", self.ids)], "context": {}}
