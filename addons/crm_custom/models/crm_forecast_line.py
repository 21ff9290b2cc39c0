from collections import defaultdict

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.tools import SQL

KEY = ("user_id", "team_id", "territory_id")
SPANS = [
    ("30", "30 Days"),
    ("60", "60 Days"),
    ("90", "90 Days"),
    ("month", "Month"),
    ("later", "Later"),
    ("undated", "No or Past Closing Date"),
]


class CrmForecastLine(models.Model):
    """The frozen forecast of one salesperson, team and territory for one window.

    Money in company currency. 30, 60 and 90 days overlap; months, later and undated divide the open pipeline: their
    sum is its whole, with the rows outside the hierarchy (no salesperson, team or territory).
    Commit, best case and pipeline: expected revenue by category and closing date. The salesperson's figure is the
    committed deals with own adjustments, the manager's with the manager's upon them.
    """

    _name = "crm.forecast.line"
    _description = "Sales Forecast Line"
    _order = "forecast_id DESC, span, date_from, id"
    _rec_name = "forecast_id"

    forecast_id = fields.Many2one("crm.forecast", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Frozen on", required=True)
    span = fields.Selection(SPANS, "Window", required=True)
    date_from = fields.Date("From")
    date_to = fields.Date("Until")
    user_id = fields.Many2one("res.users", "Salesperson", index="btree_not_null")
    team_id = fields.Many2one("crm.team", "Sales Team", index="btree_not_null")
    territory_id = fields.Many2one("crm.territory", index="btree_not_null")
    is_outside = fields.Boolean("Outside the Hierarchy", help="No salesperson, no team or no territory.")
    deals = fields.Integer("Opportunities")
    commit = fields.Monetary()
    best_case = fields.Monetary()
    pipeline = fields.Monetary()
    omitted = fields.Monetary("Not in the Forecast")
    user_amount = fields.Monetary("Salesperson's Forecast")
    manager_amount = fields.Monetary("Manager's Forecast")
    weighted = fields.Monetary("Weighted Pipeline")
    hazard = fields.Monetary("Stage and Age", help="With new business.")
    run_rate = fields.Monetary()
    combination = fields.Monetary()
    is_settled = fields.Boolean("Compared", index=True)
    is_reference = fields.Boolean(help="Frozen last before its month began: it is shown beside the result.")
    actual_won = fields.Monetary("Won Opportunities")
    actual_ordered = fields.Monetary("Actual Orders")

    _reference_idx = models.Index("(company_id, date_from) WHERE is_reference")

    # === REFERENCE === #

    @api.model
    def _take_reference(self, forecast):
        """Months that had not begun when frozen replace what older forecasts said of them; a month that runs is
        referred to only if nothing older is there."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH months AS (
                    SELECT DISTINCT line.date_from FROM crm_forecast_line line
                     WHERE line.forecast_id = %(forecast)s AND line.span = 'month'
                       AND (line.date_from > line.date OR NOT EXISTS (
                            SELECT 1 FROM crm_forecast_line other
                             WHERE other.company_id = line.company_id AND other.is_reference
                               AND other.date_from = line.date_from))
                ), old AS (
                    UPDATE crm_forecast_line line SET is_reference = FALSE FROM months
                     WHERE line.company_id = %(company)s AND line.is_reference
                       AND line.date_from = months.date_from AND line.forecast_id <> %(forecast)s
                )
                UPDATE crm_forecast_line line SET is_reference = TRUE FROM months
                 WHERE line.forecast_id = %(forecast)s AND line.span = 'month' AND line.date_from = months.date_from
                """,
                forecast=forecast.id,
                company=forecast.company_id.id,
            )
        )
        self.env.invalidate_all()

    # === COMPARISON WITH WHAT CAME === #

    @api.model
    def _settle(self, company, day):
        """Fill in the results of the windows that ended before `day`; a second run changes nothing."""
        lines = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("is_settled", "=", False),
                ("date_to", "<", day),
                ("date_to", "!=", False),
            ]
        )
        spans = lines.grouped(lambda line: (line.forecast_id, line.span, line.date_from, line.date_to))
        missing = []
        for (forecast, span, first, last), batch in spans.items():
            results = self._results(company, first, last)
            for line in batch:
                won, ordered = results.pop(tuple(line[name].id or None for name in KEY), (0.0, 0.0))
                line.write({"actual_won": won, "actual_ordered": ordered, "is_settled": True})
            missing += [
                {
                    **dict(zip(KEY, key, strict=True)),
                    "forecast_id": forecast.id,
                    "company_id": company.id,
                    "date": forecast.date,
                    "span": span,
                    "date_from": first,
                    "date_to": last,
                    "is_outside": not all(key[:2]),
                    "actual_won": won,
                    "actual_ordered": ordered,
                    "is_settled": True,
                    "is_reference": batch[0].is_reference,
                }
                for key, (won, ordered) in results.items()
            ]
        self.sudo().create(missing)

    @api.model
    def _results(self, company, first, last):
        """{(user, team, territory): (won opportunities, ordered)} from the first to the last day."""
        parts = self.env["crm.performance"].sudo()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT lead.user_id, lead.team_id, lead.territory_id, SUM(lead.expected_revenue)::float
                     FROM crm_lead lead LEFT JOIN crm_team team ON team.id = lead.team_id
                     LEFT JOIN res_users usr ON usr.id = lead.user_id
                    WHERE lead.type = 'opportunity' AND lead.won_status = 'won' AND %s = %s AND %s BETWEEN %s AND %s
                    GROUP BY 1, 2, 3""",
                parts._lead_company(),
                company.id,
                parts._day(SQL("lead.date_closed")),
                first,
                last,
            )
        )
        orders = self.env.execute_query(
            SQL(
                """SELECT user_id, team_id, territory_id, SUM(ordered)::float FROM (%s) fact
                    WHERE company_id = %s GROUP BY 1, 2, 3""",
                parts._facts(first, last, {"order_line"}),
                company.id,
            )
        )
        results = defaultdict(lambda: [0.0, 0.0])
        for number, found in enumerate((rows, orders)):
            for *key, amount in found:
                results[tuple(key)][number] += amount or 0.0
        return {key: tuple(figures) for key, figures in results.items() if any(figures)}

    def action_open_leads(self):
        """Open the opportunities of the salesperson that close in the window now."""
        self.ensure_one()
        domain = [("type", "=", "opportunity"), *((name, "=", self[name].id) for name in KEY)]
        if self.date_from:
            domain += [("date_deadline", ">=", self.date_from), ("date_deadline", "<=", self.date_to)]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Opportunities"),
            "res_model": "crm.lead",
            "view_mode": "list,form",
            "domain": domain,
        }

    @api.model
    def _windows(self, day):
        """[(span, first, last)] of a forecast made on `day`: both days count. Of the month that runs, deals that should
        have closed before `day` are overdue and stand under undated."""
        horizons = [(str(days), day, day + relativedelta(days=days - 1)) for days in (30, 60, 90)]
        months = []
        for number in range(4):
            first = day.replace(day=1) + relativedelta(months=number)
            months.append(("month", first, first + relativedelta(months=1, days=-1)))
        return [*horizons, *months]
