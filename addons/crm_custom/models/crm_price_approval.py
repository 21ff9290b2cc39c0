from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [("requested", "Waiting"), ("approved", "Approved"), ("refused", "Refused"), ("withdrawn", "Withdrawn")]


class CrmPriceApproval(models.Model):
    """Request to sell at prices other than those of the customer's class; the record of who decided what, and why.

    Written through its own methods alone: nobody has the right to write it. An approval covers the lines that it
    names, at the price or closer to the agreed one, up to the quantity; whatever goes further needs another.
    """

    _name = "crm.price.approval"
    _inherit = ["mail.thread"]
    _description = "Price Approval"
    _order = "date desc, id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="order_id.partner_id.commercial_partner_id", string="Customer", store=True)
    order_user_id = fields.Many2one(related="order_id.user_id", string="Salesperson", store=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    user_id = fields.Many2one("res.users", "Asked By", required=True, readonly=True)
    date = fields.Datetime("Asked On", required=True, readonly=True, default=fields.Datetime.now)
    reason = fields.Char(required=True, readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="requested", tracking=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    date_decided = fields.Datetime("Decided On", readonly=True)
    note = fields.Char("Note of the Decision", readonly=True)
    line_ids = fields.One2many("crm.price.approval.line", "approval_id", "Prices", readonly=True)
    amount_given = fields.Monetary(
        "Given Away", compute="_compute_amount_given", help="Agreed less asked, over all lines, before tax."
    )
    may_decide = fields.Boolean(compute="_compute_may_decide")

    @api.depends("line_ids.amount_given")
    def _compute_amount_given(self):
        for approval in self:
            approval.amount_given = sum(approval.line_ids.mapped("amount_given"))

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_may_decide(self):
        for approval in self:
            approval.may_decide = approval.state == "requested" and approval._may_decide(self.env.user)

    def _may_decide(self, user):
        """Those named in the settings; where nobody is named, sales managers and the leader of the order's team.

        Only a sales manager decides on an own request.
        """
        self.ensure_one()
        order = self.sudo().order_id
        manager = user.has_group("sales_team.group_sale_manager")
        if self.user_id == user and not manager:
            return False
        named = order.company_id.sudo().crm_price_approver_ids
        return user in named if named else manager or order.team_id.user_id == user

    @api.model
    def _deciders(self, order):
        """Whom to ask: the named ones, else the leader of the team, else the sales managers of the company."""
        named = order.company_id.sudo().crm_price_approver_ids
        leader = order.team_id.user_id
        if named or leader and leader != self.env.user:
            return named or leader
        managers = self.env.ref("sales_team.group_sale_manager").all_user_ids
        return managers.filtered(lambda user: user.active and not user.share and order.company_id in user.company_ids)

    # === DECISION === #

    def action_approve(self):
        self._decide("approved")

    def action_refuse(self):
        self._decide("refused")

    def action_withdraw(self):
        """The one who asked, or whoever may decide, takes the request back."""
        for approval in self:
            if approval.state != "requested":
                raise UserError(self.env._("This request is decided already."))
            if approval.user_id != self.env.user and not approval._may_decide(self.env.user):
                raise UserError(self.env._("Only who asked can withdraw the request."))
        self._close("withdrawn")

    def _decide(self, state):
        for approval in self:
            approval.check_access("read")
            if approval.state != "requested":
                raise UserError(self.env._("This request is decided already."))
            if not approval._may_decide(self.env.user):
                raise UserError(self.env._("You may not decide on this price. Ask a sales manager."))
        self._close(state)

    def _close(self, state):
        """Write the decision, under lock: two who decide at once do not both."""
        self.sudo().lock_for_update()
        if any(approval.state != "requested" for approval in self):
            raise UserError(self.env._("This request is decided already."))
        self.sudo().write({"state": state, "decided_by_id": self.env.uid, "date_decided": fields.Datetime.now()})
        label = dict(self._fields["state"]._description_selection(self.env))[state]
        for approval in self.sudo():
            approval.order_id._crm_close_price_activities()
            approval.order_id.message_post(
                author_id=self.env.user.partner_id.id,
                body=self.env._(
                    "Prices: %(decision)s by %(person)s", decision=label, person=self.env.user.display_name
                ),
            )
