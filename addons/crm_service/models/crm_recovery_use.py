from odoo import api, fields, models
from odoo.addons.crm_custom.models.crm_scorecard import CLASSES
from odoo.exceptions import AccessError, UserError

GUARDED = frozenset({"state", "customer_class", "limit_amount", "approver_id", "date", "amount_company"})


class CrmRecoveryUse(models.Model):
    """What a customer was given for a failure: the option, its cost, who gave and who approved it.

    `amount` in the ticket's currency; `amount_company` in the company's, at the rate of the day it was entered. Class
    and limit are kept as they were that day.
    """

    _name = "crm.recovery.use"
    _inherit = ["crm.own.default.mixin"]
    _description = "Recovery"
    _order = "id desc"
    _rec_name = "option_id"
    _crm_own_defaults = GUARDED

    ticket_id = fields.Many2one("crm.ticket", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, precompute=True, index=True)
    partner_id = fields.Many2one(
        related="ticket_id.commercial_partner_id", store=True, precompute=True, string="Customer", index=True
    )
    option_id = fields.Many2one("crm.recovery.option", "Offer", required=True, index=True, ondelete="restrict")
    kind = fields.Selection(related="option_id.kind", store=True, precompute=True)
    currency_id = fields.Many2one(related="ticket_id.currency_id", store=True, precompute=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    amount = fields.Monetary("Cost", help="What it costs us; 0 for an apology.")
    amount_company = fields.Monetary(
        "Cost in Company Currency",
        currency_field="company_currency_id",
        compute="_compute_amount_company",
        store=True,
    )
    limit_amount = fields.Monetary("Limit", readonly=True)
    customer_class = fields.Selection(CLASSES, string="Class", readonly=True)
    note = fields.Char("What Exactly")
    state = fields.Selection(
        [("draft", "Draft"), ("approval", "To Approve"), ("given", "Given"), ("refused", "Refused")],
        default="draft",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", "By", default=lambda self: self.env.user, readonly=True, index=True)
    approver_id = fields.Many2one("res.users", "Approved By", readonly=True, index="btree_not_null")
    date = fields.Datetime("Given On", readonly=True)

    _check_amount = models.Constraint("CHECK (amount >= 0)", "A cost cannot be negative.")

    @api.depends("amount", "currency_id", "company_id")
    def _compute_amount_company(self):
        for use in self:
            day = fields.Date.to_date(use.create_date) or fields.Date.context_today(use)
            company = use.company_id
            use.amount_company = (
                use.currency_id._convert(use.amount, company.currency_id, company, day)
                if use.currency_id and company
                else use.amount
            )

    # === RIGHTS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(GUARDED & vals.keys() for vals in vals_list):
            raise AccessError(self.env._("What was given is recorded with the buttons."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if GUARDED & vals.keys():
                raise AccessError(self.env._("What was given is recorded with the buttons."))
            if {"option_id", "amount", "ticket_id"} & vals.keys():
                self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts(self):
        self._check_draft()

    def _check_draft(self):
        if any(use.state != "draft" for use in self):
            raise UserError(self.env._("What was given or asked for stays in the records."))

    # === ACTIONS === #

    def action_give(self):
        """Give it when the class allows it and the cost is within the limit; else ask a manager."""
        self.check_access("write")
        now = fields.Datetime.now()
        for use in self:
            if use.state != "draft":
                raise UserError(self.env._("This is given or asked for already."))
            ticket = use.ticket_id
            limit, customer_class = ticket._recovery_limit(use.option_id, now)
            within = not use.amount or (limit is not None and use.currency_id.compare_amounts(use.amount, limit) <= 0)
            use.sudo().write({"limit_amount": limit or 0, "customer_class": customer_class, "state": "approval"})
            if within:
                use._give(now)
            else:
                use._ask_manager()

    def _give(self, now):
        self.sudo().write({"state": "given", "date": now})
        text = self.env._("Given to the customer: %(offer)s", offer=self.option_id.name)
        if self.amount:
            text = self.env._(
                "Given to the customer: %(offer)s, %(amount)s",
                offer=self.option_id.name,
                amount=self.currency_id.format(self.amount),
            )
        self.ticket_id.sudo()._message_log(body=text, author_id=self.env.user.partner_id.id)

    def _ask_manager(self):
        manager = self.ticket_id.team_id.sudo().user_id or self.env.ref("base.user_admin", raise_if_not_found=False)
        if manager:
            self.ticket_id.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._(
                    "Approve %(offer)s of %(amount)s",
                    offer=self.option_id.name,
                    amount=self.currency_id.format(self.amount),
                ),
                user_id=manager.id,
            )

    def _check_manager(self):
        if not self.env.user.has_group("crm_service.group_service_manager"):
            raise AccessError(self.env._("Above the limit of the class a service manager decides."))
        if any(use.state != "approval" for use in self):
            raise UserError(self.env._("Nothing is to be approved here."))

    def action_approve(self):
        self._check_manager()
        for use in self:
            use.sudo().approver_id = self.env.user
            use._give(fields.Datetime.now())

    def action_refuse(self):
        self._check_manager()
        self.sudo().write({"state": "refused", "approver_id": self.env.uid})

    def action_open_ticket(self):
        return self.ticket_id.get_formview_action()
