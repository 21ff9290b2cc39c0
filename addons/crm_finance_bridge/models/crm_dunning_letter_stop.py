from odoo import api, fields, models
from odoo.tools import SQL


class CrmDunningLetter(models.Model):
    """Levels that stop a customer: orders, deliveries or both, through the customer's credit terms.

    A letter holds its stop while any amount of its lines is claimed: overdue, and neither covered by a receipt nor
    by a promise or dispute that has accounting's word. It is remembered while a line is open, so that the stop comes
    back with a broken promise, a dispute that ended or a receipt that bounced; one that ended with a payment counts
    again once that is undone.
    """

    _inherit = "crm.dunning.letter"

    stopped = fields.Boolean("Customer Stopped", readonly=True, copy=False)
    stop_paid = fields.Boolean("Stop Ended by Payment", readonly=True, copy=False)

    _stopped_idx = models.Index("(partner_id) WHERE stopped")
    _stop_paid_idx = models.Index("(id) WHERE stop_paid")

    def _stop_kind(self):
        """What the level stops: orders, deliveries, all, or False."""
        self.ensure_one()
        level = self.level_id
        if level.delivery_stop and level.credit_stop:
            return "all"
        return "deliveries" if level.delivery_stop else "orders" if level.credit_stop else False

    def _stop_reason(self):
        self.ensure_one()
        return self.env._("Reminder: %(level)s", level=self.level_id.name)

    def _stop_customers(self):
        """Stop the customers of these letters (one level) as their level says."""
        if not self or not (kind := self[0]._stop_kind()):
            return
        for company, letters in self.grouped("company_id").items():
            self.env["crm.credit.limit"].sudo()._stop(company, letters.partner_id, self[0]._stop_reason(), stop=kind)
        self.sudo().write({"stopped": True})

    @api.model
    def _process_resume(self):
        """Take off, set again or change the stops as what is claimed today says; returns the letters that are over."""
        self.sudo()._unpaid_again().write({"stopped": True, "stop_paid": False})
        letters = self.sudo().search([("stopped", "=", True)], order="rank, id")
        over = letters.browse()
        for company, own in letters.grouped("company_id").items():
            over |= own._restate_stops(company)
        over.stopped = False
        return over

    @api.model
    def _resume_with(self, records):
        """The same at once for the customers of promises or disputes that have accounting's word: the truck waits."""
        for root, own in records.grouped(lambda record: record.company_id.root_id).items():
            domain = [("stopped", "=", True), ("company_id", "=", root.id), ("partner_id", "in", own.partner_id.ids)]
            if letters := self.sudo().search(domain, order="rank, id"):
                letters._restate_stops(root).stopped = False

    @api.model
    def _unpaid_again(self):
        """Letters whose stop ended with a payment that is undone: one of their invoices is open again.

        A payment set back to draft stays matched, and yet pays nothing (as in `crm.dunning.query`).
        """
        self.flush_model(["stop_paid"])
        self.env["account.partial.reconcile"].flush_model(["credit_move_id", "debit_move_id"])
        self.env["account.move.line"].flush_model(["amount_residual", "parent_state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT letter.id
                  FROM crm_dunning_letter letter
                  JOIN crm_dunning_letter_line line ON line.letter_id = letter.id
                  JOIN account_move_line item ON item.id = line.move_line_id AND item.parent_state = 'posted'
                 WHERE letter.stop_paid AND (item.amount_residual > 0 OR EXISTS (
                        SELECT FROM account_partial_reconcile partial
                          JOIN account_move_line money
                            ON money.id = partial.credit_move_id AND money.parent_state <> 'posted'
                         WHERE partial.debit_move_id = item.id))
                """
            )
        )
        return self.browse(letter_id for (letter_id,) in rows)

    def _restate_stops(self, company):
        """Let the customers' terms follow these letters; return those that have nothing more to stop.

        Where the terms are not the reminders' any more, somebody has decided: the letters are over for good.
        """
        claimed, remembered = self._stop_lines(company)
        Limit = self.env["crm.credit.limit"].sudo()
        domain = [("company_id", "=", company.root_id.id), ("partner_id", "in", self.partner_id.ids)]
        terms = Limit.search([*domain, ("stop_automatic", "=", True)])
        live = self.filtered(lambda letter: letter.partner_id in terms.partner_id and remembered & letter._stop_items())
        holding = live.filtered(lambda letter: claimed & letter._stop_items()).grouped("partner_id")
        changes = {}
        for own in terms:
            letters = holding.get(own.partner_id, self.browse()).filtered(lambda letter: letter._stop_kind())
            kinds = {letter._stop_kind() for letter in letters}
            kind = "all" if len(kinds) > 1 else next(iter(kinds), False)
            if own.stop != kind:
                reason = letters[-1]._stop_reason() if kind else False
                changes[kind, reason] = changes.get((kind, reason), terms.browse()) | own
        for (kind, reason), own in changes.items():
            Limit._resume(company, own.partner_id)
            if kind:
                Limit._stop(company, own.partner_id, reason, stop=kind)
        (self - live).filtered(lambda letter: letter.partner_id in terms.partner_id).stop_paid = True
        return self - live

    def _stop_items(self):
        """The journal item ids of these letters."""
        return set(self.line_ids.move_line_id.ids)

    def _stop_lines(self, company):
        """({journal items of these letters with a claim}, {those that are open at all}) today."""
        Status = self.env["crm.dunning.status"].sudo()
        Status._dunning_flush()
        query = Status._dunning_query(company, company._crm_credit_today(), self.partner_id.ids, parts=True)
        lines = self.line_ids.move_line_id
        rows = self.env.execute_query(SQL("SELECT id, claims FROM (%s) row WHERE id = ANY(%s)", query, lines.ids))
        # Not overdue any more (a later due date) or back in draft: not claimed today, and yet not settled.
        waiting = lines.filtered(lambda line: line.parent_state != "cancel" and line.amount_residual > 0)
        return {line_id for line_id, claims in rows if claims}, {line_id for line_id, _claims in rows} | set(
            waiting.ids
        )
