from odoo import api, fields, models
from odoo.exceptions import AccessError

SYNC_CONTEXT_KEY = "crm_campaign_no_sync"


class AccountMoveLine(models.Model):
    """A journal item may be charged to a campaign; posted on an expense account it is campaign cost.

    A plain stored column without compute: the largest table of the database is never
    recomputed. The default of a new bill line is the bill's own campaign. Changing it later,
    also on a posted entry, touches no amount, no tax and no lock date, and is tracked on the
    entry's chatter by Odoo's own tracking of journal items.
    """

    _inherit = "account.move.line"

    campaign_id = fields.Many2one(
        "utm.campaign",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="The campaign that this line is spent on. It counts as campaign cost once posted on an expense account.",
    )

    @api.onchange("move_id")
    def _onchange_move_id_campaign(self):
        """A new line in the bill's form starts with the bill's campaign."""
        for line in self:
            if not line._origin and not line.campaign_id and line._takes_campaign_of(line.move_id):
                line.campaign_id = line.move_id.campaign_id

    @api.model
    def _takes_campaign_of(self, move):
        return bool(move.campaign_id) and move.is_purchase_document(include_receipts=True)

    @api.model_create_multi
    def create(self, vals_list):
        moves = self.env["account.move"]
        for vals in vals_list:
            if "campaign_id" in vals or not vals.get("move_id") or vals.get("display_type", "product") != "product":
                continue
            move = moves.browse(vals["move_id"])
            if self._takes_campaign_of(move):
                vals["campaign_id"] = move.campaign_id.id
        return super().create(vals_list)

    def write(self, vals):
        if "campaign_id" not in vals:
            return super().write(vals)
        self._check_campaign_access(vals)
        result = super().write(vals)
        if not self.env.context.get(SYNC_CONTEXT_KEY):
            self._sync_campaign_to_expense()
        return result

    def _check_campaign_access(self, vals):
        """On posted entries only accountants move a cost from one campaign to another."""
        if self.env.su or self.env.user.has_group("account.group_account_invoice"):
            return
        if any(line.parent_state == "posted" and line.campaign_id.id != vals["campaign_id"] for line in self):
            raise AccessError(self.env._("Only accountants change the campaign of a posted journal item."))

    def _sync_campaign_to_expense(self):
        """The expense shows the campaign that its journal item is charged to (the item is the truth)."""
        for line in self.sudo().filtered("expense_id"):
            expense = line.expense_id
            if (
                line.move_id == expense.account_move_id
                and not line.tax_repartition_line_id
                and line.account_id.internal_group == "expense"
                and expense.campaign_id != line.campaign_id
            ):
                expense.with_context(**{SYNC_CONTEXT_KEY: True}).campaign_id = line.campaign_id
