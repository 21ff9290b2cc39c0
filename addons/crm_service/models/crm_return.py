from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools import after_sales

STATES = [
    ("draft", "Proposed"),
    ("approval", "To Approve"),
    ("approved", "Goods Expected"),
    ("received", "To Inspect"),
    ("inspected", "To Settle"),
    ("done", "Done"),
    ("refused", "Refused"),
    ("cancel", "Cancelled"),
]
OUTCOMES = [("refund", "Credit note"), ("exchange", "Replacement"), ("repair", "Repair"), ("none", "Nothing")]
STEP_DATES = ("date_submitted", "date_approved", "date_received", "date_inspected", "date_done")
# Written by the steps alone (crm_return_flow.py), never by hand.
GUARDED = frozenset({"state", "name", "approver_id", "receipt_id", "outcome", "replacement_ids", *STEP_DATES})
# What was decided on at submitting.
DECIDED = frozenset({"ticket_id", "picking_id", "reason_id"})


class CrmReturn(models.Model):
    """Goods that come back for a ticket: proposed by an agent, approved, received by the warehouse, inspected, settled.

    Stock moves, scrap, repairs, credit notes and replacements are Odoo's own records; this one leads from step to
    step and keeps the day of each. `amount`: tax included, in the order's currency; `amount_company`: in the
    company's currency at the rate of the day of proposing. Dates are UTC.
    """

    _name = "crm.return"
    _description = "Customer Return"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.own.default.mixin"]
    _order = "id desc"
    _rec_names_search = ["name", "ticket_id.number"]
    _check_company_auto = True
    _crm_own_defaults = GUARDED

    name = fields.Char("Number", readonly=True, copy=False, default="")
    ticket_id = fields.Many2one("crm.ticket", required=True, index=True, check_company=True, ondelete="restrict")
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, precompute=True, index=True)
    team_id = fields.Many2one(related="ticket_id.team_id", store=True, precompute=True)
    partner_id = fields.Many2one(
        related="ticket_id.commercial_partner_id", store=True, precompute=True, index=True, string="Customer"
    )
    user_id = fields.Many2one(
        "res.users", "Proposed By", default=lambda self: self.env.user, readonly=True, index="btree_not_null"
    )
    picking_id = fields.Many2one(
        "stock.picking",
        "Delivery",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
        domain="[('picking_type_code', '=', 'outgoing'), ('state', '=', 'done'), ('company_id', '=', company_id),"
        " ('partner_id', 'child_of', partner_id or [])]",
    )
    reason_id = fields.Many2one("crm.return.reason", required=True, index=True, tracking=True, ondelete="restrict")
    wanted = fields.Selection(OUTCOMES, "Customer Wants", required=True, default="refund", tracking=True)
    outcome = fields.Selection(OUTCOMES, "Settled By", readonly=True, copy=False, tracking=True)
    note = fields.Text("What Is Wrong")
    state = fields.Selection(
        STATES, default="draft", required=True, readonly=True, index=True, tracking=True, group_expand=True
    )
    line_ids = fields.One2many("crm.return.line", "return_id", "Goods")
    approver_id = fields.Many2one("res.users", "Approved By", readonly=True, copy=False)
    receipt_id = fields.Many2one("stock.picking", readonly=True, copy=False, index="btree_not_null")
    replacement_ids = fields.Many2many(
        "stock.picking", "crm_return_replacement_rel", string="Replacements", readonly=True, copy=False
    )
    refund_ids = fields.One2many("account.move", "crm_return_id", "Credit Notes", readonly=True)
    refund_count = fields.Integer(compute="_compute_counts")
    scrap_count = fields.Integer(compute="_compute_counts")
    repair_count = fields.Integer(compute="_compute_counts")
    replacement_count = fields.Integer(compute="_compute_counts")
    currency_id = fields.Many2one(related="ticket_id.currency_id", store=True, precompute=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    amount = fields.Monetary(compute="_compute_amount", store=True, help="Tax included, in the order's currency.")
    amount_company = fields.Monetary(
        "Amount in Company Currency", compute="_compute_amount", store=True, currency_field="company_currency_id"
    )
    may_approve = fields.Boolean(compute="_compute_may_approve")
    date_submitted = fields.Datetime("Asked For", readonly=True, copy=False)
    date_approved = fields.Datetime("Approved", readonly=True, copy=False)
    date_received = fields.Datetime("Received", readonly=True, copy=False)
    date_inspected = fields.Datetime("Inspected", readonly=True, copy=False)
    date_done = fields.Datetime("Settled", readonly=True, copy=False)
    steps_text = fields.Char("Days per Step", compute="_compute_steps_text")

    @api.depends("line_ids.amount", "currency_id", "company_id")
    def _compute_amount(self):
        for record in self:
            amount = sum(record.line_ids.mapped("amount"))
            day = fields.Date.to_date(record.create_date) or fields.Date.context_today(record)
            company = record.company_id
            record.amount = amount
            record.amount_company = (
                record.currency_id._convert(amount, company.currency_id, company, day)
                if record.currency_id and company
                else amount
            )

    @api.depends("line_ids.scrap_id", "line_ids.repair_id", "refund_ids", "replacement_ids")
    def _compute_counts(self):
        for record in self.sudo():
            record.refund_count = len(record.refund_ids)
            record.scrap_count = len(record.line_ids.scrap_id)
            record.repair_count = len(record.line_ids.repair_id)
            record.replacement_count = len(record.replacement_ids)

    @api.depends("amount_company", "team_id", "state")
    @api.depends_context("uid")
    def _compute_may_approve(self):
        for record in self:
            record.may_approve = record.state == "approval" and record._is_approver()

    @api.depends(*STEP_DATES)
    def _compute_steps_text(self):
        """'approved 0.5 days, received 3.0 days': how long each step took that is done."""
        names = (
            self.env._("approved"),
            self.env._("received"),
            self.env._("inspected"),
            self.env._("settled"),
        )
        for record in self:
            days = after_sales.step_days([record[name] or None for name in STEP_DATES])[1:]
            parts = [
                self.env._("%(step)s after %(days).1f days", step=name, days=number)
                for name, number in zip(names, days, strict=True)
                if number is not None
            ]
            record.steps_text = ", ".join(parts)

    @api.constrains("picking_id", "ticket_id")
    def _check_picking(self):
        for record in self:
            delivery = record.picking_id.sudo()
            if delivery.state != "done" or record.partner_id not in record.ticket_id._parties(delivery):
                raise ValidationError(
                    self.env._(
                        "%(delivery)s is no finished delivery to %(customer)s.",
                        delivery=delivery.name,
                        customer=record.partner_id.display_name,
                    )
                )

    @api.onchange("ticket_id")
    def _onchange_ticket_id(self):
        """Another ticket: its delivery and the goods that may still come back."""
        if self.ticket_id and not self.line_ids:
            self.picking_id = self.ticket_id.picking_id
            self.line_ids = [Command.create(values) for values in self.ticket_id._return_lines()]

    # === RIGHTS === #

    def _is_approver(self):
        """A service manager approves any amount, the leader of the team up to the leader's limit."""
        self.ensure_one()
        user, team = self.env.user, self.team_id.sudo()
        if user.has_group("crm_service.group_service_manager"):
            return True
        limit = team.return_leader_limit
        return bool(
            team and team.user_id == user and self.company_currency_id.compare_amounts(self.amount_company, limit) <= 0
        )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su and GUARDED & vals.keys():
                raise AccessError(self.env._("The steps of a return are done with its buttons."))
        records = super().create(vals_list)
        sequence = self.env["ir.sequence"].sudo()
        for record in records.sudo():
            record.name = sequence.with_company(record.company_id).next_by_code("crm.return") or str(record.id)
        return records

    def write(self, vals):
        if not self.env.su:
            if GUARDED & vals.keys():
                raise AccessError(self.env._("The steps of a return are done with its buttons."))
            if DECIDED & vals.keys() and any(record.state != "draft" for record in self):
                raise UserError(self.env._("This return was asked for already: cancel it and propose another one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        if any(record.state not in ("draft", "cancel", "refused") for record in self):
            raise UserError(self.env._("A return that was asked for is cancelled, not deleted."))
