from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html
from odoo.tools.misc import format_date

from .crm_commission_line import FINAL

MANAGER = "account.group_account_manager"
BY_HAND = {"answer", "line_ids", "manual_line_ids", "activity_ids", "message_ids", "message_follower_ids"}
"""What a person may write; the steps write the rest."""


class CrmCommissionStatement(models.Model):
    """The commission of one person in one month: computed, shown to the person, approved, booked.

    Amounts in company currency. While it is a draft every computation makes it anew; from the moment it was sent its
    lines stay, and what changes later is taken back or added in the next draft. Without a person it collects money
    whose documents name no salesperson: it stays a draft.
    """

    _name = "crm.commission.statement"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Commission Statement"
    _order = "month DESC, user_id"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Person", readonly=True, index=True, ondelete="restrict")
    month = fields.Date(required=True, readonly=True, help="First day of the month.")
    state = fields.Selection(
        [
            ("draft", "Provisional"),
            ("sent", "To Check"),
            ("objected", "Objection"),
            ("approved", "Approved"),
            ("posted", "Booked"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    line_ids = fields.One2many("crm.commission.line", "statement_id", "Lines")
    manual_line_ids = fields.One2many(
        "crm.commission.line", "statement_id", "Lines by Hand", domain=[("kind", "=", "manual")]
    )
    collected = fields.Monetary("Money", compute="_compute_amounts", store=True, help="Own part of the sources.")
    earned = fields.Monetary(compute="_compute_amounts", store=True)
    taken_back = fields.Monetary(compute="_compute_amounts", store=True)
    other = fields.Monetary("By Hand and Caps", compute="_compute_amounts", store=True)
    amount_total = fields.Monetary("Commission", compute="_compute_amounts", store=True, tracking=True)
    objection = fields.Text(readonly=True, copy=False)
    answer = fields.Text(copy=False, help="To the objection; the person reads it.")
    accepted_on = fields.Datetime("Accepted on", readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", "Approved by", readonly=True, copy=False)
    approved_on = fields.Datetime("Approved on", readonly=True, copy=False)
    move_id = fields.Many2one("account.move", "Payout Entry", readonly=True, copy=False, index="btree_not_null")
    is_mine = fields.Boolean(compute="_compute_is_mine")

    _unique_month = models.UniqueIndex(
        "(company_id, COALESCE(user_id, 0), month)", "This person has a statement of this month already."
    )

    @api.depends("user_id", "month")
    @api.depends_context("lang")
    def _compute_name(self):
        for statement in self:
            person = statement.sudo().user_id.name or self.env._("No salesperson")
            month = format_date(self.env, statement.month, date_format="LLLL y") if statement.month else ""
            statement.name = f"{person}, {month}"

    @api.depends("user_id", "month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for statement in self:
            statement.display_name = statement.name

    @api.depends("line_ids.amount", "line_ids.source_amount", "line_ids.kind")
    def _compute_amounts(self):
        totals = {}
        groups = self.env["crm.commission.line"]._read_group(
            [("statement_id", "in", self.ids)],
            ["statement_id", "kind", "is_override"],
            ["amount:sum", "source_amount:sum"],
        )
        for statement, kind, override, amount, source in groups:
            row = totals.setdefault(statement.id, dict.fromkeys(("collected", "earned", "clawback", "other"), 0.0))
            row[kind if kind in row else "other"] += amount
            row["collected"] += 0.0 if override else source
        for statement in self:
            row = totals.get(statement.id, {})
            statement.collected = row.get("collected", 0.0)
            statement.earned = row.get("earned", 0.0)
            statement.taken_back = row.get("clawback", 0.0)
            statement.other = row.get("other", 0.0)
            statement.amount_total = statement.earned + statement.taken_back + statement.other

    @api.depends_context("uid")
    def _compute_is_mine(self):
        for statement in self:
            statement.is_mine = statement.user_id == self.env.user

    # === STEPS === #

    def write(self, vals):
        if not self.env.su and set(vals) - BY_HAND:
            raise UserError(self.env._("A statement goes on by its buttons."))
        return super().write(vals)

    def _check_manager(self):
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only accounting administrators decide on commission."))

    def _check_state(self, *states):
        for statement in self:
            if statement.state not in states:
                raise UserError(self.env._("%(name)s: this is not possible any more.", name=statement.name))
            if not statement.user_id:
                raise UserError(self.env._("Set the salesperson on these documents, then compute again."))

    def _check_over(self):
        """A statement that is closed early would leave the rest of its month to the next one."""
        today = {company: company._crm_credit_today().replace(day=1) for company in self.company_id}
        if any(statement.month >= today[statement.company_id] for statement in self):
            raise UserError(self.env._("The month is not over: its commission is still provisional."))

    def action_send(self):
        """Show the person the statement to check, and stop computing it."""
        self._check_manager()
        self._check_state("draft", "objected")
        self._check_over()
        self.sudo().write({"state": "sent"})
        for statement in self:
            statement.message_post(
                body=self.env._("Please check your commission, and object here if something is wrong."),
                partner_ids=statement.user_id.partner_id.ids,
            )

    def action_recompute(self):
        """Back to provisional: the next computation makes the statement anew."""
        self._check_manager()
        self._check_state("sent", "objected")
        self.sudo().write({"state": "draft", "accepted_on": False})
        for company in self.company_id:
            mine = self.filtered(lambda statement, company=company: statement.company_id == company)
            self.env["crm.commission.run"]._run(company, max(mine.mapped("month")))

    def action_approve(self):
        """Release for payout; nobody approves the own commission."""
        self._check_manager()
        self._check_state("draft", "sent", "objected")
        if self.user_id & self.env.user:
            raise UserError(self.env._("Nobody approves their own commission."))
        self._check_over()
        self.sudo().write({"state": "approved", "approved_by_id": self.env.uid, "approved_on": fields.Datetime.now()})

    def _check_own(self):
        if any(statement.user_id != self.env.user for statement in self):
            raise AccessError(self.env._("Only the person of the statement can do this."))

    def action_accept(self):
        self._check_own()
        self._check_state("sent")
        self.sudo().write({"accepted_on": fields.Datetime.now()})

    def action_open_objection(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Object"),
            "res_model": "crm.commission.objection",
            "view_mode": "form",
            "target": "new",
            "context": {"default_statement_id": self.id},
        }

    def _object(self, reason):
        """The person's objection: logged, and a task for the accounting administrators."""
        self.ensure_one()
        self._check_own()
        self._check_state("sent")
        statement = self.sudo()
        statement.write({"state": "objected", "objection": reason, "accepted_on": False})
        deciders = self.company_id._crm_credit_releasers() - self.env.user
        for user in deciders[:1]:
            statement.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("Objection to a commission"),
                note=plaintext2html(reason),
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_draft(self):
        if self.filtered(lambda statement: statement.state in FINAL):
            raise UserError(self.env._("A statement that was sent stays."))
