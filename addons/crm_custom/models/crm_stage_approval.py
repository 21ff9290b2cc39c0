from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmStageApproval(models.Model):
    """Log of requests to let a deal through a gate, and of who decided. Never deleted, never changed by hand.

    An approval holds up to the amount that was approved (company currency): when the deal grows, it is asked anew.
    """

    _name = "crm.stage.approval"
    _description = "Stage Approval"
    _order = "id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", string="Opportunity", required=True, index=True, ondelete="cascade")
    gate_id = fields.Many2one("crm.stage.gate", index="btree_not_null", ondelete="set null")
    stage_id = fields.Many2one("crm.stage", string="To enter stage", ondelete="set null")
    approver_group_id = fields.Many2one(related="gate_id.approver_group_id")
    company_id = fields.Many2one("res.company")
    currency_id = fields.Many2one("res.currency", required=True)
    amount = fields.Monetary("Expected revenue then", help="Company currency. The approval holds up to this amount.")
    state = fields.Selection(
        [("requested", "Requested"), ("approved", "Approved"), ("refused", "Refused")],
        default="requested",
        required=True,
        index=True,
        copy=False,
    )
    requested_by_id = fields.Many2one("res.users", string="Requested by", required=True)
    requested_on = fields.Datetime(required=True)
    decided_by_id = fields.Many2one("res.users", string="Decided by")
    decided_on = fields.Datetime()
    note = fields.Char("Remark")
    activity_id = fields.Many2one("mail.activity", ondelete="set null")
    can_decide = fields.Boolean(compute="_compute_can_decide")

    @api.depends_context("uid")
    @api.depends("state", "requested_by_id")
    def _compute_can_decide(self):
        for approval in self:
            approval.can_decide = not approval._refusal()

    def _refusal(self):
        """Why the user may not decide; empty when allowed."""
        gate = self.sudo().gate_id
        if self.state != "requested":
            return self.env._("This request has been decided already.")
        if not gate or self.env.user not in gate.approver_group_id.all_user_ids:
            return self.env._("Only “%(group)s” decides here.", group=gate.approver_group_id.display_name or "-")
        if self.requested_by_id == self.env.user and not gate.allow_own_approval:
            return self.env._("Somebody else has to decide on your own request.")
        return ""

    def action_approve(self):
        return self._decide("approved")

    def action_refuse(self):
        return self._decide("refused")

    def _decide(self, state):
        for approval in self:
            approval.lead_id.check_access("read")
            reason = approval._refusal()
            if reason:
                raise AccessError(reason)
            values = {"state": state, "decided_by_id": self.env.uid, "decided_on": fields.Datetime.now()}
            approval.sudo().write(values)
            if approval.sudo().activity_id.active:
                approval.sudo().activity_id.action_feedback()
            label = dict(self._fields["state"]._description_selection(self.env))[state]
            approval.lead_id.sudo().message_post(
                body=self.env._(
                    "Gate to “%(stage)s”: %(decision)s by %(user)s.",
                    stage=approval.stage_id.name,
                    decision=label,
                    user=self.env.user.name,
                )
            )
        return True

    @api.model
    def _approved(self, leads, gates):
        """Return {(lead id, gate id): approved amount} where the newest decision is an approval."""
        if not gates.approver_group_id:
            return {}
        found = self.sudo().search_fetch(
            [("lead_id", "in", leads.ids), ("gate_id", "in", gates.ids), ("state", "!=", "requested")],
            ["lead_id", "gate_id", "state", "amount"],
            order="decided_on, id",
        )
        newest = {(approval.lead_id.id, approval.gate_id.id): approval for approval in found}
        return {key: approval.amount for key, approval in newest.items() if approval.state == "approved"}

    @api.model
    def _request(self, lead, gate):
        """Ask the approvers of the gate; one open request a deal and gate."""
        lead.check_access("write")
        pending = self.sudo().search(
            [("lead_id", "=", lead.id), ("gate_id", "=", gate.id), ("state", "=", "requested")], limit=1
        )
        if pending:
            raise UserError(self.env._("The approval has been requested already and waits for a decision."))
        approval = self.sudo().create(
            {
                "lead_id": lead.id,
                "gate_id": gate.id,
                "stage_id": gate.stage_id.id,
                "company_id": lead.company_id.id,
                "currency_id": lead.company_currency.id,
                "amount": lead.expected_revenue,
                "requested_by_id": self.env.uid,
                "requested_on": fields.Datetime.now(),
            }
        )
        approver = approval._approver()
        if approver:
            approval.activity_id = lead.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=approver.id,
                summary=self.env._("Approve: “%(stage)s”", stage=gate.stage_id.name),
            )
        return approval

    def _approver(self):
        """Who is asked by an activity: the team's leader if he may decide, else the first of the group."""
        self.ensure_one()
        company = self.lead_id.company_id
        users = self.gate_id.approver_group_id.all_user_ids.filtered(
            lambda user: user.active and not user.share and (not company or company in user.company_ids)
        )
        if not self.gate_id.allow_own_approval:
            users -= self.requested_by_id
        leader = self.lead_id.team_id.user_id
        return leader if leader in users else users.sorted("id")[:1]
