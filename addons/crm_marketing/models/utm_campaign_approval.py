from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

from .utm_campaign import FIGURE_GROUPS

MANAGER_GROUP = "sales_team.group_sale_manager"
# Written by the buttons only.
APPROVAL_FIELDS = frozenset(("approval_state", "asked_date", "approved_date", "approved_by_id"))


class UtmCampaign(models.Model):
    """Approval: a sales manager agrees to a campaign before anything of it is sent.

    Each company says when it asks for one: never, above a budget, or always. A budget raised after the
    approval asks again. For a campaign shared by companies the strictest of those with a budget counts.
    """

    _inherit = "utm.campaign"

    approval_state = fields.Selection(
        [("draft", "Not asked"), ("asked", "Asked"), ("approved", "Approved"), ("refused", "Refused")],
        "Approval",
        default="draft",
        required=True,
        copy=False,
        tracking=True,
    )
    approver_id = fields.Many2one(
        "res.users",
        help="Is told when the approval is asked for.",
        domain=lambda self: [("all_group_ids", "in", self.env.ref(MANAGER_GROUP).id), ("share", "=", False)],
    )
    asked_date = fields.Datetime("Approval Asked On", copy=False, readonly=True)
    approved_date = fields.Datetime("Approved On", copy=False, readonly=True, index="btree_not_null")
    approved_by_id = fields.Many2one("res.users", copy=False, readonly=True)
    approval_note = fields.Char("Manager's Remark", copy=False, tracking=True)
    needs_approval = fields.Boolean(compute="_compute_needs_approval", compute_sudo=True, groups=FIGURE_GROUPS)
    hold_reason = fields.Char(
        compute="_compute_needs_approval", compute_sudo=True, groups=FIGURE_GROUPS, help="Why nothing may be sent yet."
    )

    @api.depends("company_id", "budget_line_ids.amount", "approval_state")
    @api.depends_context("company")
    def _compute_needs_approval(self):
        totals = self._budget_totals()
        for campaign in self:
            budgets = {company: amount for (owner, company), amount in totals.items() if owner == campaign._origin.id}
            budgets.setdefault(campaign._figures_company(), campaign.budget)
            campaign.needs_approval = any(company._needs_approval(amount) for company, amount in budgets.items())
            campaign.hold_reason = campaign._hold_reason()

    def _hold_reason(self):
        """Return why nothing of this campaign may be sent, or False."""
        self.ensure_one()
        if not self.needs_approval or self.approval_state == "approved":
            return False
        if self.approval_state == "refused":
            return self.env._("%(campaign)s was refused: nothing of it is sent.", campaign=self.title)
        return self.env._("%(campaign)s is not approved yet: nothing of it is sent before.", campaign=self.title)

    def _send_verdicts(self):
        """Return {campaign id: (may send, reason why not)}; for mailings, text messages and call lists."""
        return {campaign.id: (not campaign.hold_reason, campaign.hold_reason or "") for campaign in self.sudo()}

    def _check_may_send(self):
        reasons = [reason for may_send, reason in self._send_verdicts().values() if not may_send]
        if reasons:
            raise UserError("\n".join(reasons))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(
            vals.get(name) not in (None, False, "draft") for vals in vals_list for name in APPROVAL_FIELDS
        ):
            raise AccessError(self.env._("A campaign is approved by its button, after it was made."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if not APPROVAL_FIELDS.isdisjoint(vals):
                raise AccessError(self.env._("A campaign is approved by its button only."))
            if "approval_note" in vals:
                self._check_approver()
        return super().write(vals)

    def _log_budget_change(self, before):
        """A budget raised after the approval asks for it again; also one raised while a manager approves."""
        self._take_turns()
        result = super()._log_budget_change(before)
        after = self._budget_totals()
        raised = self.filtered(
            lambda campaign: (
                campaign.approval_state == "approved"
                and any(after[key] > before.get(key, 0.0) for key in after if key[0] == campaign.id)
            )
        )
        raised = raised.filtered(lambda campaign: campaign.sudo().needs_approval)
        for campaign in raised:
            campaign.sudo().write({"approval_state": "draft", "approved_date": False, "approved_by_id": False})
            campaign.sudo()._message_log(body=self.env._("The budget was raised: the approval is asked for again."))
        return result

    # === ACTIONS === #

    def _check_approver(self):
        if not (self.env.su or self.env.user.has_group(MANAGER_GROUP)):
            raise AccessError(self.env._("Only sales managers approve campaigns."))

    def action_ask_approval(self):
        """Ask the approver, with the clashes in the note."""
        self._check_plan_access()
        for campaign in self:
            if not campaign.date_start:
                raise UserError(
                    self.env._("%(campaign)s needs a start date before it is approved.", campaign=campaign.title)
                )
            campaign.sudo().write({"approval_state": "asked", "asked_date": fields.Datetime.now()})
            if campaign.approver_id:
                campaign.activity_schedule(
                    "crm_marketing.mail_activity_type_approval",
                    user_id=campaign.approver_id.id,
                    note=plaintext2html(campaign.clash_text or ""),
                )

    def action_approve(self):
        """Approve, once: of two managers at once the second is told who was first."""
        self._check_approver()
        self._take_turns()
        if approved := self.filtered(lambda campaign: campaign.approval_state == "approved")[:1]:
            raise UserError(
                self.env._(
                    "%(campaign)s was approved by %(user)s already.",
                    campaign=approved.title,
                    user=approved.sudo().approved_by_id.name,
                )
            )
        stage = self.env.ref("crm_marketing.utm_stage_approved", raise_if_not_found=False)
        for campaign in self:
            campaign.check_access("write")
            vals = {"approval_state": "approved", "approved_date": fields.Datetime.now(),
                    "approved_by_id": self.env.uid}  # fmt: skip
            if stage and campaign.stage_id.sequence < stage.sequence:
                vals["stage_id"] = stage.id
            campaign.sudo().write(vals)
        self.activity_feedback(["crm_marketing.mail_activity_type_approval"])

    def action_refuse(self):
        self._check_approver()
        for campaign in self:
            campaign.check_access("write")
            if not campaign.approval_note:
                raise UserError(self.env._("Say why in the manager's remark, then refuse."))
            campaign.sudo().write({"approval_state": "refused", "approved_date": False, "approved_by_id": False})
        self.activity_feedback(["crm_marketing.mail_activity_type_approval"])
