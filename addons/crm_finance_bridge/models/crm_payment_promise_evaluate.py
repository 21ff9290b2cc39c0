from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..tools import promise as rules


class CrmPaymentPromise(models.Model):
    """What became of promises, read from the reconciliations of their lines; any number of them in a few queries."""

    _inherit = "crm.payment.promise"

    def _evaluate(self, today=None):
        """Judge the promises anew, with all that share a line with them. Returns those whose state changed.

        `today`: the day judged; by default each company's own. Promises cancelled by hand stay so.
        """
        lines = self.env["crm.payment.promise.line"].sudo()
        lines = lines.search(
            [
                ("move_line_id", "in", self.sudo().line_ids.move_line_id.ids),
                ("promise_id.cancelled_by_id", "=", False),
            ]
        )
        parts = self._share_out(lines)
        self._store_parts(lines, parts)
        promises = (self.sudo() | lines.promise_id).filtered(lambda promise: not promise.cancelled_by_id)
        return promises._store_outcome(lines, parts, today)

    @api.model
    def _settlements(self, item_ids):
        """Reconciliations of journal items: {item id: [(partial id, date, amount, by money)]}."""
        self.env["account.partial.reconcile"].flush_model()
        self.env["account.move.line"].flush_model(["payment_id", "statement_line_id", "parent_state"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partial.debit_move_id, partial.id, partial.max_date, partial.amount,
                       money.payment_id IS NOT NULL OR money.statement_line_id IS NOT NULL
                  FROM account_partial_reconcile partial
                  JOIN account_move_line money ON money.id = partial.credit_move_id
                 WHERE partial.debit_move_id = ANY(%s) AND money.parent_state = 'posted'
              ORDER BY partial.id
                """,
                list(item_ids),
            )
        )
        settlements = defaultdict(list)
        for item_id, *settlement in rows:
            settlements[item_id].append(tuple(settlement))
        return settlements

    @api.model
    def _share_out(self, lines):
        """Return {(line, partial id): (date, amount, by money)} for the lines, all lines of their items given."""
        settlements = self._settlements(lines.move_line_id.ids)
        parts = {}
        for item, promised in lines.grouped("move_line_id").items():
            unit = item.company_currency_id.rounding
            facts = {number: (date, money) for number, date, _amount, money in settlements[item.id]}
            shares = rules.share_out(
                [
                    rules.Promised(line.id, line.promise_id.deadline, round(line.amount / unit), line.known_partial)
                    for line in promised
                ],
                [
                    rules.Settlement(number, date, round(float(amount) / unit))
                    for number, date, amount, _money in settlements[item.id]
                ],
            )
            for line_id, number, units in shares:
                date, money = facts[number]
                amount = item.company_currency_id.round(units * unit)
                parts[lines.browse(line_id), number] = (date, amount, money)
        return parts

    @api.model
    def _store_parts(self, lines, parts):
        stored = self.env["crm.payment.promise.part"].sudo().search([("line_id", "in", lines.ids)])
        for part in stored:
            found = parts.get((part.line_id, part.partial_id.id))
            if found != (part.date, part.amount, part.is_money):
                part.unlink()
        known = {(part.line_id, part.partial_id.id) for part in stored.exists()}
        stored.create(
            [
                {"line_id": line.id, "partial_id": number, "date": date, "amount": amount, "is_money": money}
                for (line, number), (date, amount, money) in parts.items()
                if (line, number) not in known
            ]
        )

    def _store_outcome(self, lines, parts, today=None):
        """Write state and closing day where they differ; returns the promises that changed."""
        settled, money, last = defaultdict(float), defaultdict(float), {}
        for (line, _number), (date, amount, by_money) in parts.items():
            promise = line.promise_id
            settled[promise] += amount
            money[promise] += amount if by_money else 0.0
            last[promise] = max(date, last.get(promise, date))
        changed = self.browse()
        days = {company: today or company._crm_credit_today() for company in self.company_id}
        for promise in self:
            unit = promise.currency_id.rounding
            cents = [round(value / unit) for value in (promise.amount, settled[promise], money[promise])]
            state = rules.outcome(*cents, promise.deadline, days[promise.company_id])
            if not promise.line_ids:
                state = rules.CANCELLED
            closed = {
                rules.OPEN: False,
                rules.PART: promise.deadline + timedelta(days=1),
                rules.BROKEN: promise.deadline + timedelta(days=1),
            }.get(state, max(last.get(promise) or days[promise.company_id], promise.date_logged))
            if promise.state == rules.CANCELLED == state:
                continue
            if (state, closed) != (promise.state, promise.date_closed):
                changed |= promise if state != promise.state else changed
                promise.write({"state": state, "date_closed": closed})
        changed.filtered(lambda promise: promise.state in (rules.BROKEN, rules.PART))._tell_broken()
        return changed

    def _tell_broken(self):
        """Ask who logged the promise to call again."""
        for promise in self.filtered(lambda promise: promise.user_id.active and not promise.user_id.share):
            promise.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=promise.date_closed,
                user_id=promise.user_id.id,
                summary=self.env._("Promise not kept"),
            )

    # === WHEN === #

    @api.model
    def _evaluate_items(self, item_ids):
        """Judge the promises on these journal items: one small query where there are none."""
        lines = self.env["crm.payment.promise.line"].sudo().search([("move_line_id", "in", list(item_ids))])
        if lines:
            lines.promise_id._evaluate()

    @api.model
    def _process_due(self, today=None, limit=500):
        """Judge open promises whose deadline has passed. Returns how many there were."""
        today_of = {
            company: today or company._crm_credit_today() for company in self.env["res.company"].sudo().search([])
        }
        promises = self.sudo().search(
            [("state", "=", rules.OPEN), ("deadline", "<", max(today_of.values()))], order="deadline, id", limit=limit
        )
        promises = promises.filtered(lambda promise: promise.deadline < today_of[promise.company_id])
        promises._evaluate(today)
        return len(promises)

    @api.model
    def _cron_evaluate(self, batch=500):
        """Close the promises whose time is up; safe to stop and to run twice."""
        cron = self.env["ir.cron"]
        while True:
            done = self._process_due(limit=batch)
            if not cron._commit_progress(processed=done) or done < batch:
                break
