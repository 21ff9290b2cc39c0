from collections import defaultdict
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import split_every

from .crm_commission_book import Book
from .crm_commission_line import FINAL
from .crm_commission_undo import LOSSES, exact, origin_of


class CrmCommissionRun(models.AbstractModel):
    """Computes the commission of a company: all provisional months anew, closed ones never.

    What changed in a source that was booked in a closed month goes into the next month whose statements are open.
    What undoes a sale is never booked before it.
    Plans that are closed go on taking back what they paid.
    Running twice changes nothing. Dates are days of the company; months are their first days.
    """

    _name = "crm.commission.run"
    _description = "Commission Computation"

    @api.model
    def _run(self, company, until):
        """Compute from the oldest provisional month to the month of the day `until`."""
        plans = self.env["crm.commission.plan"]._in_effect(company)
        if not plans:
            return self.env["crm.commission.statement"]
        plans._lock()
        months = self._months(company, plans, until.replace(day=1))
        last_days = {plan: plan._last_day() for plan in plans}  # by what is booked: before it is forgotten
        self._forget(company, plans)
        lines = [line for plan in plans.with_company(company) for line in self._run_plan(plan, months, last_days[plan])]
        return self._write_lines(company, lines)

    @api.model
    def _months(self, company, plans, until):
        """From the oldest month that is open to the last asked for or begun."""
        drafts = (
            self.env["crm.commission.statement"]
            .sudo()
            .search([("company_id", "=", company.id), ("state", "=", "draft")], order="month")
        )
        begun = {
            plan
            for [plan] in self.env["crm.commission.line"]
            .sudo()
            ._read_group([("plan_id", "in", plans.ids)], ["plan_id"])
        }
        starts = [plan.date_from.replace(day=1) for plan in plans if plan not in begun]
        first = min([*starts, *drafts.mapped("month")[:1], until])
        months = [first]
        last = max([until, *drafts.mapped("month")[-1:]])
        while months[-1] < last:
            months.append(months[-1] + relativedelta(months=1))
        return months

    @api.model
    def _forget(self, company, plans):
        """Delete what is provisional: computed lines of drafts, but not those that share a source with a closed one."""
        lines = (
            self.env["crm.commission.line"]
            .sudo()
            .search(
                [
                    ("statement_id.company_id", "=", company.id),
                    ("statement_id.state", "=", "draft"),
                    ("plan_id", "in", plans.ids),
                ]
            )
        )
        keys = [key for key in lines.mapped("source_key") if key]
        final = {
            (plan.id, key)
            for plan, key in self.env["crm.commission.line"]
            .sudo()
            ._read_group(
                [
                    ("plan_id", "in", plans.ids),
                    ("statement_id.state", "in", FINAL),
                    ("source_key", "in", keys),
                    ("is_correction", "=", False),
                ],
                ["plan_id", "source_key"],
            )
        }
        lines.filtered(
            lambda line: line.is_correction or line.kind == "cap" or (line.plan_id.id, line.source_key) not in final
        ).unlink()

    # === ONE PLAN === #

    @api.model
    def _run_plan(self, plan, months, last_day):
        source = self.env["crm.commission.source"].sudo()
        rows = source._changed(plan, fields.Date.end_of(months[-1], "month"), last_day)
        rows = [row for row in rows if row["booked"] or self._is_ours(plan, row, last_day)]
        left_out = source._held(plan, rows) | source._of_others(plan, rows)
        rows = sorted((row for row in rows if row["key"] not in left_out), key=self._rank)
        booked = self._booked(plan, [row["key"] for row in rows if row["booked_month"]])
        families = source._families(plan, rows)
        same = self._matched_anew(rows, booked)
        rows = [row for row in rows if row["key"] not in same]
        families.expect(rows, plan.base == "invoiced")
        book = Book(plan, self._locked(plan, months), self._reached(plan), families, last_day)
        items = source._items({row["move_id"] for row in rows if row["move_id"] and row["source"] != "invoice"})
        waiting = defaultdict(list)
        for row in rows:
            days = [day.replace(day=1) for day in (row["date"], row["booked_month"]) if day]
            waiting[max([*days, months[0]])].append(row)
        for month in months:
            rest = waiting.pop(month, [])
            for _turn in range(2):  # the second for what is dated before the sale that it undoes
                rest = [row for row in rest if not self._book(book, row, items, booked, month)]
            waiting[month + relativedelta(months=1)][:0] = rest
        self._cap(book, months)
        return book.lines

    @api.model
    def _is_ours(self, plan, row, last_day):
        """What undoes an invoice is of the plan that paid for it; a sale is of the plan of its salesperson and day."""
        in_time = not last_day or row["date"] <= last_day
        return origin_of(row) or (in_time and plan._covers(row))

    @api.model
    def _rank(self, row):
        """Corrections first, then by day, sales before what undoes them."""
        return (not row["booked"], row["date"] or date.min, (row["amount"] or 0) < 0, row["source_key"] or "")

    @api.model
    def _book(self, book, row, items, booked, month):
        if row["booked"]:
            return book.correct(row, booked[row["key"]], month)
        book_row = book.reverse if origin_of(row) else book.earn
        return book_row(row, self._row_items(row, items), month)

    @api.model
    def _row_items(self, row, items):
        """The product lines that a row's money is split over; the row itself where it is of one product."""
        lines = items.get(row["move_id"], []) if row["source"] not in ("invoice", "order") else []
        if row["source"] == "collection":
            lines = [line for line in lines if line["order_id"] == row["order_id"]] or lines
        return lines or [
            {
                "product_id": row["product_id"],
                "categ_id": row["categ_id"],
                "discount": row["discount"] or 0.0,
                "price_total": 1.0,
                "untaxed": None,
                "margin": None,
            }
        ]

    @api.model
    def _locked(self, plan, months):
        """{(user, month)} of the statements that do not change any more."""
        statements = (
            self.env["crm.commission.statement"]
            .sudo()
            .search([("company_id", "=", plan.company_id.id), ("state", "in", FINAL), ("month", ">=", months[0])])
        )
        return {(statement.user_id.id or None, statement.month) for statement in statements}

    @api.model
    def _reached(self, plan):
        groups = (
            self.env["crm.commission.line"]
            .sudo()
            ._read_group(
                [("plan_id", "=", plan.id), ("by_tier", "=", True), ("is_override", "=", False)],
                ["user_id", "month:month", "origin_month:month"],
                ["base_amount:sum"],
            )
        )
        reached = defaultdict(Decimal)
        for user, month, origin, base in groups:
            reached[user.id, origin or month] += exact(base)
        return reached

    @api.model
    def _booked(self, plan, keys):
        """{source key: its lines}."""
        lines = (
            self.env["crm.commission.line"]
            .sudo()
            .search([("plan_id", "=", plan.id), ("source_key", "in", keys)], order="id")
        )
        return lines.grouped("source_key")

    @api.model
    def _cap(self, book, months):
        """Take away what a person earned beyond the plan's cap, give back what it took of sales undone since."""
        groups = (
            self.env["crm.commission.line"]
            .sudo()
            ._read_group(
                [("plan_id", "=", book.plan.id), ("user_id", "!=", False)],
                ["user_id", "month:month", "origin_month:month", "kind"],
                ["amount:sum"],
            )
        )
        for user, origin, month, amount in book.caps(groups, months[0]):
            vals = {"kind": "cap", "plan_id": book.plan.id, "amount": float(amount)}
            vals["origin_month"] = origin if month != origin else False
            book.lines.append((user, month, {**vals, "date": fields.Date.end_of(month, "month")}))

    # === RESULT === #

    @api.model
    def _write_lines(self, company, lines):
        """Make the statements that are missing and their lines; drop drafts that are empty."""
        Statement = self.env["crm.commission.statement"].sudo()
        domain = [("company_id", "=", company.id), ("state", "=", "draft")]
        drafts = {(draft.user_id.id or None, draft.month): draft.id for draft in Statement.search(domain)}
        missing = sorted({(user or None, month) for user, month, _vals in lines} - set(drafts), key=str)
        made = Statement.create(
            [{"company_id": company.id, "user_id": user, "month": month} for user, month in missing]
        )
        drafts.update(zip(missing, made.ids, strict=True))
        Line = self.env["crm.commission.line"].sudo()
        for batch in split_every(1000, lines, list):
            Line.create([{**vals, "statement_id": drafts[user or None, month]} for user, month, vals in batch])
        Statement.search([*domain, ("line_ids", "=", False)]).unlink()
        return Statement.search(domain)

    @api.model
    def _simulate(self, plan, start, stop):
        """[(user, month, line values)] that the plan would pay for sales from a day to a day; nothing is written."""
        source = self.env["crm.commission.source"].sudo()
        rows = [row for row in source._fresh(plan, start, stop) if plan._covers(row) or row["source"] in LOSSES]
        items = source._items({row["move_id"] for row in rows if row["move_id"] and row["source"] != "invoice"})
        book = Book(plan, families=source._families(plan, rows, booked=False), is_simulation=True)
        for row in sorted(rows, key=self._rank):
            self._book(book, row, items, {}, row["date"].replace(day=1))
        return book.lines

    # === CRON === #

    @api.model
    def _cron_run(self):
        companies = self.env["crm.commission.plan"]._in_effect().company_id
        for company in self.env["crm.cron.turn"]._each("crm.commission.run", companies):
            self._run(company, company._crm_credit_today())
