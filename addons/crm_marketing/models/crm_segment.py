from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

MARKETING_FORMS = [
    ("visit", "Personal visit"),
    ("call", "Telephone"),
    ("mail", "E-mail"),
    ("sms", "SMS"),
    ("letter", "Letter"),
    ("event", "Event"),
    ("web", "Internet"),
]
CARE_DEGREES = [("high", "Intensive"), ("normal", "Regular"), ("low", "Basic"), ("none", "No active care")]


class CrmSegment(models.Model):
    """Customers with a need, value or behaviour in common, and how they are treated.

    Who belongs is said by a filter on customers (`domain`) and by conditions on behaviour, judged in one company
    by SQL (crm_segment_query.py). Members are kept in crm.segment.member, brought up to date every night and on
    demand (crm_segment_refresh.py); what a campaign used is frozen in crm.segment.version (crm_segment_freeze.py).
    """

    _name = "crm.segment"
    _description = "Customer Segment"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "name, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Owner", default=lambda self: self.env.user, tracking=True)
    basis = fields.Selection(
        [("need", "Need"), ("value", "Value"), ("behaviour", "Behaviour"), ("other", "Other")],
        "Segmented by",
        default="behaviour",
        required=True,
        tracking=True,
    )
    level = fields.Selection(
        [("customer", "Customers"), ("person", "People")],
        "Members are",
        default="customer",
        required=True,
        help="Customers: companies and private customers. People: private customers and contacts of companies.",
    )
    domain = fields.Char("Filter", default="[]", required=True, tracking=True)
    match = fields.Selection(
        [("all", "all of the conditions"), ("any", "any of the conditions")], default="all", required=True
    )
    condition_ids = fields.One2many("crm.segment.condition", "segment_id", copy=True)
    policy_ids = fields.One2many("crm.policy", "segment_id")
    member_ids = fields.One2many("crm.segment.member", "segment_id")
    version_ids = fields.One2many("crm.segment.version", "segment_id")
    campaign_ids = fields.One2many("utm.campaign", "segment_id")
    rule_text = fields.Char("Who Belongs", compute="_compute_rule_text")
    size_now = fields.Integer("Customers Found", compute="_compute_size_now", help="As the rule stands now, unsaved.")
    member_count = fields.Integer("Members", readonly=True, copy=False, aggregator=None)
    refreshed_on = fields.Datetime(readonly=True, copy=False)
    version_count = fields.Integer(compute="_compute_counts")
    campaign_count = fields.Integer(compute="_compute_counts")

    # What the segment gets (R144, R144.1)
    strategy = fields.Text(help="What is aimed at with these customers, and why.")
    action_plan = fields.Text(help="Steps, dates and who does them.")
    instruction = fields.Char(
        translate=True,
        tracking=True,
        help="One sentence for whoever serves a member: shown on order, visit and ticket.",
    )
    measure = fields.Char(tracking=True, help="What is done for these customers: bonus, training, early delivery.")
    marketing_form = fields.Selection(MARKETING_FORMS, tracking=True)
    care_degree = fields.Selection(CARE_DEGREES, "Degree of Care", tracking=True)

    # === COMPUTES === #

    @api.depends("domain", "match", "condition_ids.text", "level", "policy_ids.state")
    @api.depends_context("lang")
    def _compute_rule_text(self):
        for segment in self:
            parts = []
            if (segment.domain or "[]").strip() not in ("[]", ""):
                parts.append(self.env._("the filter"))
            if segment.condition_ids:
                word = self.env._(" and ") if segment.match == "all" else self.env._(" or ")
                parts.append(word.join(condition.text or "" for condition in segment.condition_ids))
            parts += [policy.name for policy in segment.policy_ids if policy.state == "approved"]
            segment.rule_text = "; ".join(parts) or self.env._("everybody")

    @api.depends(
        "domain", "match", "level", "company_id", "condition_ids.kind", "condition_ids.negate",
        "condition_ids.choice_ids", "condition_ids.operator", "condition_ids.amount", "condition_ids.amount_to",
        "condition_ids.metric_id", "condition_ids.product_ids", "condition_ids.categ_ids",
        "condition_ids.without_product_ids", "condition_ids.without_categ_ids", "condition_ids.months",
        "condition_ids.other_segment_id", "condition_ids.cells",
    )  # fmt: skip
    def _compute_size_now(self):
        """For one segment on a form; a list shows the members as last counted."""
        for segment in self:
            segment.size_now = segment._count_now() if len(self) == 1 else segment.member_count

    @api.depends("version_ids", "campaign_ids")
    def _compute_counts(self):
        versions = dict(
            self.env["crm.segment.version"]._read_group([("segment_id", "in", self.ids)], ["segment_id"], ["__count"])
        )
        campaigns = dict(
            self.env["utm.campaign"]._read_group([("segment_id", "in", self.ids)], ["segment_id"], ["__count"])
        )
        for segment in self:
            segment.version_count = versions.get(segment._origin, 0)
            segment.campaign_count = campaigns.get(segment._origin, 0)

    # === CHECKS === #

    @api.constrains("domain")
    def _check_domain(self):
        for segment in self:
            segment._checked_domain(segment.domain)

    @api.model
    def _checked_domain(self, text):
        """The filter as a Domain; refuses what cannot be read, and fields that its author may not read.

        Counts are made for the company as a whole: nobody may ask them about a field that is closed to him.
        """
        try:
            domain = Domain(literal_eval((text or "").strip() or "[]"))
            # Checks run with all rights: here the author's count.
            self.env["res.partner"].with_user(self.env.uid)._search(domain)
        except AccessError as error:
            raise UserError(self.env._("The filter uses a field that you may not read.")) from error
        except (ValueError, SyntaxError, TypeError, KeyError) as error:
            raise ValidationError(self.env._("The filter cannot be read: %(reason)s", reason=error)) from error
        return domain

    @api.constrains("condition_ids")
    def _check_no_circle(self):
        """A segment that asks for members of itself, by whatever way, never settles."""
        for segment in self:
            seen, todo = self.browse(), segment.condition_ids.other_segment_id
            while todo:
                if segment in todo:
                    raise ValidationError(
                        self.env._("%(segment)s would ask for its own members.", segment=segment.name)
                    )
                seen |= todo
                todo = todo.condition_ids.other_segment_id - seen

    # === ACTIONS === #

    def action_refresh(self):
        """Bring the members up to date now."""
        self.check_access("write")
        self._refresh()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_freeze(self):
        """Freeze the members now and show who is left out and why."""
        self.ensure_one()
        self.check_access("write")
        return self._freeze(self.env._("Frozen by hand")).get_formview_action()

    def action_open_members(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_segment_member_action")
        return action | {"name": self.name, "domain": [("segment_id", "=", self.id)], "context": {}}

    def action_open_log(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_segment_log_action")
        return action | {"domain": [("segment_id", "=", self.id)], "context": {}}

    def action_open_versions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_segment_version_action")
        return action | {
            "domain": [("segment_id", "=", self.id)],
            "context": {"default_segment_id": self.id, "create": False},
        }

    def action_open_campaigns(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.utm_campaign_action")
        return action | {"domain": [("segment_id", "=", self.id)], "context": {"default_segment_id": self.id}}

    def action_create_campaign(self):
        """A campaign for these customers: it keeps the segment, its version as frozen now, and the size."""
        self.ensure_one()
        campaign = self.env["utm.campaign"].create(
            {
                "title": self.env._("Campaign: %(segment)s", segment=self.name),
                "company_id": self.company_id.id,
                "segment_id": self.id,
            }
        )
        campaign._freeze_audience()
        return campaign.get_formview_action()
