from collections import Counter

from odoo import fields, models
from odoo.exceptions import UserError


class CrmReceiptMatch(models.Model):
    """What a decision books: the bank line, what was kept back, the reconciliation; and taking it apart."""

    _inherit = "crm.receipt.match"

    def _reconcile(self):
        """Reconcile every receipt with its items, all in one plan; of an item never more than its part."""
        plan, parts = [], {}
        for match in self:
            receipt = match._book_bank() if match.statement_line_id else match.move_line_id
            items = match.line_ids.move_line_id
            if (receipt | items).account_id != receipt.account_id:
                raise UserError(
                    self.env._(
                        "%(receipt)s and its invoices are on different accounts: %(accounts)s.",
                        receipt=match.name or "",
                        accounts=", ".join((receipt | items).account_id.mapped("display_name")),
                    )
                )
            lines = receipt | items | match._book_kept(receipt.account_id)
            plan.append((match, lines))
            parts[frozenset(lines.ids)] = match._parts_below()
        if plan:
            Line = self.env["account.move.line"].with_context(crm_match_parts=parts)
            Line._reconcile_plan([lines for _match, lines in plan])
        for match, lines in plan:
            partials = (lines.matched_debit_ids | lines.matched_credit_ids).filtered(
                lambda partial, lines=lines: partial.debit_move_id in lines and partial.credit_move_id in lines
            )
            if not partials:
                raise UserError(
                    self.env._("Nothing is left to settle with %(receipt)s: reload the list.", receipt=match.name or "")
                )
            match._check_taken(partials)
            match._keep_partials(partials)

    def _check_taken(self, partials):
        """Every invoice got its part; less only by a discount or fee for which there is no account."""
        taken = Counter()
        for partial in partials:
            taken[partial.debit_move_id] += partial.debit_amount_currency
        invoices = self.line_ids.filtered(lambda line: line.amount > 0)
        missing = sum(max(line.amount - taken[line.move_line_id], 0.0) for line in invoices)
        kept = 0.0 if self.sudo().kept_move_id else self.kept
        if self.currency_id.compare_amounts(missing, kept) > 0:
            raise UserError(self._changed_text())

    def _parts_below(self):
        """{open item id: amount}: the items of which less is settled than is open."""
        return {
            line.move_line_id.id: abs(line.amount)
            for line in self.line_ids
            if self.currency_id.compare_amounts(abs(line.amount), abs(line.move_line_id.amount_residual_currency)) < 0
        }

    def _keep_partials(self, partials):
        """Note what was reconciled, and how often with each item: fewer later on = somebody took it apart."""
        self_sudo = self.sudo()
        touching = Counter(end for partial in partials for end in (partial.debit_move_id.id, partial.credit_move_id.id))
        self_sudo.write({"partial_ids": [fields.Command.set(partials.ids)], "partial_count": len(partials)})
        for line in self_sudo.line_ids:
            line.partial_count = touching[line.move_line_id.id]

    def _book_bank(self):
        """Move the bank line from the suspense account to the account of its items: the open credit.

        Accountants read bank lines but do not write them: sudo, for this one line.
        """
        bank = self.statement_line_id.sudo()
        account = self.line_ids.move_line_id.account_id
        if len(account) > 1:
            raise UserError(
                self.env._("The invoices of %(receipt)s are on different accounts.", receipt=self.name or "")
            )
        if bank.partner_id != self.partner_id:
            bank.partner_id = self.partner_id
        _liquidity, suspense, _other = bank._seek_for_lines()
        if len(suspense) != 1:
            raise UserError(self.env._("%(receipt)s is booked already.", receipt=self.name or ""))
        suspense.with_context(skip_is_manually_modified=True).write({"account_id": account.id})
        line = self.env["account.move.line"].browse(suspense.id)
        self.sudo().move_line_id = line
        return line

    # === DISCOUNT AND FEE === #

    def _book_kept(self, account):
        """The credit for what was kept back, on the receivable account; nothing where no account is set."""
        none = self.env["account.move.line"]
        if self.currency_id.is_zero(self.kept):
            return none
        discount = self.rule in ("reference_discount", "amount_discount")
        lines = self._discount_values() if discount else self._fee_values()
        if not lines:
            return none
        total = sum(line["amount_currency"] for line in lines)
        balance = sum(line["balance"] for line in lines)
        credit = {
            "name": self.env._("Kept back: %(receipt)s", receipt=self.name or ""),
            "account_id": account.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "amount_currency": -total,
            "balance": -balance,
        }
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": self._book_date(),
                "journal_id": self._book_journal().id,
                "company_id": self.company_id.id,
                "ref": credit["name"],
                "line_ids": [fields.Command.create(values) for values in (*lines, credit)],
            }
        )
        move.action_post()
        self.sudo().kept_move_id = move
        return move.line_ids.filtered(lambda line: line.account_id == account)[:1]

    def _book_journal(self):
        journal = self.env["account.journal"].search(
            [*self.env["account.journal"]._check_company_domain(self.company_id), ("type", "=", "general")], limit=1
        )
        if not journal:
            raise UserError(self.env._("A journal of type Miscellaneous is needed to book a discount or fee."))
        return journal

    def _book_date(self):
        """The day of the receipt, or today where the books of that day are closed."""
        closed = self.company_id._get_violated_lock_dates(self.date, False, self._book_journal())
        return self.company_id._crm_credit_today() if closed else self.date

    def _discount_values(self):
        """Odoo's own entry of the early-payment discounts that were kept back, with their taxes.

        Never a fee instead: that would leave out the tax. Where Odoo's entry is another, a person chooses.
        """
        early = self.line_ids.filtered("early").move_line_id
        values = [
            {
                "aml": line,
                "amount_currency": -line.amount_residual_currency,
                "balance": -line.amount_residual,
            }
            for line in early
        ]
        lines = []
        if values:
            found = self.env["account.move"]._get_invoice_counterpart_amls_for_early_payment_discount(
                values, self._company_amount(self.kept)
            )
            lines = [line for group in found.values() for line in group]
        if any(not line["account_id"] for line in lines):
            raise UserError(
                self.env._(
                    "There is no account for the discount of %(receipt)s: set the cash discount account "
                    "in the accounting settings, or choose the invoices by hand.",
                    receipt=self.name or "",
                )
            )
        if self.currency_id.compare_amounts(sum(line["amount_currency"] for line in lines), self.kept):
            raise UserError(
                self.env._(
                    "The early-payment discount of %(receipt)s is not %(kept)s: choose the invoices by hand.",
                    receipt=self.name or "",
                    kept=self.currency_id.format(self.kept),
                )
            )
        return lines

    def _fee_values(self):
        company = self.company_id
        account = company.crm_match_fee_account_id or company.account_journal_early_pay_discount_loss_account_id
        if not account:
            return []
        return [
            {
                "name": self.name or "/",
                "account_id": account.id,
                "partner_id": self.partner_id.id,
                "currency_id": self.currency_id.id,
                "amount_currency": self.kept,
                "balance": self._company_amount(self.kept),
            }
        ]

    def _company_amount(self, amount):
        return self.currency_id._convert(amount, self.company_id.currency_id, self.company_id, self.date)

    # === UNDO === #

    def _unbook(self):
        """Take apart what `_reconcile` made."""
        self.ensure_one()
        match_sudo = self.sudo()
        self.env["account.partial.reconcile"].browse(match_sudo.partial_ids.ids).exists().unlink()
        self._unbook_kept()
        if match_sudo.statement_line_id:
            match_sudo.move_line_id = False
            match_sudo.statement_line_id.action_undo_reconciliation()

    def _unbook_kept(self):
        """Reverse the entry of the discount or fee, unless somebody has."""
        move = self.env["account.move"].browse(self.sudo().kept_move_id.id)
        if move.state == "posted" and not move.reversal_move_ids:
            move._reverse_moves([{"date": self._book_date(), "ref": move.ref}], cancel=True)

    def _undone_elsewhere(self):
        """All reconciliations of these were taken apart on the invoices: a discount or fee goes as well.

        Where the entry cannot be reversed (or its credit has been used since) it stays, and the reason is kept.
        """
        self._note_undone()
        for match in self.filtered("kept_move_id"):
            if match.kept_move_id.line_ids.matched_debit_ids:
                continue
            try:
                with self.env.cr.savepoint():
                    match._unbook_kept()
            except UserError as error:
                match.failure = str(error)

    def _partly_undone(self):
        """Some reconciliations were taken apart: their invoices are refused for this receipt, the others stay."""
        self.invalidate_recordset(["partial_ids"])
        for match in self:
            partials = match.partial_ids
            left = Counter(end for partial in partials for end in (partial.debit_move_id.id, partial.credit_move_id.id))
            match.line_ids.filtered(lambda line, left=left: left[line.move_line_id.id] < line.partial_count).write(
                {"removed": True}
            )
            match.write({"by_hand": True, "partial_count": len(partials)})
