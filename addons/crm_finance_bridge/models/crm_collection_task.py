from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import worklist

AGES = ("free_1", "free_2", "free_3", "free_4", "free_5")
FACTS = (
    *("overdue", "unapplied", "promised", "disputed", "items", "days_overdue", "kept", "judged", "no_answer"),
    *("last_contact", "last_broken", *AGES),
)


def form_dialog(model, name, defaults, **context):
    """The action that opens the form of a new record over the screen."""
    return {
        "type": "ir.actions.act_window",
        "name": name,
        "res_model": model,
        "views": [(False, "form")],
        "target": "new",
        "context": {f"default_{key}": value for key, value in defaults.items()} | context,
    }


class CrmCollectionTask(models.Model):
    """One customer with overdue money at one company: what a call today is worth, why, and whose call it is.

    Facts and order are written by the refresh (crm_collection_task_refresh.py); people pin, defer and log results.
    Amounts: company currency, positive.
    """

    _name = "crm.collection.task"
    _description = "Collection Worklist"
    _order = "is_pinned desc, is_today desc, gain desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Collector", index="btree_not_null", help="Keeps the customer once given.")
    salesperson_id = fields.Many2one(related="partner_id.user_id")
    phone = fields.Char(related="partner_id.phone")
    state = fields.Selection(
        [("todo", "To Do"), ("deferred", "Deferred"), ("done", "Nothing to Collect")],
        required=True,
        default="todo",
        readonly=True,
        index=True,
    )
    is_pinned = fields.Boolean("Pinned", readonly=True, help="First in the list, whatever it is worth.")
    is_today = fields.Boolean("Today", readonly=True, help="Within what the collector can do today.")
    defer_until = fields.Date(readonly=True)
    gain = fields.Monetary(
        "Expected Gain",
        readonly=True,
        help="Cash that a call today is expected to bring: overdue amounts neither promised nor disputed, less "
        "receipts not matched yet, times the share that calls bring in at that age, times how promises were kept; "
        "less right after a call and after calls without answer.",
    )
    overdue = fields.Monetary(readonly=True, help="Open and past due.")
    free_amount = fields.Monetary(
        "To Ask For",
        compute="_compute_free_amount",
        help="Overdue, neither promised nor disputed, less unmatched money.",
    )
    promised = fields.Monetary(readonly=True, help="Overdue and promised.")
    disputed = fields.Monetary(readonly=True, help="Overdue and disputed.")
    unapplied = fields.Monetary(readonly=True, help="Receipts and credit notes not yet matched with invoices.")
    free_1 = fields.Monetary("Age 1", readonly=True)
    free_2 = fields.Monetary("Age 2", readonly=True)
    free_3 = fields.Monetary("Age 3", readonly=True)
    free_4 = fields.Monetary("Age 4", readonly=True)
    free_5 = fields.Monetary("Age 5", readonly=True)
    items = fields.Integer("Invoices", readonly=True)
    days_overdue = fields.Integer("Oldest (Days)", readonly=True, aggregator="max")
    kept = fields.Float("Promises Kept", readonly=True, digits=(16, 1))
    judged = fields.Integer("Promises Judged", readonly=True)
    kept_rate = fields.Float(
        "Keeps Promises", compute="_compute_kept_rate", help="Drawn to one half while few are known."
    )
    no_answer = fields.Integer("Unanswered Calls", readonly=True, help="In a row, up to now.")
    last_contact = fields.Date(readonly=True)
    last_broken = fields.Date("Last Broken Promise", readonly=True)
    date_refreshed = fields.Date("As Of", readonly=True)
    why = fields.Char("Why Now", compute="_compute_why")

    _customer_uniq = models.UniqueIndex("(partner_id, company_id)", "A customer is in the worklist once.")
    _list_idx = models.Index("(company_id, user_id, gain DESC) WHERE state = 'todo'")

    def write(self, vals):
        """People choose the collector; the buttons do the rest."""
        if not self.env.su and vals.keys() - {"user_id"}:
            raise UserError(self.env._("The worklist is computed: use its buttons."))
        return super().write(vals)

    def _facts(self):
        self.ensure_one()
        today = self.date_refreshed
        return worklist.Facts(
            free=tuple(self[name] for name in AGES),
            unapplied=self.unapplied,
            kept=self.kept,
            judged=self.judged,
            contact_days=(today - self.last_contact).days if self.last_contact else None,
            broken_days=(today - self.last_broken).days if self.last_broken else None,
            no_answer=self.no_answer,
        )

    def _worth(self):
        """What a call today is expected to bring, by the rule."""
        return worklist.gain(self._facts())

    @api.depends(*AGES, "unapplied")
    def _compute_free_amount(self):
        for task in self:
            task.free_amount = sum(worklist.claimable(task._facts()))

    @api.depends("kept", "judged")
    def _compute_kept_rate(self):
        for task in self:
            task.kept_rate = worklist.kept_rate(task.kept, task.judged)

    @api.depends(*AGES, "date_refreshed")
    @api.depends_context("lang")
    def _compute_why(self):
        for task in self:
            if not task.date_refreshed:
                task.why = ""
                continue
            texts = {
                "broken": lambda days: (
                    self.env._("broke a promise %(days)s days ago", days=days)
                    if days
                    else self.env._("broke a promise")
                ),
                "overdue": lambda days, task=task: self.env._(
                    "%(amount)s to ask for, the oldest %(days)s days overdue",
                    amount=task.currency_id.format(task.free_amount),
                    days=days,
                ),
                "never": lambda _days: self.env._("never called"),
                "contact": lambda days: (
                    self.env._("last contact %(days)s days ago", days=days) if days else self.env._("contacted today")
                ),
                "no_answer": lambda calls: self.env._("calls without answer: %(calls)s", calls=calls),
                "kept": lambda share: self.env._("expected to keep %(share)s %% of promises", share=share),
            }
            found = worklist.reasons(task._facts(), task.days_overdue)
            sentence = "; ".join(texts[code](number) for code, number in found)
            task.why = sentence[:1].upper() + sentence[1:]

    # === RESULTS: EACH AT MOST THREE CLICKS === #

    def _new_record(self, model, name, **defaults):
        self.ensure_one()
        defaults |= {"partner_id": self.partner_id.id, "company_id": self.company_id.id}
        return form_dialog(model, name, defaults, dialog_size="medium")

    def action_promise(self):
        """The form of a promise over all that can be asked for, a week from now."""
        day = self.company_id._crm_credit_today() + timedelta(days=7)
        return self._new_record(
            "crm.payment.promise", self.env._("Promise"), amount=self.free_amount, date=fields.Date.to_string(day)
        )

    def action_dispute(self):
        """The form of a dispute with the overdue invoices filled in."""
        lines = self.env["crm.dispute"]._line_commands(self._overdue_items())
        return self._new_record("crm.dispute", self.env._("Dispute"), line_ids=lines)

    def action_no_answer(self):
        """One click: logged, and again tomorrow."""
        self.ensure_one()
        return self._result("no_answer", 1)

    def _result(self, result, days):
        self.check_access("write")
        self._log_result(result, days)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _log_result(self, result, days):
        self.env["crm.collection.call"]._log(self.partner_id, self.company_id, result)
        self._defer(days)
        self.sudo()._refresh(self.company_id, self.partner_id)

    def _defer(self, days):
        """Out of the list for so many days; what falls on a weekend waits until Monday."""
        for task in self:
            day = task.company_id._crm_credit_today() + timedelta(days=days)
            day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
            task.sudo().write({"defer_until": day, "state": "deferred", "is_today": False, "is_pinned": False})

    def action_tomorrow(self):
        self.check_access("write")
        self._defer(1)

    def action_next_week(self):
        self.check_access("write")
        self._defer(7)

    def action_pin(self):
        self.check_access("write")
        for task in self.sudo():
            pinned = not task.is_pinned
            task.write(
                {"is_pinned": pinned, "is_today": pinned or task.is_today, "defer_until": False, "state": "todo"}
            )

    # === DRILL DOWN === #

    def _overdue_items(self):
        """The journal items behind the overdue figure, all that the user may read."""
        self.ensure_one()
        items = self.env["crm.open.item"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("residual", ">", 0),
                ("days_overdue", ">", 0),
            ],
            order="due_date, id",
        )
        return self.env["account.move.line"].browse(items.ids)

    def action_open_items(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open Items"),
            "res_model": "crm.open.item",
            "view_mode": "list,pivot",
            "domain": [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)],
            "context": {"as_of": False},
        }

    def action_open_customer(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()

    def action_open_calls(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_collection_call_action")
        return {**action, "domain": [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)]}
