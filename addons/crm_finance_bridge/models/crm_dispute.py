from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL

STATES = [
    ("open", "Open"),
    ("won", "Won"),
    ("lost", "Lost"),
    ("credited", "Credited"),
    ("cancelled", "Cancelled"),
]
ORIGINS = [
    ("invoice", "Invoice"),
    ("short_payment", "Short payment"),
    ("return", "Return"),
    ("ticket", "Ticket"),
    ("portal", "Customer portal"),
]
# Written by the steps alone (crm_dispute_flow.py), never by hand; ticket and return by their own steps: on their word
# a dispute is confirmed (crm_dispute_confirm.py).
GUARDED = frozenset(
    {"amounts_set", "state", "name", "date_open", "date_closed", "deadline", "breach_date", "is_waiting", "refund_id"}
    | {"to_confirm", "confirmed_by_id", "date_confirmed", "ticket_id", "return_id"}
)


class CrmDispute(models.Model):
    """A customer does not agree with an invoice: who works on it, why, for how much, until when, how it ended.

    Amounts: company currency, positive; the part of the receivables that is not overdue but disputed. Moments: UTC,
    working time by the company's calendar. Won: the invoice was right. Lost: it was not, and is written off or left.
    """

    _name = "crm.dispute"
    _description = "Dispute"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.own.default.mixin"]
    _order = "date_open desc, id desc"
    _check_company_auto = True
    _crm_own_defaults = GUARDED

    name = fields.Char("Number", readonly=True, copy=False, default="")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="restrict", help="The commercial entity."
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Owner", tracking=True, index="btree_not_null")
    logged_by_id = fields.Many2one("res.users", default=lambda self: self.env.user, readonly=True)
    salesperson_id = fields.Many2one("res.users", related="partner_id.user_id", store=True, precompute=True)
    cause_id = fields.Many2one(
        "crm.dispute.cause", "Root Cause", required=True, index=True, ondelete="restrict", tracking=True
    )
    origin = fields.Selection(ORIGINS, "Raised From", required=True, default="invoice")
    ticket_id = fields.Many2one("crm.ticket", index="btree_not_null", ondelete="set null")
    return_id = fields.Many2one("crm.return", index="btree_not_null", ondelete="set null")
    payment_id = fields.Many2one("account.payment", "Short Payment", index="btree_not_null", ondelete="set null")
    description = fields.Text("What the Customer Says")
    outcome_note = fields.Text("How It Ended", tracking=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="open", index=True, tracking=True)
    line_ids = fields.One2many("crm.dispute.line", "dispute_id", "Invoices")
    amounts_set = fields.Boolean(readonly=True, copy=False, help="Set by a person: the ticket no longer changes them.")
    amount = fields.Monetary("Disputed", compute="_compute_amount", store=True, help="Company currency.")
    credit_amount = fields.Monetary("To Credit", help="How much of it is to be credited; all of it where empty.")
    refund_id = fields.Many2one("account.move", "Credit Note", readonly=True, copy=False, index="btree_not_null")
    date_open = fields.Datetime("Opened", required=True, readonly=True, default=fields.Datetime.now)
    date_closed = fields.Datetime("Closed", readonly=True, copy=False)
    deadline = fields.Datetime(readonly=True, help="Empty while the customer is waited for, or without time limit.")
    breach_date = fields.Datetime("Late Since", readonly=True, help="The deadline that passed; it is never removed.")
    is_waiting = fields.Boolean("Waits for the Customer", readonly=True, tracking=True)
    cycle_days = fields.Float(
        "Days to Settle", compute="_compute_cycle_days", store=True, aggregator="avg", digits=(16, 1),
        help="Calendar days from opening to closing.",
    )  # fmt: skip
    event_ids = fields.One2many("crm.dispute.event", "dispute_id", "Clock", readonly=True)

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for dispute in self:
            dispute.amount = sum(dispute.line_ids.mapped("amount"))

    @api.depends("date_open", "date_closed")
    def _compute_cycle_days(self):
        for dispute in self:
            closed = dispute.date_closed
            dispute.cycle_days = (closed - dispute.date_open).total_seconds() / 86400 if closed else 0.0

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for dispute in self:
            dispute.display_name = " ".join(filter(None, (dispute.name, dispute.sudo().partner_id.name)))

    @api.constrains("cause_id", "company_id")
    def _check_cause(self):
        for dispute in self:
            if dispute.cause_id.company_id and dispute.cause_id.company_id != dispute.company_id:
                raise ValidationError(self.env._("This root cause belongs to another company."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su:
                for name in GUARDED:
                    vals.pop(name, None)
            company = self.env["res.company"].browse(vals.get("company_id") or self.env.company.id)
            partner = self.env["res.partner"].browse(vals.get("partner_id")).sudo()
            vals["partner_id"] = partner.commercial_partner_id.id
            vals["name"] = self.env["ir.sequence"].sudo().with_company(company).next_by_code("crm.dispute") or ""
            cause = self.env["crm.dispute.cause"].browse(vals.get("cause_id"))
            if not vals.get("user_id"):
                vals["user_id"] = self._owner_for(company, partner, cause, self.env.user).id
            vals.update(self._confirmation_values(vals))
        disputes = super().create(vals_list)
        for dispute in disputes.sudo():
            if not dispute.line_ids:
                raise ValidationError(self.env._("Choose the invoice that the customer disputes."))
        disputes._open_clock()
        disputes._ask_confirmation()
        for dispute in disputes.filtered(lambda dispute: dispute.origin not in ("portal", "ticket", "return")):
            self.env["crm.collection.call"]._log(
                dispute.partner_id, dispute.company_id, "dispute", dispute_id=dispute.id
            )
        disputes._refresh_worklist()
        return disputes

    def _refresh_worklist(self):
        """What is disputed is not asked for."""
        for company, disputes in self.sudo().grouped("company_id").items():
            self.env["crm.collection.task"].sudo()._refresh(company, disputes.partner_id)

    def write(self, vals):
        if not self.env.su and GUARDED & vals.keys():
            raise UserError(self.env._("Use the buttons: a dispute moves step by step."))
        result = super().write(vals)
        if "cause_id" in vals:
            self._record("policy")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Disputes are kept as history. Cancel this one instead."))

    @api.model
    def _line_commands(self, items):
        """Commands that dispute all that is open of journal items."""
        return [
            Command.create({"move_line_id": item.id, "amount": item.amount_residual})
            for item in items.sudo()
            if item.account_id.account_type == "asset_receivable"
            and item.company_currency_id.compare_amounts(item.amount_residual, 0) > 0
        ]

    # === API === #

    @api.model
    def _disputed_query(self, company_ids, as_of, confirmed=False) -> SQL:
        """What was disputed and open at a date: (line_id, amount), one row per journal item.

        `amount`: company currency, +, never more than was open of the item at that date. A dispute counts from the
        day it was opened until the day it was closed (days of the company); with `confirmed` only if it needs no
        confirmation today. Reads only; no rights are checked: filter what you join it to.
        """
        for name in ("crm.dispute", "crm.dispute.line", "account.partial.reconcile"):
            self.env[name].flush_model()
        self.env["account.move.line"].flush_model(["amount_residual"])
        return SQL(
            """
            SELECT line_id, LEAST(disputed, residual + later) AS amount
              FROM (
                SELECT line.move_line_id AS line_id, SUM(line.amount) AS disputed, item.amount_residual AS residual,
                       COALESCE((SELECT SUM(partial.amount) FROM account_partial_reconcile partial
                                  WHERE partial.debit_move_id = line.move_line_id AND partial.max_date > %(as_of)s), 0)
                       AS later
                  FROM crm_dispute_line line
                  JOIN crm_dispute dispute ON dispute.id = line.dispute_id
                  JOIN res_company company ON company.id = line.company_id
                  JOIN res_partner home ON home.id = company.partner_id
                  JOIN account_move_line item ON item.id = line.move_line_id
                 WHERE line.company_id = ANY(%(companies)s)
                   AND item.parent_state = 'posted' AND %(counts)s
                   AND %(opened)s <= %(as_of)s
                   AND (dispute.date_closed IS NULL AND dispute.state = 'open' OR %(closed)s > %(as_of)s)
              GROUP BY line.move_line_id, item.amount_residual
              ) disputed
             WHERE LEAST(disputed, residual + later) > 0
            """,
            as_of=fields.Date.to_date(as_of),
            companies=list(company_ids),
            counts=SQL("dispute.to_confirm IS NOT TRUE") if confirmed else SQL("TRUE"),
            opened=self._sql_day("date_open"),
            closed=self._sql_day("date_closed"),
        )

    @api.model
    def _sql_day(self, name):
        """A moment of `dispute` as the day of its company, whose contact is `home`."""
        return SQL(
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(home.tz, %s))::date",
            SQL.identifier("dispute", name),
            self.env.context.get("tz") or "UTC",
        )
