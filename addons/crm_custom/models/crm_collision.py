from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import plaintext2html

STATES = [
    ("requested", "Requested"),
    ("accepted", "Accepted"),
    ("declined", "Declined"),
    ("withdrawn", "Withdrawn"),
    ("overtaken", "Overtaken"),
]


class CrmCollision(models.Model):
    """A salesperson asks for a customer that a colleague owns; the owner, the manager or a sales manager decides.

    Accepting locks the customer's row and looks whether it still belongs to the owner who was asked: of two
    decisions at once one wins, the other request is closed as overtaken.
    """

    _name = "crm.collision"
    _description = "Hand-over Request"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, ondelete="cascade", index=True, readonly=True
    )
    requester_id = fields.Many2one(
        "res.users", string="Requested by", required=True, readonly=True, ondelete="restrict", index=True
    )
    owner_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict", index=True)
    manager_id = fields.Many2one("res.users", readonly=True, ondelete="set null", help="Leader of the owner's team.")
    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    reason = fields.Text(readonly=True)
    date = fields.Datetime(default=fields.Datetime.now, required=True, readonly=True)
    state = fields.Selection(STATES, default="requested", required=True, readonly=True, tracking=True, index=True)
    move_documents = fields.Boolean(
        string="With open work",
        default=True,
        help="Accepting also moves the owner's open leads, quotations and activities of this customer.",
    )
    answer = fields.Text()
    answered_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    answered_date = fields.Datetime(readonly=True)
    reassignment_id = fields.Many2one("crm.reassignment", readonly=True, ondelete="set null", index="btree_not_null")
    can_answer = fields.Boolean(compute="_compute_can_answer")
    is_mine = fields.Boolean(compute="_compute_can_answer")

    _open_uniq = models.UniqueIndex(
        "(partner_id, requester_id) WHERE state = 'requested'", "You have already requested this customer."
    )

    @api.depends("owner_id", "manager_id", "state")
    @api.depends_context("uid")
    def _compute_can_answer(self):
        user = self.env.user
        manager = user.has_group("sales_team.group_sale_manager")
        for request in self:
            request.can_answer = request.state == "requested" and (
                manager or user in (request.owner_id, request.manager_id)
            )
            request.is_mine = request.requester_id == user

    # === REQUEST === #

    @api.model
    def _pending_customers(self, customers):
        """Ids of the customers that the user has requested and waits for."""
        if not customers:
            return set()
        found = self.sudo()._read_group(
            [
                ("partner_id", "in", customers.ids),
                ("requester_id", "=", self.env.uid),
                ("state", "=", "requested"),
            ],
            ["partner_id"],
        )
        return {partner.id for (partner,) in found}

    @api.model
    def _request(self, partner, reason):
        """The user asks for a customer; owner and manager get an activity. A second request returns the first."""
        customer = partner.commercial_partner_id
        customer.check_access("read")
        owner = customer.sudo().user_id
        if not owner or owner == self.env.user:
            raise UserError(
                self.env._("%(customer)s is owned by nobody else: take it over.", customer=customer.display_name)
            )
        open_request = self.sudo().search(
            [
                ("partner_id", "=", customer.id),
                ("requester_id", "=", self.env.uid),
                ("state", "=", "requested"),
            ]
        )
        if open_request:
            return open_request.with_env(self.env)
        manager = customer._crm_collision_manager()
        request = self.sudo().create(
            {
                "partner_id": customer.id,
                "requester_id": self.env.uid,
                "owner_id": owner.id,
                "manager_id": manager.id,
                "reason": reason,
            }
        )
        request._notify_deciders()
        return request.with_env(self.env)

    def _notify_deciders(self):
        """An activity for the owner and for the manager; without an active one for each sales manager."""
        self.ensure_one()
        deciders = (self.owner_id | self.manager_id).filtered("active") - self.requester_id
        if not deciders - self.owner_id:
            managers = self.env.ref("sales_team.group_sale_manager").all_user_ids
            deciders |= managers.filtered(
                lambda user: not user.share and self.company_id in user.company_ids and user != self.requester_id
            )
        summary = self.env._("Hand-over of %(customer)s requested", customer=self.partner_id.display_name)
        for user in deciders:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=plaintext2html(self.reason or ""),
                user_id=user.id,
            )
        self.partner_id._message_log(
            body=self.env._(
                "%(requester)s requests this customer from %(owner)s.",
                requester=self.requester_id.name,
                owner=self.owner_id.name,
            )
        )

    # === ANSWER === #

    def action_accept(self):
        for request in self:
            request._check_can_answer()
            request.sudo()._accept(self.env.user)
        return True

    def action_decline(self):
        for request in self:
            request._check_can_answer()
            request.sudo()._close("declined", self.env.user)
        return True

    def action_withdraw(self):
        for request in self:
            if request.requester_id != self.env.user or request.state != "requested":
                raise UserError(self.env._("Only your own open requests can be withdrawn."))
            request.sudo()._close("withdrawn", self.env.user)
        return True

    def _check_can_answer(self):
        self.check_access("read")
        if self.state != "requested":
            raise UserError(self.env._("This request has been answered already."))
        if not self.can_answer:
            raise UserError(self.env._("The owner, the manager of the team or a sales manager answers this request."))

    def _accept(self, user):
        """Hand the customer over, unless it has gone elsewhere meanwhile. Returns whether it was handed over."""
        self.ensure_one()
        self._lock()
        customer = self.partner_id
        if customer.user_id != self.owner_id:
            self._close("overtaken", user)
            return False
        move = self.env["crm.reassignment"]._reassign(
            self.owner_id,
            {customer.id: self.requester_id},
            parts=("partner", "lead", "order", "activity") if self.move_documents else ("partner",),
            reason="handover",
            customers=customer,
        )
        self.reassignment_id = move
        self._close("accepted", user)
        others = self.search([("partner_id", "=", customer.id), ("state", "=", "requested")])
        for other in others:
            other._close("overtaken", user)
        return True

    def _lock(self):
        """One decision about a customer at a time; a stale snapshot is refused by PostgreSQL and tried again."""
        try:
            self.partner_id.lock_for_update(allow_referencing=True)
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "%(customer)s is being handed over right now. Try again.", customer=self.partner_id.display_name
                )
            ) from error
        self.invalidate_recordset()
        self.partner_id.invalidate_recordset(["user_id"])
        if self.state != "requested":
            raise UserError(self.env._("This request has been answered already."))

    def _close(self, state, user):
        self.ensure_one()
        self.write({"state": state, "answered_by_id": user.id, "answered_date": fields.Datetime.now()})
        self.activity_feedback(["mail.mail_activity_data_todo"])
        label = dict(self._fields["state"]._description_selection(self.env))[state]
        body = self.env._("Hand-over of %(customer)s: %(state)s", customer=self.partner_id.display_name, state=label)
        if self.answer:
            body = f"{body}. {self.answer}"
        if state != "withdrawn":
            self.message_post(
                partner_ids=self.requester_id.partner_id.ids, body=body, author_id=user.partner_id.id, force_send=False
            )
        self.partner_id._message_log(body=body, author_id=user.partner_id.id)
