from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..models.voice_selections import MEASURES, TOUCHPOINTS


class CrmVoiceCompare(models.TransientModel):
    """What customers said in two periods of months, side by side: the change in points, with the answers behind it.

    Choosing a campaign and its day puts the days before it against the days from it on. Days are UTC days, the last
    one included.
    """

    _name = "crm.voice.compare"
    _description = "Compare Answers of Two Periods"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    measure = fields.Selection(MEASURES, required=True, default="satisfaction")
    team_id = fields.Many2one("crm.service.team", domain="[('company_id', '=', company_id)]")
    product_id = fields.Many2one("product.product")
    touchpoint = fields.Selection(TOUCHPOINTS)
    valued_only = fields.Boolean("Valued Customers Only", help="Customers of class A or B today.")
    campaign_id = fields.Many2one("utm.campaign", help="Gives the comparison its name.")
    campaign_date = fields.Date("Campaign Day", help="Before: the days before it; after: the days from it on.")
    campaign_days = fields.Integer("Days Around", default=30)
    before_from = fields.Date("From", required=True, default=lambda self: self._month(-12))
    before_to = fields.Date("To", required=True, default=lambda self: self._month(-11) - relativedelta(days=1))
    after_from = fields.Date(required=True, default=lambda self: self._month(-1))
    after_to = fields.Date(required=True, default=lambda self: self._month(0) - relativedelta(days=1))
    before_answers = fields.Integer("Answers Before", compute="_compute_figures")
    before_value = fields.Float("Average Before (1-5)", compute="_compute_figures", digits=(3, 2))
    before_rate = fields.Float("Positive % Before", compute="_compute_figures", digits=(5, 1))
    after_answers = fields.Integer("Answers After", compute="_compute_figures")
    after_value = fields.Float("Average After (1-5)", compute="_compute_figures", digits=(3, 2))
    after_rate = fields.Float("Positive % After", compute="_compute_figures", digits=(5, 1))
    before_text = fields.Char("Before", compute="_compute_figures")
    after_text = fields.Char("After", compute="_compute_figures")
    change_value = fields.Float("Change in Points", compute="_compute_figures", digits=(3, 2))
    change_rate = fields.Float("Change in Percentage Points", compute="_compute_figures", digits=(5, 1))
    state = fields.Selection(
        [("ok", "Compared"), ("no_data", "Not enough data")], compute="_compute_figures", string="Result"
    )
    text = fields.Char("In One Sentence", compute="_compute_figures")

    @api.model
    def _month(self, months):
        """First day of the month so many months from now."""
        return fields.Date.context_today(self).replace(day=1) + relativedelta(months=months)

    @api.onchange("campaign_date", "campaign_days")
    def _onchange_campaign(self):
        if self.campaign_date and self.campaign_days > 0:
            days = relativedelta(days=self.campaign_days)
            one = relativedelta(days=1)
            self.before_from, self.before_to = self.campaign_date - days, self.campaign_date - one
            self.after_from, self.after_to = self.campaign_date, self.campaign_date + days - one

    @api.constrains("before_from", "before_to", "after_from", "after_to")
    def _check_periods(self):
        if any(item.before_to < item.before_from or item.after_to < item.after_from for item in self):
            raise ValidationError(self.env._("A period ends before it begins."))

    def _domain(self, first, last):
        self.ensure_one()
        domain = [
            ("company_id", "=", self.company_id.id),
            ("measure", "=", self.measure),
            ("date", ">=", fields.Datetime.to_datetime(first)),
            ("date", "<", fields.Datetime.to_datetime(last + relativedelta(days=1))),
        ]
        domain += [(name, "=", self[name].id) for name in ("team_id", "product_id") if self[name]]
        if self.touchpoint:
            domain.append(("touchpoint", "=", self.touchpoint))
        if self.valued_only:
            domain.append(("customer_class", "in", ("a", "b")))
        return domain

    @api.depends(
        "company_id", "measure", "team_id", "product_id", "touchpoint", "valued_only", "before_from", "before_to",
        "after_from", "after_to",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_figures(self):
        for item in self:
            answers = self.env["crm.voice.answer"]
            complete = item.before_from and item.before_to and item.after_from and item.after_to and item.measure
            nothing = (0, None, None, None, None)
            before = answers._figures(item._domain(item.before_from, item.before_to)) if complete else nothing
            after = answers._figures(item._domain(item.after_from, item.after_to)) if complete else nothing
            needed = item.company_id.crm_voice_min_answers
            item.state = "ok" if min(before[0], after[0]) >= max(needed, 1) else "no_data"
            for name, figures in (("before", before), ("after", after)):
                item[f"{name}_answers"] = figures[0]
                item[f"{name}_value"], item[f"{name}_rate"] = figures[1] or 0, figures[2] or 0
                item[f"{name}_text"] = item._period_sentence(figures)
            ok = item.state == "ok"
            item.change_value = after[1] - before[1] if ok else 0
            item.change_rate = after[2] - before[2] if ok else 0
            item.text = item._sentence(needed)

    def _period_sentence(self, figures):
        if not figures[0]:
            return self.env._("no answers")
        return self.env._(
            "%(value).2f of 5; positive %(rate).1f %% (%(low).1f to %(high).1f) of %(count)s answers",
            value=figures[1],
            rate=figures[2],
            low=figures[3],
            high=figures[4],
            count=figures[0],
        )

    def _sentence(self, needed):
        if self.state != "ok":
            return self.env._(
                "Not enough data: %(before)s and %(after)s answers, %(needed)s are needed in each period.",
                before=self.before_answers,
                after=self.after_answers,
                needed=needed,
            )
        return self.env._(
            "%(value)+.2f points on the scale 1-5, %(rate)+.1f percentage points of positive answers",
            value=self.change_value,
            rate=self.change_rate,
        )

    def action_open_answers(self):
        """Open the answers of both periods, by month."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_voice_answer_action")
        first, last = min(self.before_from, self.after_from), max(self.before_to, self.after_to)
        return action | {"domain": self._domain(first, last), "context": {"group_by": "date:month"}}
