"""The screen of money in and out: crm.funds.flow between two dates, by period and by one dimension."""

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import funds

DIMENSIONS = ("method", "category", "user_id", "journal_id", "partner_id")
MAX_PERIODS = 240
TOP = 40


class CrmFundsBoard(models.AbstractModel):
    """Figures for the screen; nothing is stored.

    Amounts in the company's currency; companies with books in another currency are left out and named. Access
    lists and record rules of crm.funds.flow decide what a user sees; balances are for accounting only.
    """

    _name = "crm.funds.board"
    _description = "Money In and Out, Screen"

    @api.model
    @api.readonly
    def get_board(self, first=None, last=None, step="month", dimension="method", company_id=None, user_id=None):
        """Everything that the screen shows, in one call; both days are included."""
        first, last = self._span(first, last)
        step = step if step in funds.STEPS else "month"
        dimension = dimension if dimension in DIMENSIONS else "method"
        if len(funds.periods(first, last, step)) > MAX_PERIODS:
            raise UserError(self.env._("Choose a shorter period, or show it by year."))
        companies = self.env["crm.aging"]._companies(company_id)
        everybody = self._domain(companies, first, last)
        domain = self._domain(companies, first, last, user_id)
        currency = companies.currency_id[:1]
        # One scan for periods, groups and salespeople.
        found = self.env["crm.funds.flow"]._read_group(
            everybody,
            ["date:month", "user_id", dimension] if dimension != "user_id" else ["date:month", "user_id"],
            ["amount_in:sum", "amount_out:sum", "__count"],
        )
        found = self._with_key(found, dimension)
        mine = [group for group in found if not user_id or group[1].id == user_id]
        periods = self._periods(mine, first, last, step, currency)
        return {
            "first": fields.Date.to_string(first),
            "last": fields.Date.to_string(last),
            "step": step,
            "dimension": dimension,
            "currency_id": currency.id,
            "periods": periods,
            "totals": {key: currency.round(sum(period[key] for period in periods)) for key in ("in", "out", "net")},
            "rows": self._rows(mine, dimension, currency),
            "balances": self._balances(companies, first, last, currency) if not user_id else False,
            "domain": list(domain),
            "companies": [{"id": company.id, "name": company.name} for company in self.env["crm.aging"]._companies()],
            "left_out": (self.env.companies - self.env["crm.aging"]._companies()).mapped("name"),
            "users": self._users(found),
        }

    @api.model
    def _span(self, first, last):
        """The days asked for; without any, the twelve months up to the end of this one."""
        today = fields.Date.context_today(self)
        last = fields.Date.to_date(last) or today + relativedelta(day=31)
        first = fields.Date.to_date(first) or last + relativedelta(months=-11, day=1)
        if first > last:
            raise UserError(self.env._("The first day comes after the last day."))
        return first, last

    @api.model
    def _domain(self, companies, first, last, user_id=None):
        domain = Domain([("company_id", "in", companies.ids), ("date", ">=", first), ("date", "<=", last)])
        return domain & Domain("user_id", "=", user_id) if user_id else domain

    @api.model
    def _with_key(self, found, dimension):
        """Salespeople are grouped once, as filter and as dimension."""
        return [(group[0], group[1], group[1], *group[2:]) if dimension == "user_id" else group for group in found]

    @api.model
    def _periods(self, found, first, last, step, currency):
        # A month begins before the span where the span begins within it.
        rows = [(max(group[0], first), group[3], group[4]) for group in found]
        return [
            {
                "start": fields.Date.to_string(period["start"]),
                "stop": fields.Date.to_string(period["stop"]),
                **{key: currency.round(period[key]) for key in ("in", "out", "net")},
            }
            for period in funds.by_period(rows, first, last, step)
        ]

    @api.model
    def _rows(self, found, dimension, currency):
        """The largest groups of a dimension, and the rest in one row."""
        sums = {}
        for _month, _user, key, money_in, money_out, count in found:
            group = sums.setdefault(key, [0.0, 0.0, 0])
            group[0] += money_in
            group[1] += money_out
            group[2] += count
        ordered = sorted(sums.items(), key=lambda group: -(group[1][0] + group[1][1]))
        Flow = self.env["crm.funds.flow"]
        labels = dict(Flow.fields_get([dimension], ["selection"])[dimension].get("selection", []))
        rows = [
            self._row(
                key.id if isinstance(key, models.BaseModel) else key,
                (key.sudo().display_name if isinstance(key, models.BaseModel) else labels.get(key)),
                group,
                currency,
            )
            for key, group in ordered[:TOP]
        ]
        if rest := [group for _key, group in ordered[TOP:]]:
            name = self.env._("%(count)s more", count=len(rest))
            rows.append(self._row(None, name, [sum(column) for column in zip(*rest, strict=True)], currency))
        return rows

    @api.model
    def _row(self, key, name, group, currency):
        money_in, money_out, count = group
        return {
            "key": key,
            "name": name or self.env._("None"),
            "in": currency.round(money_in),
            "out": currency.round(money_out),
            "net": currency.round(money_in - money_out),
            "count": count,
        }

    @api.model
    def _balances(self, companies, first, last, currency):
        """Posted balance of bank, cash and outstanding accounts before and after the span, for accounting only."""
        if not self.env.user.has_groups("account.group_account_readonly,account.group_account_invoice"):
            return False
        Flow = self.env["crm.funds.flow"]
        self.env["account.move.line"].flush_model()
        accounts = [row[0] for row in self.env.execute_query(Flow._liquid_rows())]
        items = self.env["account.move.line"].sudo()
        domain = Domain(
            [
                ("company_id", "in", companies.ids),
                ("account_id", "in", accounts),
                ("parent_state", "=", "posted"),
            ]
        )
        [(opening,)] = items._read_group(domain & Domain("date", "<", first), aggregates=["balance:sum"])
        [(closing,)] = items._read_group(domain & Domain("date", "<=", last), aggregates=["balance:sum"])
        return {"opening": currency.round(opening), "closing": currency.round(closing)}

    @api.model
    def _users(self, found):
        """Salespeople with money in the span, where the user sees more than own."""
        users = {group[1] for group in found if group[1]}
        if users == {self.env.user}:
            return []
        return sorted(({"id": user.id, "name": user.sudo().name} for user in users), key=lambda user: user["name"])
