from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import formatLang

# Who may see what a campaign cost and brought; the figures need no accounting rights.
FIGURE_GROUPS = (
    "mass_mailing.group_mass_mailing_user,sales_team.group_sale_salesman,"
    "account.group_account_readonly,account.group_account_invoice"
)
# Core lets every employee write campaigns (the web and the mailings make them); the plan is the marketers'.
PLAN_FIELDS = frozenset(
    ("company_id", "date_start", "date_end", "budget", "budget_line_ids", "expected_responses", "expected_collected")
)


class UtmCampaign(models.Model):
    """A campaign with a plan: dates, owner, budget and expected response.

    What it cost and brought in is in utm_campaign_return.py, read from posted entries.
    """

    _name = "utm.campaign"
    _inherit = ["utm.campaign", "mail.thread", "mail.activity.mixin"]
    _check_company_domain = models.check_company_domain_parent_of

    title = fields.Char(tracking=True)
    user_id = fields.Many2one(tracking=True)
    stage_id = fields.Many2one(tracking=True)
    company_id = fields.Many2one(tracking=True, help="Empty: a campaign shared by all companies.")
    date_start = fields.Date("Start", tracking=True)
    date_end = fields.Date("End", tracking=True)
    budget_line_ids = fields.One2many("crm.campaign.budget.line", "campaign_id", groups=FIGURE_GROUPS, copy=True)
    budget = fields.Monetary(
        compute="_compute_budget",
        inverse="_inverse_budget",
        currency_field="company_currency_id",
        groups=FIGURE_GROUPS,
        help="Money planned, in the currency of the campaign's company (or of yours, for a shared campaign).",
    )
    company_currency_id = fields.Many2one("res.currency", compute="_compute_company_currency_id")
    expected_responses = fields.Integer(
        help="How many people are expected to answer: click, reply, become a lead or order."
    )
    expected_collected = fields.Monetary(
        currency_field="company_currency_id",
        groups=FIGURE_GROUPS,
        help="Money expected to come in through this campaign, with tax.",
    )
    budget_warned_company_ids = fields.Many2many(
        "res.company",
        "crm_campaign_budget_warned_rel",
        string="Owner Warned in",
        copy=False,
        groups="base.group_system",
        help="Companies for which the owner has been told that the budget is nearly spent.",
    )

    _check_dates = models.Constraint(
        "CHECK (date_end IS NULL OR date_start IS NULL OR date_end >= date_start)",
        "A campaign cannot end before it starts.",
    )

    # === COMPUTE === #

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_company_currency_id(self):
        for campaign in self:
            campaign.company_currency_id = campaign._figures_company().currency_id

    @api.depends("budget_line_ids.amount", "budget_line_ids.company_id", "company_id")
    @api.depends_context("company")
    def _compute_budget(self):
        for campaign in self:
            company = campaign._figures_company()
            lines = campaign.budget_line_ids.filtered(lambda line, company=company: line.company_id == company)
            campaign.budget = sum(lines.mapped("amount"))

    def _inverse_budget(self):
        """One figure is a budget of one line; more lines are changed where they stand."""
        for campaign in self:
            company = campaign._figures_company()
            lines = campaign.budget_line_ids.filtered(lambda line, company=company: line.company_id == company)
            if company.currency_id.compare_amounts(sum(lines.mapped("amount")), campaign.budget) == 0:
                continue
            if len(lines) > 1:
                raise UserError(
                    self.env._("%(campaign)s has a budget of several lines: change the lines.", campaign=campaign.title)
                )
            if lines:
                lines.amount = campaign.budget
            else:
                lines.create({"campaign_id": campaign.id, "company_id": company.id, "amount": campaign.budget})

    def _figures_company(self):
        """The company whose entries the form shows: the campaign's own, for a shared campaign the user's."""
        self.ensure_one()
        return self.company_id or self.env.company

    # === CRUD === #

    @api.constrains("company_id")
    def _check_budget_company(self):
        for campaign in self.filtered("company_id"):
            if campaign.budget_line_ids.company_id - campaign.company_id:
                raise ValidationError(
                    self.env._("%(campaign)s has a budget in another company.", campaign=campaign.title)
                )

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get(name) for vals in vals_list for name in PLAN_FIELDS - {"company_id"}):
            self._check_plan_access()
        return super().create(vals_list)

    def write(self, vals):
        if not PLAN_FIELDS.isdisjoint(vals):
            self._check_plan_access()
        return super().write(vals)

    def _check_plan_access(self):
        """Dates, budget and expectations are written by marketers only."""
        if not (self.env.su or self.env.user.has_group("mass_mailing.group_mass_mailing_user")):
            raise AccessError(self.env._("Only marketing users plan campaigns: ask one of them."))

    # === BUDGET HISTORY === #

    def _budget_totals(self):
        """Return {(campaign, company): planned money} of these campaigns, whoever asks."""
        groups = (
            self.env["crm.campaign.budget.line"]
            .sudo()
            ._read_group([("campaign_id", "in", self.ids)], ["campaign_id", "company_id"], ["amount:sum"])
        )
        return {(campaign.id, company): amount for campaign, company, amount in groups}

    def _log_budget_change(self, before):
        """Tell the chatter what the budget was and is; nothing where the total stands."""
        after = self._budget_totals()
        for campaign in self:
            keys = {key for key in (*before, *after) if key[0] == campaign.id}
            for key in keys:
                old, new = before.get(key, 0.0), after.get(key, 0.0)
                if old != new:
                    currency = key[1].currency_id
                    campaign.sudo()._message_log(
                        body=self.env._(
                            "Budget of %(company)s: %(old)s, now %(new)s",
                            company=key[1].name,
                            old=formatLang(self.env, old, currency_obj=currency),
                            new=formatLang(self.env, new, currency_obj=currency),
                        ),
                        author_id=self.env.user.partner_id.id,
                    )
