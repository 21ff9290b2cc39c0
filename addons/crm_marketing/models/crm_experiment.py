from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from ..tools import experiment as rules

RATES = ("click", "reply", "order")
MONEY = ("collected", "margin")


class CrmExperiment(models.Model):
    """A split test: customers drawn into cells, one measure, one day of decision fixed before it starts.

    The unit is the commercial entity: people of one company are in one cell. Everyone drawn counts, reached or not
    (intention to treat), so that the cells stay comparable. Money in the company's currency. Days and times UTC.
    Results are in crm_experiment_result.py; the statistics in tools/experiment.py.
    """

    _name = "crm.experiment"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Split Test"
    _order = "date_decision desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    hypothesis = fields.Char(help="What you expect, in one sentence, written before the result is known.")
    subject = fields.Selection(
        [
            ("product", "Product"),
            ("advertising", "Advertising"),
            ("market", "Market"),
            ("model", "Business model"),
            ("price", "Price"),
        ],
        required=True,
        default="advertising",
        tracking=True,
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Responsible", default=lambda self: self.env.user, tracking=True)
    campaign_id = fields.Many2one("utm.campaign", check_company=True, index="btree_not_null", tracking=True)
    state = fields.Selection(
        [("draft", "Planned"), ("running", "Running"), ("decided", "Decided"), ("cancelled", "Cancelled")],
        required=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    metric = fields.Selection(
        [
            ("click", "Clicks"),
            ("reply", "Replies"),
            ("order", "Customers who ordered"),
            ("collected", "Money collected per customer"),
            ("margin", "Margin ordered per customer"),
        ],
        required=True,
        default="order",
        tracking=True,
    )
    channel = fields.Selection(
        [("mail", "E-mail"), ("other", "Another way")],
        required=True,
        default="mail",
        help="By e-mail: only customers with an address are drawn.",
    )
    segment_id = fields.Many2one(
        "crm.segment", check_company=True, index="btree_not_null", help="Its members are frozen when they are drawn."
    )
    segment_version_id = fields.Many2one("crm.segment.version", readonly=True, copy=False, ondelete="restrict")
    audience_domain = fields.Char("Customers", default="[]", required=True)
    audience_count = fields.Integer("Customers to Draw from", compute="_compute_audience_count")
    arm_ids = fields.One2many("crm.experiment.arm", "experiment_id", "Cells", copy=True)
    holdout_share = fields.Float(
        "Holdout (%)",
        default=10.0,
        digits=(5, 2),
        help="This share gets nothing. Only against it can be said what the test brought in addition. 0: none.",
    )
    date_start = fields.Datetime("Drawn on", readonly=True, copy=False)
    date_decision = fields.Datetime(
        "Decide on",
        copy=False,
        tracking=True,
        help="Fixed when the customers are drawn. Looking earlier and stopping when it looks good finds winners "
        "that are none.",
    )
    confidence = fields.Float("Confidence (%)", default=95.0, digits=(5, 2))
    power = fields.Float("Power (%)", default=80.0, digits=(5, 2), help="Chance to see the effect if it is there.")
    base = fields.Float(
        "Expected Today", digits=(16, 2), help="Rate today in percent; of money, the mean per customer."
    )
    spread = fields.Float(
        "Standard Deviation", digits=(16, 2), help="Of money: how much customers differ. In company currency."
    )
    lift = fields.Float("Effect to See (%)", default=20.0, digits=(6, 2), help="Relative: 20 % turns 5 % into 6 %.")
    required_units = fields.Integer("Needed per Cell", compute="_compute_required_units")
    size_reason = fields.Char("Large Enough?", compute="_compute_required_units")

    _check_holdout = models.Constraint(
        "CHECK (holdout_share >= 0 AND holdout_share < 100)", "The holdout lies between 0 and 100 %."
    )
    _check_levels = models.Constraint(
        "CHECK (confidence BETWEEN 80 AND 99.9 AND power BETWEEN 50 AND 99)",
        "Confidence lies between 80 and 99.9 %, power between 50 and 99 %.",
    )

    # === PLAN === #

    @api.depends("audience_domain", "channel", "company_id", "segment_id")
    def _compute_audience_count(self):
        for test in self:
            test.audience_count = self.env["res.partner"].search_count(test._audience_domain())

    def _audience_domain(self):
        """Condition on res.partner: chosen, of this company, not out of campaigns, and reachable."""
        self.ensure_one()
        partners = self.env["res.partner"]
        domain = self._chosen_domain() & ~partners._crm_no_campaign_domain()
        domain &= Domain("company_id", "in", [self.company_id.id, False])
        if self.channel == "mail":
            domain &= Domain("email_normalized", "!=", False) & Domain("is_blacklisted", "=", False)
            if hasattr(partners, "_crm_excluded_query"):
                refused = partners._crm_excluded_query("email", "marketing", self.company_id)
                domain &= Domain("id", "not in", SQL("(SELECT partner_id FROM (%s) refused)", refused))
        return domain

    def _chosen_domain(self):
        """The segment, frozen once drawn, or else the condition."""
        if self.segment_version_id:
            return Domain(self.segment_version_id.sudo()._recipients_domain())
        if self.segment_id:
            return Domain("id", "in", self.segment_id.sudo()._partner_query())
        try:
            return Domain(safe_eval(self.audience_domain or "[]"))
        except Exception as error:
            raise UserError(self.env._("The condition on customers cannot be read: check it.")) from error

    @api.depends("metric", "base", "spread", "lift", "confidence", "power", "audience_count", "arm_ids.share")
    def _compute_required_units(self):
        for test in self:
            needed = test._needed_units()
            test.required_units = needed or 0
            test.size_reason = test._size_sentence(needed)

    def _needed_units(self):
        """Customers that each cell needs, or None where the plan does not say yet."""
        self.ensure_one()
        variants = self.arm_ids.filtered(lambda arm: arm.kind == "variant")
        level = 1 - (1 - self.confidence / 100) / max(1, len(variants) - (not self._has_baseline()))
        if self.metric in RATES:
            return rules.sample_size(self.base / 100, self.lift / 100, level, self.power / 100)
        return rules.sample_size_mean(self.spread, self.base * self.lift / 100, level, self.power / 100)

    def _has_baseline(self):
        """Whether something else than the first variant is what the variants are compared with."""
        if self.arm_ids.filtered(lambda arm: arm.kind == "control"):
            return True
        return bool(self.metric not in ("click", "reply") and self.holdout_share)

    def _size_sentence(self, needed):
        if not needed:
            return self.env._("Enter what you expect today and the effect to see: then the size can be asked.")
        smallest = min([*self.arm_ids.filtered(lambda arm: arm.kind in ("control", "variant")).mapped("share"), 100.0])
        have = int(self.audience_count * smallest / 100)
        if have >= needed:
            return self.env._("Yes: %(have)s in the smallest cell, %(needed)s needed.", have=have, needed=needed)
        return self.env._(
            "No: %(have)s in the smallest cell, %(needed)s needed. It will probably stay undecided; take a larger "
            "effect, a measure that happens more often, or fewer cells.",
            have=have,
            needed=needed,
        )

    @api.constrains("arm_ids", "holdout_share")
    def _check_shares(self):
        for test in self.filtered(lambda test: test.state == "draft"):
            if sum(test.arm_ids.mapped("share")) + test.holdout_share > 100.005:
                raise ValidationError(self.env._("The cells and the holdout together are more than 100 %."))
            if len(test.arm_ids.filtered(lambda arm: arm.kind == "control")) > 1:
                raise ValidationError(self.env._("One cell is the control, not more."))
            if test.arm_ids.filtered(lambda arm: arm.kind in ("holdout", "rest")):
                raise ValidationError(self.env._("Holdout and rest are made when the customers are drawn."))

    @api.constrains("campaign_id", "company_id")
    def _check_campaign_company(self):
        for test in self:
            if test.campaign_id.company_id and test.campaign_id.company_id != test.company_id:
                raise ValidationError(self.env._("The campaign belongs to another company."))

    # === STATES === #

    def action_cancel(self):
        for test in self:
            if test.state not in ("draft", "running"):
                raise UserError(self.env._("A decided test stands."))
        self.write({"state": "cancelled"})

    def write(self, vals):
        fixed = {
            "metric",
            "date_decision",
            "holdout_share",
            "audience_domain",
            "segment_id",
            "company_id",
            "confidence",
            "power",
        }
        if fixed & set(vals) and any(test.state in ("running", "decided") for test in self):
            raise UserError(self.env._("Measure, day of decision and customers were fixed when the test was started."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_run(self):
        if any(test.state in ("running", "decided") for test in self):
            raise UserError(self.env._("A test that ran is kept, also when its result is not the one hoped for."))

    @api.model
    def _from_mailing(self, mailing):
        """A planned test of one mailing against a holdout, on the mailing's own recipients."""
        if mailing.mailing_model_real != "res.partner":
            raise UserError(self.env._("A test draws customers: choose contacts as the recipients of the mailing."))
        return self.create(
            {
                "name": mailing.subject or mailing.display_name,
                "campaign_id": mailing.campaign_id.id,
                "company_id": (mailing.campaign_id.company_id or self.env.company).id,
                "audience_domain": mailing.mailing_domain or "[]",
                "date_decision": fields.Datetime.now() + relativedelta(days=30),
                "arm_ids": [
                    (0, 0, {"name": mailing.subject or mailing.display_name, "share": 90, "mailing_id": mailing.id})
                ],
            }
        )
