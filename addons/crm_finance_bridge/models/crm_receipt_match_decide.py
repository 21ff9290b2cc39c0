from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

LIVE = ("proposed", "unmatched")
DONE = ("auto", "accepted")


class CrmReceiptMatch(models.Model):
    """Decisions: accept, refuse, undo. Each locks its row first, so that two users never decide on one receipt."""

    _inherit = "crm.receipt.match"

    def action_accept(self):
        """Reconcile the receipts with the invoices proposed."""
        if any(not match.line_ids for match in self):
            raise UserError(self.env._("Choose the invoices that this receipt pays."))
        self._decide("accepted")
        return True

    def accept_shown(self, shown):
        """Accept the proposal if it still is the one that the user saw.

        `shown`: {id of the open item: its part, in the receipt's currency}, or the ids alone.
        """
        self.ensure_one()
        parts = {line.move_line_id.id: line.amount for line in self.line_ids}
        seen = {int(item): part for item, part in shown.items()} if isinstance(shown, dict) else dict.fromkeys(shown)
        if parts.keys() != seen.keys() or any(
            part is not None and self.currency_id.compare_amounts(parts[item], part) for item, part in seen.items()
        ):
            raise UserError(self._changed_text())
        return self.action_accept()

    def accept_with(self, move_line_ids):
        """Reconcile with these open items instead of the ones proposed (oldest first, the rest stays on account)."""
        self.ensure_one()
        self._check_decider()
        self._lock(LIVE)
        lines = self.env["account.move.line"].browse(move_line_ids).exists()
        lines.check_access("read")
        if not lines or set(lines.mapped("account_type")) != {"asset_receivable"}:
            raise UserError(self.env._("Choose the invoices that this receipt pays."))
        if lines.company_id.root_id != self.company_id.root_id or lines.currency_id != self.currency_id:
            raise UserError(self.env._("Receipt and invoices must have one company and one currency."))
        if len(lines.partner_id.commercial_partner_id) > 1:
            raise UserError(self.env._("Choose invoices of one customer."))
        self._choose(lines)
        self._settle("accepted")
        return True

    def _choose(self, lines):
        """Replace the parts by these items: credits whole, invoices oldest first up to the amount.

        Whether the receipt itself is still open is asked in `_settle`, which follows.
        """
        settled = lines.filtered(lambda line: line.reconciled or line.parent_state != "posted")
        if settled:
            raise UserError(
                self.env._("%(invoice)s is not open any more: reload the list.", invoice=settled[0].move_id.name or "")
            )
        left = self.amount - sum(line.amount_residual_currency for line in lines if line.amount_residual_currency < 0)
        parts = []
        for line in lines.sorted(lambda line: (line.date_maturity or line.date, line.id)):
            open_amount = line.amount_residual_currency
            part = open_amount if open_amount < 0 else min(open_amount, left)
            if self.currency_id.is_zero(part):
                continue
            parts.append({"match_id": self.id, "move_line_id": line.id, "amount": part})
            left -= max(part, 0.0)
        chosen = {part["move_line_id"] for part in parts}
        self_sudo = self.sudo()
        if chosen != set(self.line_ids.move_line_id.ids):
            self_sudo.by_hand = True
        self_sudo.line_ids.unlink()
        self_sudo.write(
            {
                "kept": 0.0,
                "short": 0.0,
                "rest": self.currency_id.round(max(left, 0.0)),
                "partner_id": lines.partner_id.commercial_partner_id.id,
                "payer_by": self.payer_by or "person",
            }
        )
        self._insert_parts(parts)
        self.invalidate_recordset(["line_ids"])

    def action_refuse(self):
        """Not these invoices: the same match is not proposed again, the next best is looked for."""
        self._check_decider()
        self._lock(("proposed",))
        self.sudo().write(self._decision("refused"))
        for company, matches in self.grouped("company_id").items():
            matches._look_again(company)
        return True

    def action_undo(self):
        """Take the reconciliation apart; a bank line returns to the suspense account."""
        self._check_decider()
        self._lock(DONE)
        self._check_hidden()
        for match in self:
            match._unbook()
        self.sudo()._note_undone()
        for company, matches in self.grouped("company_id").items():
            matches._look_again(company)
        return True

    def _note_undone(self):
        """Undone; an advice that no other receipt settles waits for its money again."""
        self.write({"state": "undone", "undone_by_id": self.env.uid, "undone_at": fields.Datetime.now()})
        self.advice_id.filtered(
            lambda advice: advice.state == "used" and not advice.match_ids.filtered(lambda match: match.state in DONE)
        ).state = "open"

    def _look_again(self, company):
        """New proposals for the receipts of these decisions."""
        self.env["crm.receipt.ledger"].sudo()._refresh(company, self)

    # === LOCK AND CHECK === #

    def _check_decider(self):
        """Accountants decide; reading is for more."""
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only accountants match receipts with invoices."))

    def _lock(self, states):
        """Hold the rows until the transaction ends. Whoever comes second is told so, after Odoo has run it again."""
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_receipt_match SET write_date = now() AT TIME ZONE 'UTC', write_uid = %s
                 WHERE id IN %s AND state IN %s RETURNING id
                """,
                self.env.uid,
                tuple(self.ids) or (0,),
                states,
            )
        )
        self.invalidate_recordset()
        if len(rows) < len(self):
            raise UserError(self.env._("This receipt has been decided on already. Reload the list."))

    def _hidden(self):
        """Matches with an invoice of a branch that the user does not see."""
        lines_sudo = self.sudo().line_ids
        items = self.env["account.move.line"].browse(lines_sudo.move_line_id.ids)
        hidden = items - items._filtered_access("read")
        return self.browse(lines_sudo.filtered(lambda line: line.move_line_id.id in hidden._ids).match_id.ids)

    def _check_hidden(self):
        hidden_sudo = self._hidden()[:1].sudo()
        if hidden_sudo:
            raise UserError(
                self.env._(
                    "The invoices of %(receipt)s belong to %(companies)s: choose these companies as well.",
                    receipt=hidden_sudo.name or "",
                    companies=", ".join(hidden_sudo.line_ids.move_line_id.company_id.mapped("name")),
                )
            )

    def _stale(self):
        """Matches whose receipt or invoices have changed since they were proposed.

        These are booked together: what one takes of a credit or invoice is not open any more for those after it.
        """
        stale, taken = self.browse(), defaultdict(float)
        for match in self:
            currency, receipt = match.currency_id, match.move_line_id
            if match.statement_line_id:
                bank_sudo = match.statement_line_id.sudo()
                posted, open_amount = bank_sudo.move_id.state == "posted", -bank_sudo.amount_residual
                ready = posted and not bank_sudo.is_reconciled
            else:
                # A payment reset to draft keeps its residual.
                ready = receipt.parent_state == "posted" and not receipt.reconciled
                open_amount = -receipt.amount_residual_currency - taken[receipt]
            ready = ready and not currency.compare_amounts(open_amount, match.amount)
            for line in match.line_ids:
                item = line.move_line_id
                left = item.amount_residual_currency * (1 if line.amount > 0 else -1) - taken[item]
                fits = item.parent_state == "posted" and currency.compare_amounts(left, abs(line.amount)) >= 0
                ready = ready and fits and not item.reconciled
            if not ready:
                stale |= match
                continue
            taken[receipt] += match.amount - match.rest
            for line in match.line_ids:
                taken[line.move_line_id] += abs(line.amount)
        return stale

    def _changed_text(self):
        return self.env._("%(receipt)s or its invoices have changed since: reload the list.", receipt=self.name or "")

    # === DECIDE === #

    def _decide(self, state):
        self._check_decider()
        self._lock(LIVE)
        self._settle(state)

    def _settle(self, state):
        """Book and reconcile; the rows are locked."""
        self._check_hidden()
        stale = self._stale()
        if stale:
            raise UserError(stale[0]._changed_text())
        self._reconcile()
        self.sudo().write(self._decision(state))
        if self.advice_id:
            self.advice_id.sudo().state = "used"

    @api.model
    def _decision(self, state):
        return {
            "state": state,
            "was_auto": state == "auto",
            "decided_by_id": self.env.uid,
            "decided_at": fields.Datetime.now(),
        }
