from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

ACTIVITY = "crm_finance_bridge.mail_activity_type_credit_request"
ASKED = {"amount", "company_id", "no_limit", "partner_id", "reason"}
DECIDED = {
    "amount_before",
    "approver_id",
    "date_decided",
    "limit_id",
    "origin",
    "second_approver_id",
    "state",
    "version",
}


class CrmCreditRequest(models.Model):
    """One version of a customer's credit limit: who asked, why, who approved, until when it stands.

    Amounts are in the currency of the legal entity (root company). Up to the company's amount one accounting
    administrator approves, above it, or for no limit at all, two different ones. An approved request is a version and
    never changes.
    """

    _name = "crm.credit.request"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.legal.customer.mixin", "crm.own.default.mixin"]
    _description = "Credit Limit Request"
    _rec_name = "partner_id"
    _order = "id desc"
    _crm_own_defaults = frozenset(DECIDED)

    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users", "Asked By", required=True, readonly=True, default=lambda self: self.env.user, copy=False
    )
    amount = fields.Monetary("Limit Asked", required=True, tracking=True, help="0 = no limit")
    no_limit = fields.Boolean(help="The customer may owe any amount: approved as the highest limits are.")
    amount_before = fields.Monetary("Limit Before", readonly=True, copy=False, aggregator=None, help="0 = no limit")
    reason = fields.Text(required=True)
    date_review = fields.Date("Review On", help="The credit controller is reminded on this day.")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("asked", "Asked"),
            ("second", "Second approval"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    origin = fields.Selection(
        [("request", "Request"), ("proposal", "Proposal"), ("direct", "Set in the terms")],
        default="request",
        required=True,
        readonly=True,
        copy=False,
    )
    needs_second = fields.Boolean("Two Approvals", compute="_compute_needs_second", compute_sudo=True)
    can_approve = fields.Boolean(compute="_compute_can_approve")
    approver_id = fields.Many2one("res.users", "Approved By", readonly=True, copy=False)
    second_approver_id = fields.Many2one("res.users", "Also Approved By", readonly=True, copy=False)
    date_decided = fields.Datetime("Decided On", readonly=True, copy=False)
    answer = fields.Text(copy=False, help="Why it was refused, for whoever asked.")
    version = fields.Integer(readonly=True, copy=False, aggregator=None)
    limit_id = fields.Many2one(
        "crm.credit.limit", "Credit Terms", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )

    _positive = models.Constraint("CHECK (amount >= 0)", "A credit limit cannot be negative.")

    @api.depends("amount", "company_id", "no_limit")
    def _compute_needs_second(self):
        for request in self:
            company, amount = request.company_id, request.amount
            request.needs_second = bool(company) and company._crm_credit_needs_second(amount, request.no_limit)

    @api.depends("state", "approver_id", "company_id")
    @api.depends_context("uid")
    def _compute_can_approve(self):
        for request in self:
            request.can_approve = request._approvable()

    def _text_contact(self, name):
        return self.env._("Credit is granted to %s, who pays for this contact.", name)

    def _text_branch(self, name):
        return self.env._("Credit is granted by %s, not by its branch.", name)

    @api.model_create_multi
    def create(self, vals_list):
        default = {"state": "draft", "origin": "request"}
        for vals in vals_list:
            if not self.env.su and any(vals.get(name) not in (None, False, default.get(name)) for name in DECIDED):
                raise AccessError(self.env._("A request starts as a draft; its decision has its own buttons."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and DECIDED & vals.keys():
            raise AccessError(self.env._("The decision on a request is taken with its buttons."))
        if "answer" in vals and not self.env.su and not all(request._approvable() for request in self):
            raise AccessError(self.env._("Only who may decide on a request answers it."))
        fixed = ASKED - {"reason"} if self.env.su else ASKED  # a person's text can be erased
        if (fixed & vals.keys()) and any(request.state != "draft" for request in self):
            raise UserError(self.env._("A request that has been asked no longer changes. Cancel it and ask again."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(request.state not in ("draft", "cancelled") for request in self):
            raise UserError(self.env._("A request that was decided is part of the history and cannot be deleted."))

    # === FLOW === #

    def action_ask(self):
        """Hand the request to whoever approves it."""
        for request in self:
            request.check_access("write")
            if request.state != "draft":
                raise UserError(self.env._("The request for %s has been asked already.", request.partner_id.name))
            if not request.partner_id._crm_credit_may_see():
                raise AccessError(self.env._("%s is not one of your customers.", request.partner_id.name))
            if not request.no_limit and request.currency_id.compare_amounts(request.amount, 0.0) <= 0:
                raise UserError(self.env._("Ask for a limit above zero: zero would mean no limit at all."))
            amount = 0.0 if request.no_limit else request.amount
            request.sudo().write({"state": "asked", "amount": amount, "amount_before": request._current_limit()})
            request._schedule()
        return True

    def action_approve(self):
        """Approve: the limit applies at once, or after the second approval where the amount asks for one."""
        for request in self:
            if not request._approvable():
                raise AccessError(
                    self.env._("You cannot approve this request: %s", ", ".join(request._approvers().mapped("name")))
                )
            request_sudo = request.sudo()
            if request.needs_second and request.state == "asked":
                request_sudo.activity_feedback([ACTIVITY])
                request_sudo.write({"state": "second", "approver_id": self.env.uid})
                request._schedule()
                continue
            approver = "second_approver_id" if request.state == "second" else "approver_id"
            request_sudo[approver] = self.env.user
            request_sudo._apply()
            request_sudo.activity_feedback([ACTIVITY])
        return True

    def action_refuse(self, answer=None):
        for request in self:
            if not request._approvable():
                raise AccessError(self.env._("Only an accounting administrator of this company can refuse a request."))
            request_sudo = request.sudo()
            answer = answer or request.answer
            request_sudo.write({"state": "refused", "date_decided": fields.Datetime.now(), "answer": answer})
            request_sudo.activity_feedback([ACTIVITY], feedback=answer or "")
        return True

    def action_cancel(self):
        for request in self:
            request.check_access("write")
            if request.state not in ("draft", "asked", "second"):
                raise UserError(self.env._("This request has been decided already."))
            request.sudo().state = "cancelled"
            request.sudo().activity_unlink([ACTIVITY])
        return True

    def _approvers(self):
        """Accounting administrators of the company who have not approved yet, the controller first."""
        self.ensure_one()
        return self.sudo().company_id._crm_credit_releasers() - self.sudo().approver_id

    def _approvable(self):
        return (
            self.state in ("asked", "second")
            and self.env.user.has_group("account.group_account_manager")
            and self.env.user in self._approvers()
        )

    def _schedule(self):
        approver = self._approvers()[:1]
        if approver:
            self.sudo().activity_schedule(ACTIVITY, user_id=approver.id, note=plaintext2html(self.reason or ""))

    def _current_limit(self):
        return self.partner_id.sudo().with_company(self.company_id).credit_limit

    def _apply(self):
        """Make this request the customer's limit and a version of it. In sudo: the right was checked before."""
        self.ensure_one()
        Limit = self.env["crm.credit.limit"]
        domain = [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)]
        terms = Limit.search(domain) or Limit.create(
            {"partner_id": self.partner_id.id, "company_id": self.company_id.id}
        )
        terms._write_limit(self.amount)
        terms.date_review = self.date_review
        self.write(
            {
                "state": "approved",
                "date_decided": fields.Datetime.now(),
                "limit_id": terms.id,
                "version": len(terms.version_ids) + 1,
            }
        )
