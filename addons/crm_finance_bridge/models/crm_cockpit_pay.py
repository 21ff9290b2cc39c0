from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools.aging_cells import WEEK_DAYS
from .crm_cockpit import ROWS

RELEASE = "crm_finance_bridge.mail_activity_type_credit_release"
EXPENSE = "crm_finance_bridge.crm_expense_entry_action"


class CrmCockpit(models.AbstractModel):
    """The finance supervisor's day: what the company owes, what it spent, and what waits for a decision."""

    _inherit = "crm.cockpit"

    # === PAYABLES === #

    @api.model
    def _block_payables(self):
        """What vendors are to be paid: posted payable items with something open, + = the company owes."""
        today = fields.Date.context_today(self)
        week = fields.Date.add(today, days=WEEK_DAYS)
        figures = [
            self._figure_payable("pay_today", self.env._("Due today"), self._due(today, today)),
            self._figure_payable(
                "pay_week", self.env._("Due in the next 7 days"), self._due(fields.Date.add(today, days=1), week)
            ),
            self._figure_payable(
                "pay_overdue", self.env._("Overdue"), self._due(None, fields.Date.add(today, days=-1)), alarm=True
            ),
        ]
        items = self.env["account.move.line"].search(
            self._payable_domain() & self._due(None, week), order="date_maturity, id", limit=ROWS
        )
        return {
            "name": self.env._("Payables"),
            "target": self._payable_target(self.env._("Payables"), self._payable_domain()),
            "figures": figures,
            "rows": [
                self._row(
                    f"payable{item.id}",
                    item.partner_id.display_name or item.name or "",
                    -item.amount_residual,
                    self._record(item.move_id, item.move_id.name),
                    note=self._payable_note(item),
                    alarm=(item.date_maturity or item.date) < today,
                    currency=item.company_currency_id,
                )
                for item in items
            ],
            "buttons": [
                {
                    "key": "bills",
                    "name": self.env._("Vendor Bills"),
                    "target": self._screen("account.action_move_in_invoice_type"),
                }
            ],
            "empty": self.env._("No bill is due in the next seven days."),
        }

    @api.model
    def _payable_domain(self):
        return Domain(
            [
                ("company_id", "in", self._finance_companies().ids),
                ("account_id.account_type", "=", "liability_payable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", "<", 0),
            ]
        )

    @api.model
    def _due(self, first, last):
        """Due from `first` to `last`; an item without due date on its own date."""
        due = Domain("date_maturity", "<=", last)
        booked = Domain("date_maturity", "=", False) & Domain("date", "<=", last)
        if first:
            due &= Domain("date_maturity", ">=", first)
            booked &= Domain("date", ">=", first)
        return due | booked

    @api.model
    def _payable_target(self, name, domain):
        return self._target(name, "account.move.line", domain, ("list",), action="account.action_amounts_to_settle")

    @api.model
    def _figure_payable(self, key, name, due, alarm=False):
        domain = self._payable_domain() & due
        [[amount, count]] = self.env["account.move.line"]._read_group(domain, [], ["amount_residual:sum", "__count"])
        note = self.env._("Items: %s", count)
        return self._figure(key, name, -(amount or 0.0), self._payable_target(name, domain), note=note, alarm=alarm)

    @api.model
    def _payable_note(self, item):
        due = format_date(self.env, item.date_maturity or item.date)
        return self.env._("%(bill)s, due %(date)s", bill=item.move_id.name or "", date=due)

    # === EXPENSES === #

    @api.model
    def _block_expenses(self):
        """What was spent this month, by type; what employees have handed in."""
        today = fields.Date.context_today(self)
        month, before = today.replace(day=1), today - relativedelta(months=1)
        Entry = self.env["crm.expense.entry"]
        domain = self._period_domain(month, today)
        groups = Entry._read_group(domain, ["type_id"], ["amount:sum"], order="amount:sum desc")
        total = sum(amount for _type, amount in groups)
        [[last]] = Entry._read_group(self._period_domain(before.replace(day=1), before), [], ["amount:sum"])
        currency, name = self.env.company.currency_id, self.env._("Spent this month")
        figures = [
            self._figure(
                "spent",
                name,
                currency.round(total),
                self._target(name, Entry._name, domain, ("list", "pivot", "graph"), action=EXPENSE),
                note=self.env._("Last month to this day: %s", currency.format(currency.round(last or 0.0))),
            )
        ]
        if self.env["hr.expense"].has_access("read"):
            figures += [
                self._figure_expenses("approve", self.env._("To approve"), "submitted"),
                self._figure_expenses("post", self.env._("To post"), "approved"),
            ]
        rows = [
            self._row(
                f"type{kind.id}",
                kind.display_name or self.env._("Without type"),
                currency.round(amount),
                self._target(
                    kind.display_name or self.env._("Without type"),
                    Entry._name,
                    [*domain, ("type_id", "=", kind.id)],
                    ("list", "pivot", "graph"),
                    action=EXPENSE,
                ),
            )
            for kind, amount in groups[:ROWS]
        ]
        return {
            "name": self.env._("Expenses"),
            "target": self._screen("crm_finance_bridge.crm_expense_entry_action_statistics"),
            "figures": figures,
            "rows": rows,
            "buttons": self._expense_buttons(),
            "empty": self.env._("Nothing was spent this month yet. Enter what was, or post a bill."),
        }

    @api.model
    def _expense_buttons(self):
        """Who may enter other people's expenses gets the daily list, everybody else the own ones."""
        if not self.env["hr.expense"].has_access("create"):
            return []
        daily = self.env.user.has_group("hr_expense.group_hr_expense_user")
        action = "crm_finance_bridge.hr_expense_action_daily" if daily else "hr_expense.hr_expense_actions_my_all"
        return [{"key": "expense", "name": self.env._("Enter Expense"), "target": self._screen(action)}]

    @api.model
    def _figure_expenses(self, key, name, state):
        domain = [("company_id", "in", self._finance_companies().ids), ("state", "=", state)]
        [[amount, count]] = self.env["hr.expense"]._read_group(domain, [], ["total_amount:sum", "__count"])
        target = self._target(name, "hr.expense", domain, action="hr_expense.hr_expense_actions_all")
        return self._figure(key, name, amount, target, note=self.env._("Expenses: %s", count))

    # === DECISIONS === #

    @api.model
    def _block_decisions(self):
        """What waits for accounting, where anything does."""
        company = [("company_id", "in", self.env.companies.ids)]
        open_ones = [*company, ("state", "=", "open")]
        asked = [*company, ("state", "in", ("asked", "second"))]
        release = self.env.ref(RELEASE, raise_if_not_found=False)
        held = [*company, ("activity_type_id", "=", release.id if release else 0)]
        waiting = (
            ("held", self.env._("Orders to release"), "sale.order", held, "sale.action_orders"),
            ("limits", self.env._("Limit requests"), "crm.credit.request", asked, "crm_credit_request_action"),
            (
                "disputes",
                self.env._("Disputes to confirm"),
                "crm.dispute",
                [*open_ones, ("to_confirm", "=", True)],
                "crm_dispute_action",
            ),
            (
                "promises",
                self.env._("Promises to accept"),
                "crm.payment.promise",
                [*open_ones, ("to_accept", "=", True)],
                "crm_payment_promise_action",
            ),
            (
                "broken",
                self.env._("Promises broken in the last 7 days"),
                "crm.payment.promise",
                [*company, ("state", "in", ("part", "broken")), ("date_closed", ">=", "today -7d")],
                "crm_payment_promise_action",
            ),
            (
                "reminders",
                self.env._("Reminder runs to send"),
                "crm.dunning.run",
                [*company, ("state", "=", "draft")],
                "crm_dunning_run_action",
            ),
            (
                "commission",
                self.env._("Commission statements with an objection"),
                "crm.commission.statement",
                [*company, ("state", "=", "objected")],
                "crm_commission_statement_action",
            ),
        )
        rows = []
        for key, name, model, domain, action in waiting:
            records = self.env[model]
            count = records.has_access("read") and records.search_count(domain)
            if count:
                action = action if "." in action else f"crm_finance_bridge.{action}"
                rows.append(self._row(key, name, count, self._target(name, model, domain, action=action), kind="count"))
        return {
            "name": self.env._("Waiting for You"),
            "rows": rows,
            "empty": self.env._("No order, limit, dispute, promise or reminder waits for a decision."),
        }
