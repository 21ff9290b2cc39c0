from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

RULE_FIELDS = frozenset(
    ("segment_id", "entry_domain", "entry_match", "entry_condition_ids", "exit_domain", "exit_match",
     "exit_condition_ids")
)  # fmt: skip


class CrmPolicy(models.Model):
    """Marketing policy: who may enter a segment, and who leaves it; binding once a manager has approved it.

    A customer belongs to the segment when its own rule holds and every approved policy admits him. Without exit
    conditions he leaves when the entry conditions fail. With them he stays, once in, until one set of exit
    conditions holds (so that a customer near a limit does not go in and out). A segment all of whose policies
    wait for approval has no members by rule.
    """

    _name = "crm.policy"
    _description = "Marketing Policy"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state, name, id"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    segment_id = fields.Many2one("crm.segment", required=True, ondelete="cascade", index=True, tracking=True)
    company_id = fields.Many2one(related="segment_id.company_id", store=True, index=True)
    state = fields.Selection(
        [("draft", "Draft"), ("asked", "Waiting for approval"), ("approved", "In force"), ("ended", "Ended")],
        default="draft",
        required=True,
        tracking=True,
    )
    user_id = fields.Many2one("res.users", "Owner", default=lambda self: self.env.user)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_date = fields.Date("Approved on", readonly=True, copy=False)
    benefit = fields.Text("What Members Get", help="Terms and promises of the policy.")
    entry_domain = fields.Char("Entry Filter", default="[]", required=True)
    entry_match = fields.Selection(
        [("all", "all of the conditions"), ("any", "any of the conditions")], default="all", required=True
    )
    entry_condition_ids = fields.One2many(
        "crm.segment.condition",
        "policy_id",
        "Enters When",
        domain=[("phase", "=", "entry")],
        context={"default_phase": "entry"},
    )
    exit_domain = fields.Char("Exit Filter", default="[]", required=True, help="Empty: nobody leaves by it.")
    exit_match = fields.Selection(
        [("all", "all of the conditions"), ("any", "any of the conditions")], default="any", required=True
    )
    exit_condition_ids = fields.One2many(
        "crm.segment.condition",
        "policy_id",
        "Leaves When",
        domain=[("phase", "=", "exit")],
        context={"default_phase": "exit"},
    )
    member_count = fields.Integer(related="segment_id.member_count")

    # === CHECKS === #

    @api.constrains("entry_domain", "exit_domain")
    def _check_domains(self):
        for policy in self:
            policy.env["crm.segment"]._checked_domain(policy.entry_domain)
            policy.env["crm.segment"]._checked_domain(policy.exit_domain)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(vals.get("state", "draft") != "draft" for vals in vals_list):
            self._check_approver()
        return super().create(vals_list)

    def write(self, vals):
        if not RULE_FIELDS.isdisjoint(vals) and "approved" in self.mapped("state"):
            raise UserError(self.env._("An approved policy stands: set it back to draft to change its conditions."))
        if not self.env.su and vals.get("state") in ("approved", "ended"):
            self._check_approver()
        return super().write(vals)

    def _check_approver(self):
        if not self.env.su and not self.env.user.has_group("sales_team.group_sale_manager"):
            raise UserError(self.env._("Only a sales administrator approves or ends a policy."))

    # === APPROVAL === #

    def action_ask(self):
        self.write({"state": "asked"})

    def action_approve(self):
        self._check_approver()
        for policy in self:
            if not (policy.entry_condition_ids or policy._has_filter("entry") or policy._has_exit()):
                raise UserError(self.env._("%(policy)s has no condition yet.", policy=policy.name))
        today = fields.Date.context_today(self)
        self.write({"state": "approved", "approved_by_id": self.env.uid, "approved_date": today})
        self.segment_id._refresh()

    def action_end(self):
        self._check_approver()
        self.write({"state": "ended"})
        self.segment_id._refresh()

    def action_draft(self):
        """Back to draft: the members stay as they are until it is approved again."""
        self.write({"state": "draft", "approved_by_id": False, "approved_date": False})

    def action_open_log(self):
        return self.segment_id.action_open_log()

    def action_open_members(self):
        return self.segment_id.action_open_members()

    # === RULE === #

    def _in_force(self):
        return self.filtered(lambda policy: policy.state == "approved")

    def _has_filter(self, phase):
        self.ensure_one()
        return (self[f"{phase}_domain"] or "[]").strip() not in ("", "[]")

    def _has_exit(self):
        self.ensure_one()
        return bool(self.exit_condition_ids) or self._has_filter("exit")

    def _rule(self, phase, today):
        """Query of the partners who pass the entry or the exit conditions."""
        self.ensure_one()
        return self.segment_id._rule_query(
            self[f"{phase}_domain"], self[f"{phase}_match"], self[f"{phase}_condition_ids"], today
        )

    def _allows(self, segment, today):
        """Condition on res_partner: the policy admits the partner, or lets a member stay."""
        self.ensure_one()
        partner = SQL.identifier("res_partner", "id")
        entry = self._rule("entry", today)
        if not self._has_exit():
            return SQL("%s IN %s", partner, entry.subselect())
        return SQL(
            """%(partner)s IN (%(entry)s UNION ALL
                    SELECT member.partner_id FROM crm_segment_member member WHERE member.segment_id = %(segment)s)
               AND NOT EXISTS (SELECT 1 FROM (%(exit)s) gone WHERE gone.id = %(partner)s)""",
            partner=partner,
            entry=entry.select(),
            segment=segment.id,
            exit=self._rule("exit", today).select(),
        )
