from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import funds_forecast as rules

PAST_RUNS = 8  # Mondays that are forecast again when a legal entity has no kept forecast yet
PAST_WEEKS = 6
PAST_DRAWS = 100
REVISED = 60  # days for which a week that has passed still follows the ledger
SHOWN = {
    "invoice": "amount_invoice", "promise": "amount_promise", "draft": "amount_order", "order": "amount_order",
    "pipeline": "amount_pipeline",
}  # fmt: skip


class CrmFundsForecast(models.Model):
    """Expected receipts of one week, as forecast on a day for a legal entity (root company).

    P10, P50 and P90 come from `tools/funds_forecast.py`; the amounts by source are sums of crm.expected.receipt by
    their most likely date. Every night the newest run replaces the one of the night before; the first run of a week
    is kept, and once its weeks have passed, what really came is written beside it: the money of customers in
    crm.funds.flow, matched or not. All in company currency.
    """

    _name = "crm.funds.forecast"
    _description = "Forecast of Receipts"
    _rec_name = "week"
    _order = "date DESC, week, id"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Forecast On", required=True, readonly=True)
    week = fields.Date("Week From", required=True, readonly=True, help="Seven days from this day on.")
    scope = fields.Selection(
        [("all", "Everything expected"), ("invoice", "Invoices open then")],
        required=True,
        readonly=True,
        default="all",
        help="Invoices open then: a past day forecast again from what was known on it.",
    )
    state = fields.Selection(
        [("open", "Open"), ("few", "Not enough data"), ("passed", "Passed")], required=True, readonly=True
    )
    is_newest = fields.Boolean("Newest", readonly=True)
    is_kept = fields.Boolean("Kept", readonly=True, help="First of its week: stays, and is compared with what came.")
    p10 = fields.Monetary("P10 (Low)", readonly=True, help="In one of ten cases less comes in.")
    p50 = fields.Monetary("P50 (Middle)", readonly=True)
    p90 = fields.Monetary("P90 (High)", readonly=True, help="In one of ten cases more comes in.")
    spread = fields.Float(readonly=True, aggregator="avg", help="How much wider the band was made by past errors.")
    amount = fields.Monetary("Most Likely Date", readonly=True, help="Sum of the sources whose date is in the week.")
    amount_invoice = fields.Monetary("Open Invoices", readonly=True)
    amount_promise = fields.Monetary("Promises", readonly=True)
    amount_order = fields.Monetary("Orders", readonly=True, help="Orders to invoice and draft invoices.")
    amount_pipeline = fields.Monetary("Opportunities", readonly=True, help="Weighted by probability.")
    actual = fields.Monetary("Came In", readonly=True)
    error = fields.Monetary(readonly=True, help="P50 less what came in.")
    is_inside = fields.Boolean("Within P10-P90", readonly=True)

    _run_uniq = models.UniqueIndex("(company_id, date, week, scope)")

    # === NIGHT === #

    @api.model
    def _process(self, root, today, bills):
        """The nightly work of a legal entity: settle what has passed, learn from it, forecast anew."""
        forecasts = self.sudo()
        if not forecasts.search_count([("company_id", "=", root.id), ("is_kept", "=", True)], limit=1):
            forecasts._replay(root, today, bills)
        forecasts._settle(root, today)
        return forecasts._forecast(root, today, bills)

    @api.model
    def _forecast(self, root, today, bills):
        """Write today's run; the newest of before goes unless it is kept."""
        own = [("company_id", "=", root.id), ("scope", "=", "all")]
        self.search([*own, ("is_kept", "=", False)]).unlink()
        self.search([*own, ("date", "=", today), ("state", "!=", "passed")]).unlink()
        self.search([*own, ("is_newest", "=", True)]).is_newest = False
        monday = today - timedelta(days=today.weekday())
        kept = not self.search_count([*own, ("is_kept", "=", True), ("date", ">=", monday)], limit=1)
        rows = self._sources(root, today)
        delays, common = rules.pools(bills, today)
        spread = self._spread(root)
        weeks = rules.forecast(
            [rules.Expected(partner, amount / chance, due, due if kind == "promise" else None, chance)
             for kind, partner, due, _date, amount, chance in rows if due and kind != "disputed"],
            today, delays, common, kept=self._kept_rate(root), spread=spread, seed=root.id,
        )  # fmt: skip
        values, sums = [], self._by_source(root, rows, today)
        for index in range(rules.WEEKS):
            start = today + timedelta(days=index * rules.WEEK)
            week = weeks and weeks[index]
            values.append(
                {
                    "company_id": root.id,
                    "date": today,
                    "week": start,
                    "state": "open" if week else "few",
                    "is_newest": True,
                    "is_kept": kept,
                    "spread": spread,
                    **sums[index],
                    **({"p10": week.low, "p50": week.middle, "p90": week.high} if week else {}),
                }
            )
        return self.create(values)

    @api.model
    def _sources(self, root, today):
        """(kind, partner, due, most likely date, amount, chance) of all that is expected."""
        self.env.flush_all()
        query = self.env["crm.expected.receipt"].with_company(root)._query(root, today)
        return self.env.execute_query(
            SQL("SELECT kind, partner_id, due_date, date, amount::float, chance FROM (%s) expected ORDER BY id", query)
        )

    @api.model
    def _by_source(self, root, rows, today):
        """Per week from today on: the sums of the sources by their most likely date."""
        weeks = [dict.fromkeys(["amount", *SHOWN.values()], 0.0) for _index in range(rules.WEEKS)]
        for kind, _partner, _due, date, amount, _chance in rows:
            index = (date - today).days // rules.WEEK if date else -1
            if 0 <= index < rules.WEEKS:
                weeks[index]["amount"] += amount
                weeks[index][SHOWN[kind]] += amount
        return [{name: root.currency_id.round(value) for name, value in week.items()} for week in weeks]

    @api.model
    def _kept_rate(self, root):
        """Chance that a promise is kept: of those judged; the rule's default under five."""
        groups = dict(
            self.env["crm.payment.promise"]
            .sudo()
            ._read_group(
                [("company_id", "child_of", root.id), ("state", "in", ("kept", "part", "broken"))],
                ["state"],
                ["__count"],
            )
        )
        judged = sum(groups.values())
        return groups.get("kept", 0) / judged if judged >= 5 else rules.KEPT

    # === PAST === #

    @api.model
    def _settle(self, root, today):
        """Write what came in beside the kept weeks that have passed; those of late again, as the ledger says now.

        Entries are dated back and matches undone after a week is over: for REVISED days its figure follows them.
        """
        past = today - timedelta(days=rules.WEEK)
        kept = Domain([("company_id", "=", root.id), ("is_kept", "=", True), ("scope", "=", "all")])
        new = Domain("state", "=", "open") & Domain("week", "<=", past)
        recent = Domain("state", "=", "passed") & Domain("week", ">", past - timedelta(days=REVISED))
        passed = self.search(kept & (new | recent))
        if not passed:
            return passed
        received = Domain(self._came_in_domain(root, min(passed.mapped("week")), today))
        days = dict(self.env["crm.funds.flow"]._read_group(received, ["date:day"], ["amount:sum"]))
        for week in passed:
            actual = sum(days.get(week.week + timedelta(days=ahead), 0.0) for ahead in range(rules.WEEK))
            outcome = self._outcome(week, actual)
            if any(week[name] != value for name, value in outcome.items()):
                week.write(outcome)
        return passed

    @api.model
    def _came_in_domain(self, root, start, stop):
        """Money of customers in crm.funds.flow from a day to before a day: on invoices or on account, less refunds.

        The same as is forecast: open invoices are expected less what lies on account, orders and opportunities before
        there is an invoice at all.
        """
        return [
            ("company_id", "child_of", root.id),
            ("category", "=", "customer"),
            ("date", ">=", start),
            ("date", "<", stop),
        ]

    @api.model
    def _outcome(self, week, actual):
        actual = week.currency_id.round(actual)
        return {
            "state": "passed",
            "actual": actual,
            "error": week.currency_id.round(week.p50 - actual),
            "is_inside": week.p10 <= actual <= week.p90,
        }

    @api.model
    def _replay(self, root, today, bills):
        """Forecast past days again from what was known on them: invoices only, the past orders are not known."""
        first = today - timedelta(days=rules.WEEK * PAST_WEEKS)
        days = [first - timedelta(days=rules.WEEK * index) for index in range(PAST_RUNS)]
        currency = root.currency_id
        values = [
            {
                "company_id": root.id,
                "date": row.day,
                "week": row.day + timedelta(days=rules.WEEK * row.index),
                "scope": "invoice",
                "state": "passed",
                "is_kept": True,
                "spread": 1.0,
                "p10": currency.round(row.week.low),
                "p50": currency.round(row.week.middle),
                "p90": currency.round(row.week.high),
                "actual": currency.round(row.actual),
                "error": currency.round(row.week.middle - row.actual),
                "is_inside": row.inside,
            }
            for row in rules.backtest(bills, days, weeks=PAST_WEEKS, draws=PAST_DRAWS)
        ]
        return self.create(values)

    @api.model
    def _spread(self, root):
        """How wide the band must be, from the last hundred weeks that have passed."""
        passed = self.search(
            [("company_id", "=", root.id), ("state", "=", "passed")], order="week DESC, id DESC", limit=100
        )
        rows = []
        for week in passed:
            width = week.spread or 1.0
            low, high = week.p50 - (week.p50 - week.p10) / width, week.p50 + (week.p90 - week.p50) / width
            rows.append((low, week.p50, high, week.actual))
        return rules.spread_of(rows)

    # === ACTIONS === #

    def action_open_sources(self):
        """The invoices, promises, orders and opportunities most likely to be paid in the week."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_finance_bridge.crm_expected_receipt_action")
        if self.state == "passed":
            return self._action_came_in()
        return {
            **action,
            "domain": [
                ("company_id", "child_of", self.company_id.id),
                ("date", ">=", self.week),
                ("date", "<", self.week + timedelta(days=rules.WEEK)),
            ],
            "context": {},
        }

    def _action_came_in(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Came In"),
            "res_model": "crm.funds.flow",
            "view_mode": "list,pivot,graph",
            "domain": self._came_in_domain(self.company_id, self.week, self.week + timedelta(days=rules.WEEK)),
        }
