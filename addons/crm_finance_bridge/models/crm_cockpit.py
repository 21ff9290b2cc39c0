from dateutil.relativedelta import relativedelta
from odoo import api, fields, models

from ..tools.aging_cells import WEEK_DAYS

ROWS = 5
ITEM_VIEWS = ("list", "kanban", "pivot", "graph")
FINANCE = ("receivables", "collections", "decisions", "payables", "expenses")
LATE = [("days_overdue", ">", 0)]


class CrmCockpit(models.AbstractModel):
    """The finance supervisor's day: what is owed to the company and by it, what came in, what was spent, what waits.

    Figures are of the companies switched on that keep their books in the current company's currency.
    """

    _inherit = "crm.cockpit"

    @api.model
    def _roles(self):
        return {
            **super()._roles(),
            "finance": {
                "name": self.env._("Finance"),
                "groups": "account.group_account_invoice,account.group_account_readonly",
                "blocks": FINANCE,
            },
        }

    @api.model
    def _finance_companies(self):
        return self.env["crm.aging"]._companies()

    # === RECEIVABLES === #

    @api.model
    def _block_receivables(self):
        """Due today, due in the next seven days, overdue; each bucket of age. As the screen of receivables counts."""
        day = self.env["crm.aging"]._get_day()
        totals = day["totals"]

        def figure(key, name, leaves, alarm=False):
            target = self._target(name, "crm.open.item", [*day["domain"], *leaves], ITEM_VIEWS)
            return self._figure(key, name, totals[key]["amount"], target, note=note(key), alarm=alarm)

        def note(key):
            return self.env._(
                "Items: %(items)s, customers: %(customers)s",
                items=totals[key]["items"],
                customers=totals[key]["customers"],
            )

        week = fields.Date.to_string(fields.Date.add(day["date"], days=WEEK_DAYS))
        today = fields.Date.to_string(day["date"])
        owed = ("residual", ">", 0)
        rows = [
            self._row(
                key,
                name,
                totals[key]["amount"],
                self._target(name, "crm.open.item", [*day["domain"], ("bucket", "=", key)], ITEM_VIEWS),
                note=note(key),
            )
            for key, name in day["buckets"]
        ]
        return {
            "name": self.env._("Receivables"),
            "target": self._screen("crm_finance_bridge.crm_aging_action"),
            "figures": [
                figure("due_today", self.env._("Due today"), [owed, ("due_date", "=", today)]),
                figure(
                    "due_week",
                    self.env._("Due in the next 7 days"),
                    [owed, ("due_date", ">", today), ("due_date", "<=", week)],
                ),
                figure("overdue", self.env._("Overdue"), LATE, alarm=True),
                self._figure_worklist(),
            ],
            "rows": rows,
        }

    @api.model
    def _figure_worklist(self):
        Task = self.env["crm.collection.task"]
        domain = [("company_id", "in", self._finance_companies().ids), ("state", "=", "todo"), ("is_today", "=", True)]
        name = self.env._("Customers to call")
        target = self._target(name, Task._name, domain, action="crm_finance_bridge.crm_collection_task_action")
        return self._figure("worklist", name, Task.search_count(domain), target, kind="count")

    # === COLLECTIONS === #

    @api.model
    def _block_collections(self):
        """What came in today and this month on invoices, and the receipts that nobody has matched."""
        today = fields.Date.context_today(self)
        month, before = today.replace(day=1), today - relativedelta(months=1)
        name = self.env._("Collected this month")
        last = self._collected(before.replace(day=1), before)
        note = self.env._("Last month to this day: %s", self.env.company.currency_id.format(last))
        figures = [
            self._figure_collected("today", self.env._("Collected today"), today, today),
            self._figure_collected("month", name, month, today, note),
            self._figure_unmatched(),
        ]
        desk = self._screen("crm_finance_bridge.crm_receipt_match_desk_action")
        return {
            "name": self.env._("Collections"),
            "target": self._screen("crm_finance_bridge.crm_funds_board_action"),
            "figures": figures,
            "rows": self._rows_unmatched(),
            "buttons": [{"key": "match", "name": self.env._("Match Receipts"), "target": desk}],
            "empty": self.env._("Every receipt that was read is matched with its invoices."),
        }

    @api.model
    def _period_domain(self, first, last):
        companies = self._finance_companies()
        return [("company_id", "in", companies.ids), ("date", ">=", str(first)), ("date", "<=", str(last))]

    @api.model
    def _collected(self, first, last):
        [[amount]] = self.env["crm.collection"]._read_group(self._period_domain(first, last), [], ["amount:sum"])
        return self.env.company.currency_id.round(amount or 0.0)

    @api.model
    def _figure_collected(self, key, name, first, last, note=""):
        target = self._target(
            name,
            "crm.collection",
            self._period_domain(first, last),
            ("list", "pivot", "graph"),
            action="crm_custom.crm_collection_action",
        )
        return self._figure(key, name, self._collected(first, last), target, note=note)

    @api.model
    def _figure_unmatched(self):
        """Money and credit notes on customers' accounts, and bank lines, that are matched with nothing."""
        count, amount = self.env["crm.receipt.match"]._unmatched_totals(self._finance_companies())
        return self._figure(
            "unmatched",
            self.env._("Not matched"),
            amount,
            self._screen("crm_finance_bridge.crm_receipt_match_desk_action"),
            note=self.env._("Receipts: %s", count),
            alarm=True,
        )

    @api.model
    def _rows_unmatched(self):
        """The largest receipts that wait for a person, with the reason."""
        domain = [("company_id", "in", self._finance_companies().ids), ("state", "in", ("proposed", "unmatched"))]
        receipts = self.env["crm.receipt.match"].search(domain, order="amount desc, id", limit=ROWS)
        return [
            self._row(
                f"receipt{receipt.id}",
                receipt.partner_id.display_name or receipt.name or "",
                receipt.amount,
                self._record(receipt, receipt.name),
                note=receipt.why_not or receipt.why or "",
                currency=receipt.currency_id,
            )
            for receipt in receipts
        ]
