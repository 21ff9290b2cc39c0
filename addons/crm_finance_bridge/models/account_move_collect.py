from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from .crm_collection_task import form_dialog


class AccountMove(models.Model):
    _inherit = "account.move"

    crm_promise_count = fields.Integer("Promises", compute="_compute_crm_collect", compute_sudo=True)
    crm_dispute_count = fields.Integer("Disputes", compute="_compute_crm_collect", compute_sudo=True)

    def _compute_crm_collect(self):
        """Promises and disputes on each invoice, two queries for all of them."""
        counts = [
            dict(self.env[model]._read_group([("move_id", "in", self.ids)], ["move_id"], [f"{name}:count_distinct"]))
            for model, name in (("crm.payment.promise.line", "promise_id"), ("crm.dispute.line", "dispute_id"))
        ]
        for move in self:
            move.crm_promise_count, move.crm_dispute_count = (found.get(move._origin, 0) for found in counts)

    def _compute_crm_disputed_amount(self):
        """Where finance has a dispute on the invoice, that says what is disputed, not the tickets."""
        result = super()._compute_crm_disputed_amount()
        lines = self.env["crm.dispute.line"].sudo().search([("move_id", "in", self.ids)])
        by_move = lines.grouped("move_id")
        for invoice in self:
            own = by_move.get(invoice._origin)
            if own:
                move = own.move_id
                amount = sum(line.amount for line in own if line.dispute_id.state == "open")
                rate = abs(move.amount_total / move.amount_total_signed) if move.amount_total_signed else 1.0
                invoice.crm_disputed_amount = invoice.currency_id.round(amount * rate)
        return result

    def button_draft(self):
        """Matches outlive the entry that is set back to draft, but what they settled is open again."""
        result = super().button_draft()
        self._crm_judge_promises()
        return result

    def _post(self, soft=True):
        again = self.filtered("posted_before")
        posted = super()._post(soft=soft)
        (posted & again)._crm_judge_promises()
        return posted

    def _crm_judge_promises(self):
        """Judge anew the promises on what the credits of these entries are matched with."""
        items = self.sudo().line_ids.matched_debit_ids.debit_move_id
        if items:
            self.env["crm.payment.promise"]._evaluate_items(items.ids)

    def _crm_receivables(self):
        """The receivable journal items of posted customer invoices that are still open."""
        return self.sudo().line_ids.filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable"
                and line.parent_state == "posted"
                and line.company_currency_id.compare_amounts(line.amount_residual, 0) > 0
            )
        )

    def _crm_need_receivables(self):
        self.check_access("read")
        items = self._crm_receivables()
        if not items:
            raise UserError(self.env._("Nothing is open on this invoice."))
        return items

    def action_crm_promise(self):
        """The form of a promise over all that is open on the invoice, a week from now."""
        return self._crm_promise_action(self._crm_need_receivables())

    def action_crm_dispute(self):
        """The form of a dispute over all that is open on the invoice."""
        return self._crm_dispute_action(self._crm_need_receivables())

    def _crm_promise_action(self, items):
        company = items.company_id[:1]
        day = company._crm_credit_today() + timedelta(days=7)
        return self._crm_collect_form(
            "crm.payment.promise",
            self.env._("Promise"),
            items,
            date=fields.Date.to_string(day),
            amount=company.currency_id.round(sum(items.mapped("amount_residual"))),
        )

    def _crm_dispute_action(self, items, **defaults):
        lines = self.env["crm.dispute"]._line_commands(items)
        return self._crm_collect_form("crm.dispute", self.env._("Dispute"), items, line_ids=lines, **defaults)

    def _crm_collect_form(self, model, name, items, **defaults):
        """A dialog on journal items; a promise is spread over them before all others."""
        defaults |= {
            "partner_id": items.partner_id.commercial_partner_id[:1].id,
            "company_id": items.company_id[:1].id,
        }
        return form_dialog(model, name, defaults, crm_promise_items=items.ids, dialog_size="large")

    def _crm_collect_action(self, xmlid):
        action = self.env["ir.actions.act_window"]._for_xml_id(f"crm_finance_bridge.{xmlid}")
        return {**action, "domain": [("line_ids.move_id", "in", self.ids)], "context": {"create": False}}

    def action_crm_promises(self):
        return self._crm_collect_action("crm_payment_promise_action")

    def action_crm_disputes(self):
        return self._crm_collect_action("crm_dispute_action")
