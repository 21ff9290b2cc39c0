from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CrmCommissionStatement(models.Model):
    """The payout of an approved statement: its entry, whether that still counts, and the way back."""

    _inherit = "crm.commission.statement"

    withdrawn_move_ids = fields.Many2many(
        "account.move",
        "crm_commission_withdrawn_rel",
        "statement_id",
        "move_id",
        "Withdrawn Payout Entries",
        readonly=True,
        copy=False,
        help="Technical: with what reverses them no expense of their own, as the payout entry.",
    )
    is_paid = fields.Boolean("Paid", compute="_compute_payout", compute_sudo=True)
    can_withdraw = fields.Boolean("Can Be Withdrawn", compute="_compute_payout", compute_sudo=True)

    @api.depends("state", "move_id.line_ids.reconciled", "move_id.state", "move_id.reversal_move_ids.state")
    def _compute_payout(self):
        """A reversal settles what was owed too, but nobody was paid."""
        for statement in self:
            move = statement.move_id
            reversed_ = statement._is_reversed(move)
            lines = move.line_ids.filtered(lambda line: line.account_type == "liability_payable")
            settled = bool(lines) and all(line.reconciled for line in lines)
            statement.is_paid = settled and move.state == "posted" and not reversed_
            gone = not move or move.state == "cancel" or reversed_
            statement.can_withdraw = statement.state == "approved" or (statement.state == "posted" and gone)

    def _is_reversed(self, move):
        """Whether a posted entry takes the move back, and no other takes that one back again."""
        return any(
            reversal.state == "posted" and not self._is_reversed(reversal) for reversal in move.reversal_move_ids
        )

    # === STEPS === #

    def action_withdraw(self):
        """Take an approval back while nothing is booked; or a booking whose entry is gone, cancelled or reversed."""
        self._check_manager()
        self._check_state("approved", "posted")
        for statement in self.filtered(lambda statement: not statement.can_withdraw):
            raise UserError(
                self.env._("%(name)s is booked: cancel or reverse its payout entry first.", name=statement.name)
            )
        booked = self.filtered(lambda statement: statement.state == "posted")
        for statement in booked.filtered("move_id"):
            statement.message_post(
                body=self.env._(
                    "The payout entry %(entry)s does not count any more: the commission can be booked again.",
                    entry=statement.move_id.display_name,
                )
            )
            statement.sudo().withdrawn_move_ids = [Command.link(statement.move_id.id)]
        booked.sudo().write({"state": "approved", "move_id": False})
        (self - booked).sudo().write({"state": "sent", "approved_by_id": False, "approved_on": False})

    def action_post(self):
        """Book what is approved: commission expense against what the company owes the person."""
        self._check_manager()
        self._check_state("approved")
        for statement in self:
            if statement.currency_id.is_zero(statement.amount_total):
                statement.sudo().write({"state": "posted"})
                continue
            move = self.env["account.move"].with_company(statement.company_id).create(statement._payout_vals())
            move.action_post()
            statement.sudo().write({"state": "posted", "move_id": move.id})

    def _payout_vals(self):
        self.ensure_one()
        company = self.company_id
        journal, account = company.crm_commission_journal_id, company.crm_commission_account_id
        if not journal or not account:
            raise UserError(self.env._("Set the journal and the expense account of commission in the settings first."))
        partner = self.user_id.partner_id.with_company(company)
        owed = {"partner_id": partner.id, "name": self.name}
        return {
            "move_type": "entry",
            "journal_id": journal.id,
            "date": max(fields.Date.end_of(self.month, "month"), self.month),
            "ref": self.env._("Commission %(name)s", name=self.name),
            "line_ids": [
                Command.create({**owed, "account_id": account.id, "balance": self.amount_total}),
                Command.create(
                    {**owed, "account_id": partner.property_account_payable_id.id, "balance": -self.amount_total}
                ),
            ],
        }

    def action_open_move(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
        }
