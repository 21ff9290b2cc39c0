from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

WEB_KINDS = ("mail", "web")


class CrmCampaignActivity(models.Model):
    """A step of a campaign: what is done, by whom, when, for whom, with which offer.

    Planned and executed stand side by side: dates, people to reach and people reached. A step with a
    mailing counts the mails and text messages delivered and is done when the mailing is sent; of other
    steps the owner enters how many were reached.
    """

    _name = "crm.campaign.activity"
    _description = "Campaign Step"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_start, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    campaign_id = fields.Many2one("utm.campaign", required=True, index=True, ondelete="cascade")
    programme_id = fields.Many2one(related="campaign_id.programme_id", store=True, index="btree_not_null")
    company_id = fields.Many2one(related="campaign_id.company_id", store=True, index="btree_not_null")
    kind = fields.Selection(
        [
            ("mail", "Mail or SMS"),
            ("web", "Web"),
            ("call", "Calls"),
            ("event", "Event"),
            ("traditional", "Print or Fair"),
        ],
        required=True,
        default="mail",
    )
    medium_type = fields.Selection(
        [("web", "Web"), ("traditional", "Traditional")],
        "Type",
        compute="_compute_medium_type",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    date_start = fields.Date("Start", required=True, default=fields.Date.context_today, tracking=True)
    date_end = fields.Date(
        "Due", compute="_compute_date_end", store=True, readonly=False, required=True, precompute=True, tracking=True
    )
    user_id = fields.Many2one(
        "res.users", "Owner", required=True, default=lambda self: self.env.user, tracking=True, index=True
    )
    segment_id = fields.Many2one(
        "crm.segment",
        "Audience",
        compute="_compute_segment_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Whom this step shall reach; the campaign's segment, unless it has its own.",
    )
    audience = fields.Char("Audience in Words")
    offer = fields.Text(help="What the customer is offered in this step.")
    mailing_id = fields.Many2one(
        "mailing.mailing", index="btree_not_null", domain="[('campaign_id', '=', campaign_id)]", copy=False
    )
    event_id = fields.Many2one("event.event", index="btree_not_null", copy=False)
    check_ids = fields.One2many("crm.campaign.activity.check", "activity_id", "Checklist", copy=True)
    check_open_count = fields.Integer("To Prepare", compute="_compute_check_open_count")
    planned_count = fields.Integer("People Planned", help="How many people this step shall reach.")
    reached = fields.Integer("People Reached (entered)", copy=False)
    reached_count = fields.Integer("People Reached", compute="_compute_reached_count", compute_sudo=True)
    state = fields.Selection(
        [("planned", "Planned"), ("done", "Executed"), ("cancelled", "Cancelled")],
        default="planned",
        required=True,
        copy=False,
        tracking=True,
        index=True,
    )
    date_done = fields.Datetime("Executed On", copy=False, readonly=True)
    executed = fields.Integer(compute="_compute_executed", store=True, help="1 once executed; sums up in reports.")
    is_late = fields.Boolean("Late", compute="_compute_is_late", help="Planned, and its last day is over.")

    _check_dates = models.Constraint("CHECK (date_end >= date_start)", "A step cannot end before it starts.")
    _check_counts = models.Constraint("CHECK (planned_count >= 0 AND reached >= 0)", "People are counted from 0.")

    # === COMPUTE === #

    @api.depends("kind")
    def _compute_medium_type(self):
        for step in self:
            step.medium_type = "web" if step.kind in WEB_KINDS else "traditional"

    @api.depends("campaign_id")
    def _compute_segment_id(self):
        for step in self:
            step.segment_id = step.segment_id or step.campaign_id.segment_id

    @api.depends("date_start")
    def _compute_date_end(self):
        for step in self:
            if not step.date_end or (step.date_start and step.date_end < step.date_start):
                step.date_end = step.date_start

    @api.depends("state")
    def _compute_executed(self):
        for step in self:
            step.executed = int(step.state == "done")

    @api.depends("state", "date_end")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for step in self:
            step.is_late = step.state == "planned" and bool(step.date_end) and step.date_end < today

    @api.depends("check_ids.done")
    def _compute_check_open_count(self):
        for step in self:
            step.check_open_count = len(step.check_ids.filtered(lambda check: not check.done))

    @api.depends("mailing_id", "reached")
    def _compute_reached_count(self):
        delivered = dict(
            self.env["mailing.trace"]._read_group(
                [
                    ("mass_mailing_id", "in", self.mailing_id.ids),
                    ("is_test_trace", "=", False),
                    ("trace_status", "in", ("sent", "open", "reply")),
                ],
                ["mass_mailing_id"],
                ["__count"],
            )
        )
        for step in self:
            step.reached_count = delivered.get(step.mailing_id, 0) if step.mailing_id else step.reached

    # === ACTIONS === #

    def action_done(self):
        """Mark the step executed today; the owner may, even where he does not plan campaigns."""
        self._check_step_access()
        for step in self:
            if step.check_open_count:
                raise UserError(
                    self.env._(
                        "%(step)s is not prepared: %(count)s of its checklist are open.",
                        step=step.name,
                        count=step.check_open_count,
                    )
                )
        self.sudo()._set_done(fields.Datetime.now())

    def action_enter_reached(self):
        """Open the step to enter how many people were reached."""
        return self._get_records_action()

    def action_cancel_step(self):
        self._check_step_access()
        self.sudo().write({"state": "cancelled", "date_done": False})

    def action_reset(self):
        self._check_step_access()
        self.sudo().write({"state": "planned", "date_done": False})

    def _check_step_access(self):
        self.check_access("read")
        if self.env.su or self.env.user.has_group("mass_mailing.group_mass_mailing_user"):
            return
        if any(step.user_id != self.env.user for step in self):
            raise AccessError(self.env._("Only marketing users and the owner of a step mark it."))

    def _set_done(self, now):
        self.filtered(lambda step: step.state != "done").write({"state": "done", "date_done": now})

    def action_open_mailing(self):
        """Open the mailing of this step, or a new one that belongs to it."""
        self.ensure_one()
        if self.mailing_id:
            return self.mailing_id._get_records_action()
        return {
            "type": "ir.actions.act_window",
            "res_model": "mailing.mailing",
            "view_mode": "form",
            "context": {
                "default_campaign_id": self.campaign_id.id,
                "default_subject": self.name,
                "default_user_id": self.user_id.id,
                "default_campaign_step_ids": [(4, self.id)],
            },
        }
