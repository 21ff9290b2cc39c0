from odoo import api, fields, models

from .utm_campaign import FIGURE_GROUPS

PLANNER_FIELDS = frozenset(("programme_id", "step_ids", "product_tmpl_ids", "approver_id"))


class UtmCampaign(models.Model):
    """The plan of a campaign: its programme, its steps, and how many of them are executed."""

    _inherit = "utm.campaign"

    programme_id = fields.Many2one(
        "crm.programme", index="btree_not_null", ondelete="set null", check_company=True, tracking=True
    )
    product_tmpl_ids = fields.Many2many(
        "product.template",
        "crm_campaign_product_rel",
        "campaign_id",
        "product_tmpl_id",
        "Products Promoted",
        check_company=True,
        help="Two campaigns for one product on the same days clash.",
    )
    step_ids = fields.One2many("crm.campaign.activity", "campaign_id", "Steps", copy=True, groups=FIGURE_GROUPS)
    step_count = fields.Integer(
        "Steps Planned", compute="_compute_steps", compute_sudo=True, help="Without the steps cancelled."
    )
    step_done_count = fields.Integer("Steps Executed", compute="_compute_steps", compute_sudo=True)
    step_late_count = fields.Integer("Steps Late", compute="_compute_steps", compute_sudo=True)
    step_progress = fields.Float(
        "Executed (%)", compute="_compute_steps", compute_sudo=True, help="Steps executed / steps planned."
    )

    @api.depends("step_ids.state", "step_ids.date_end")
    def _compute_steps(self):
        today = fields.Date.context_today(self)
        groups = self.env["crm.campaign.activity"]._read_group(
            [("campaign_id", "in", self.ids), ("state", "!=", "cancelled")],
            ["campaign_id"],
            ["__count", "executed:sum"],
        )
        counts = {campaign.id: (total, done) for campaign, total, done in groups}
        late = self.env["crm.campaign.activity"]._read_group(
            [("campaign_id", "in", self.ids), ("state", "=", "planned"), ("date_end", "<", today)],
            ["campaign_id"],
            ["__count"],
        )
        late = {campaign.id: total for campaign, total in late}
        for campaign in self:
            total, done = counts.get(campaign.id, (0, 0))
            campaign.step_count = total
            campaign.step_done_count = done
            campaign.step_late_count = late.get(campaign.id, 0)
            campaign.step_progress = 100.0 * done / total if total else 0.0

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get(name) for vals in vals_list for name in PLANNER_FIELDS):
            self._check_plan_access()
        return super().create(vals_list)

    def write(self, vals):
        if not PLANNER_FIELDS.isdisjoint(vals):
            self._check_plan_access()
        return super().write(vals)

    def action_open_steps(self):
        """Open the steps of this campaign."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_campaign_activity_action")
        action["domain"] = [("campaign_id", "=", self.id)]
        action["context"] = {"default_campaign_id": self.id}
        return action
