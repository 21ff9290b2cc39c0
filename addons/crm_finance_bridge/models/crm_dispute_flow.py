from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.crm_service.tools import sla
from odoo.exceptions import AccessError, UserError

from .crm_dispute_confirm import ACTIVITY


class CrmDispute(models.Model):
    """The steps of a dispute and its clock: the engine of the service tickets, on events of its own."""

    _inherit = "crm.dispute"

    # === CLOCK === #

    def _open_clock(self):
        self._record(sla.OPEN, moments={dispute: dispute.date_open for dispute in self})

    def _record(self, kind, moments=None, now=None):
        """Write an event for each dispute and read their clocks anew."""
        now = now or fields.Datetime.now()
        self.env["crm.dispute.event"].sudo().create(
            [
                {
                    "dispute_id": dispute.id,
                    "date": (moments or {}).get(dispute, now),
                    "kind": kind,
                    "minutes": round(dispute.sudo().cause_id.hours * 60),
                }
                for dispute in self
            ]
        )
        self._refresh_clock(now)

    def _refresh_clock(self, now=None):
        """Store deadline and breach as the events say; working time is the company's calendar."""
        now = now or fields.Datetime.now()
        Policy = self.env["crm.sla.policy"].sudo()
        for dispute in self.sudo():
            company = dispute.company_id
            calendar = company.resource_calendar_id
            working = Policy._working_time(calendar.id, calendar.tz or company.partner_id.tz or "UTC", company.id)
            moves = [sla.Event(event.date, event.kind) for event in dispute.event_ids]
            terms = [
                sla.Terms(event.date, timedelta(minutes=event.minutes), working)
                for event in dispute.event_ids
                if event.kind in (sla.OPEN, sla.POLICY) and event.minutes
            ]
            if not terms:
                dispute.write({"deadline": False})
                continue
            reading = sla.read_clock(sla.RESOLUTION, moves, terms, now)
            dispute.write(
                {"deadline": reading.deadline or False, "breach_date": reading.breached_at or dispute.breach_date}
            )

    # === STEPS === #

    def _need_open(self):
        self.check_access("write")
        if any(dispute.state != "open" for dispute in self):
            raise UserError(self.env._("This dispute is settled already."))

    def action_wait(self):
        """The clock rests until the customer answers."""
        self._need_open()
        waiting = self.filtered(lambda dispute: not dispute.is_waiting)
        waiting.sudo().write({"is_waiting": True})
        waiting._record(sla.PAUSE)

    def action_resume(self):
        self._need_open()
        waiting = self.filtered("is_waiting")
        waiting.sudo().write({"is_waiting": False})
        waiting._record(sla.RESUME)

    def _close(self, state, now=None):
        """How a dispute ends is for finance to say; who logged one may take it back."""
        user = self.env.user
        own = state == "cancelled" and self.logged_by_id == user
        if not self.env.su and not own and not user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only accounting can settle a dispute."))
        now = now or fields.Datetime.now()
        self.sudo().write({"state": state, "date_closed": now, "is_waiting": False})
        self._record(sla.SOLVE, now=now)
        self.sudo().activity_unlink(["mail.mail_activity_data_todo", ACTIVITY])
        self._refresh_worklist()

    def action_won(self):
        """The invoice was right: what is open of it is overdue again."""
        self._need_open()
        self._close("won")

    def action_lost(self):
        """The customer was right, without a credit note (say, the rest was written off)."""
        self._need_open()
        self._close("lost")

    def action_cancel(self):
        self._need_open()
        self._close("cancelled")

    def action_reopen(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only accounting can reopen a dispute."))
        closed = self.filtered(lambda dispute: dispute.state != "open")
        closed.sudo().write({"state": "open", "date_closed": False})
        closed._confirm()
        closed._record(sla.REOPEN)
        closed._refresh_worklist()

    @api.model
    def _process_late(self, now=None, limit=500):
        """Write down the deadlines that have passed and tell the owners. Returns how many."""
        now = now or fields.Datetime.now()
        late = self.sudo().search(
            [("state", "=", "open"), ("breach_date", "=", False), ("deadline", "<", now)], order="deadline", limit=limit
        )
        late._refresh_clock(now)
        for dispute in late.filtered("breach_date"):
            if not dispute.user_id.active or dispute.user_id.share:
                dispute.user_id = self._owner_for(
                    dispute.company_id, dispute.partner_id, dispute.cause_id, dispute.logged_by_id
                )
            if dispute.user_id:
                dispute.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=dispute.company_id._crm_credit_today(),
                    user_id=dispute.user_id.id,
                    summary=self.env._("Dispute is late"),
                )
        return len(late)

    @api.model
    def _cron_disputes(self, batch=500):
        """Safe to stop and to run twice: what was found once is not found again."""
        cron = self.env["ir.cron"]
        for process in (self._process_late, self._process_settled):
            while True:
                done = process(limit=batch)
                if not cron._commit_progress(processed=done):
                    return
                if done < batch:
                    break

    @api.model
    def _process_settled(self, limit=500):
        """Close open disputes of which nothing is open any more. Returns how many.

        Credited where the proposed credit note is posted, or where credit notes settle what was disputed; else won:
        the customer paid after all.
        """
        unsettled = (
            self.env["crm.dispute.line"]
            .sudo()
            ._search(["|", ("move_line_id.amount_residual", "!=", 0), ("move_line_id.parent_state", "!=", "posted")])
        )
        settled = self.sudo().search(
            [("state", "=", "open"), ("line_ids", "!=", False), "!", ("line_ids", "in", unsettled)],
            order="id",
            limit=limit,
        )
        credited = self.sudo().search([("state", "=", "open"), ("refund_id.state", "=", "posted")], limit=limit)
        credited |= (settled - credited)._settled_by_credit()
        if credited:
            credited._close("credited")
        if settled - credited:
            (settled - credited)._close("won")
        return len(credited | settled)

    def _settled_by_credit(self):
        """Those of these disputes whose amount (to credit) is matched with credit notes since they were opened.

        Measured in the currency of each receivable: that of the company also moves with the rates.
        """
        partials = self.env["account.partial.reconcile"].search(
            [
                ("debit_move_id", "in", self.line_ids.move_line_id.ids),
                ("credit_move_id.move_id.move_type", "=", "out_refund"),
            ]
        )
        by_item = partials.grouped("debit_move_id")
        found = self.browse()
        for dispute in self:
            opened = dispute.company_id._crm_credit_day(dispute.date_open)
            credited = 0.0
            for line in dispute.line_ids:
                item = line.move_line_id
                matched = by_item.get(item, partials.browse()).filtered(
                    lambda partial, day=opened: partial.max_date >= day
                )
                rate = item.balance / item.amount_currency if item.amount_currency else 1.0
                credited += min(line.amount, sum(matched.mapped("debit_amount_currency")) * rate)
            wanted = dispute.credit_amount or dispute.amount
            if dispute.currency_id.compare_amounts(dispute.currency_id.round(credited), wanted) >= 0:
                found |= dispute
        return found
