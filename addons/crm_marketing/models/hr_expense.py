from odoo import api, fields, models
from odoo.exceptions import UserError

from .account_move_line import SYNC_CONTEXT_KEY


class HrExpense(models.Model):
    """An expense may be spent on a campaign. It counts as campaign cost once it is posted, never before.

    The employee enters the campaign while the expense is a draft, the approver may change it
    until posting, an accountant also afterwards; expense and journal item then change together.
    """

    _inherit = "hr.expense"

    campaign_id = fields.Many2one(
        "utm.campaign",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        domain="[('company_id', 'in', [False, company_id])]",
        help="The campaign that this expense was made for. It counts as campaign cost once posted.",
    )
    can_edit_campaign = fields.Boolean(compute="_compute_can_edit_campaign")

    @api.depends("is_editable")
    @api.depends_context("uid")
    def _compute_can_edit_campaign(self):
        accountant = self.env.su or self.env.user.has_group("account.group_account_invoice")
        for expense in self:
            expense.can_edit_campaign = accountant or expense.is_editable

    def write(self, vals):
        if "campaign_id" not in vals or self.env.context.get(SYNC_CONTEXT_KEY):
            return super().write(vals)
        changed = self.filtered(lambda expense: expense.campaign_id.id != vals["campaign_id"])
        if not all(changed.mapped("can_edit_campaign")):
            raise UserError(self.env._("This expense is no longer yours to change: ask its approver or an accountant."))
        result = super().write(vals)
        changed._sync_campaign_to_entry()
        return result

    def _sync_campaign_to_entry(self):
        """Charge the journal items of expenses with an entry to the expense's campaign.

        sudo: the approver has no right to journal items; only this field of the expense's own lines is written.
        """
        for expense in self.filtered("account_move_id"):
            lines_sudo = expense.sudo().account_move_id.line_ids.filtered(
                lambda line, expense=expense: line.expense_id == expense and line.account_id.internal_group == "expense"
            )
            lines_sudo.with_context(**{SYNC_CONTEXT_KEY: True}).write({"campaign_id": expense.campaign_id.id})

    def _prepare_move_lines_vals(self):
        """Paid by the employee: one line of a receipt."""
        return {**super()._prepare_move_lines_vals(), "campaign_id": self.campaign_id.id}

    def _prepare_payments_vals(self):
        """Paid by the company: the base line of the payment's entry (tax lines got theirs from the tax key)."""
        move_vals, payment_vals = super()._prepare_payments_vals()
        for _command, _id, line in move_vals["line_ids"]:
            if line.get("expense_id") == self.id and not line.get("tax_repartition_line_id"):
                line["campaign_id"] = self.campaign_id.id
        return move_vals, payment_vals
