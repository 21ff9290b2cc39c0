"""Reads the opportunities as deals of the forecast rules and adds them up by person, team and territory."""

from collections import defaultdict, namedtuple
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, models
from odoo.tools import SQL

from ..tools import forecast as rules
from ..tools import hazard
from ..tools.split import largest_remainder

YEARS_BACK = 2
ZERO = (
    "deals", "commit", "best_case", "pipeline", "omitted", "user_amount", "manager_amount", "weighted", "hazard",
    "run_rate", "combination",
)  # fmt: skip

Opportunity = namedtuple(
    "Opportunity", "rule key deadline weighted category expected user_amount manager_amount is_open"
)


class CrmForecastSource(models.AbstractModel):
    _name = "crm.forecast.source"
    _description = "Sales Forecast, Source"

    @api.model
    def _deals(self, company, day):
        """All open opportunities of the company and those closed in the last YEARS_BACK years."""
        self.env.flush_all()
        rows = self.env.execute_query_dict(self._deals_query(company, day))
        moves = self._moves([row["id"] for row in rows])
        closed = [row["won_status"] == "won" for row in rows if row["won_status"] in ("won", "lost")]
        # Odoo has no probability before its own statistics ran: the win rate stands for it, where there is one.
        rate = sum(closed) / len(closed) if len(closed) >= hazard.MIN_CLOSED else 0.0
        for row in rows:
            row["weighted"] = row["expected"] * (rate if row["chance"] is None else row["chance"])
        return [self._opportunity(row, moves.get(row["id"], ()), day) for row in rows]

    @api.model
    def _deals_query(self, company, day) -> SQL:
        parts = self.env["crm.performance"]
        return SQL(
            """
            SELECT lead.id, %(opened)s AS opened, %(closed)s AS closed, lead.won_status, lead.stage_id,
                   COALESCE(lead.expected_revenue, 0)::float AS expected, lead.date_deadline,
                   lead.probability::float / 100 AS chance,
                   lead.forecast_category, lead.user_id, lead.team_id, lead.territory_id,
                   COALESCE(own.amount, lead.expected_revenue, 0)::float AS user_amount,
                   COALESCE(boss.amount, own.amount, lead.expected_revenue, 0)::float AS manager_amount
              FROM crm_lead lead
              LEFT JOIN crm_team team ON team.id = lead.team_id
              LEFT JOIN res_users usr ON usr.id = lead.user_id
              LEFT JOIN (%(own)s) own ON own.lead_id = lead.id
              LEFT JOIN (%(boss)s) boss ON boss.lead_id = lead.id
             WHERE lead.type = 'opportunity' AND %(company)s = %(company_id)s
               AND (lead.active AND lead.won_status = 'pending'
                    OR lead.won_status IN ('won', 'lost') AND lead.date_closed >= %(since)s)
            """,
            opened=parts._day(SQL("COALESCE(lead.date_conversion, lead.create_date)")),
            closed=parts._day(SQL("lead.date_closed")),
            own=self._latest_adjustments("user"),
            boss=self._latest_adjustments("manager"),
            company=parts._lead_company(),
            company_id=company.id,
            since=day - relativedelta(years=YEARS_BACK),
        )

    @api.model
    def _latest_adjustments(self, level) -> SQL:
        return SQL(
            """SELECT DISTINCT ON (lead_id) lead_id, amount FROM crm_forecast_adjustment
                WHERE level = %s ORDER BY lead_id, id DESC""",
            level,
        )

    @api.model
    def _moves(self, lead_ids):
        """{lead: ((day, stage left first), ...)} from the tracked changes of the stage."""
        if not lead_ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT message.res_id, %s, value.old_value_integer, value.new_value_integer
                     FROM mail_tracking_value value
                     JOIN mail_message message ON message.id = value.mail_message_id
                     JOIN ir_model_fields field ON field.id = value.field_id
                    WHERE message.model = 'crm.lead' AND field.model = 'crm.lead' AND field.name = 'stage_id'
                      AND message.res_id IN %s ORDER BY message.res_id, message.date, value.id""",
                self.env["crm.performance"]._day(SQL("message.date")),
                tuple(lead_ids),
            )
        )
        moves = defaultdict(list)
        for lead, day, old, new in rows:
            moves[lead].append((day, old, new))
        return moves

    @api.model
    def _opportunity(self, row, changes, day):
        """The row as a deal. What was entered today counts as known; a closed deal without a history has no stage:
        where it stands now says how it ended."""
        closed = row["closed"] if row["won_status"] in ("won", "lost") else None
        opened = min(row["opened"], closed or row["opened"], day - timedelta(1))
        moves = ()
        if changes:
            moves = ((opened, changes[0][1]), *((max(when, opened), new) for when, _old, new in changes))
        stage = row["stage_id"] if not closed else None
        deal = hazard.Deal(
            key=row["id"],
            opened=opened,
            value=row["expected"],
            stage=stage,
            closed=closed,
            won=row["won_status"] == "won",
            moves=moves,
        )
        return Opportunity(
            deal,
            (row["user_id"], row["team_id"], row["territory_id"]),
            row["date_deadline"],
            row["weighted"],
            row["forecast_category"] or "pipeline",
            row["expected"],
            row["user_amount"],
            row["manager_amount"],
            closed is None,
        )

    # === LINES === #

    @api.model
    def _lines(self, forecast, deals, methods):
        """Values of the lines: every window by (salesperson, team, territory)."""
        day = forecast.date
        windows = self.env["crm.forecast.line"]._windows(day)
        still_open = [deal for deal in deals if deal.is_open]
        values = []
        for span, first, last in windows:
            rows = self._sums(
                [deal for deal in still_open if deal.deadline and max(first, day) <= deal.deadline <= last]
            )
            if span in ("30", "60", "90"):
                self._add_methods(rows, forecast, deals, methods[int(span)], day)
            values += self._values(forecast, span, first, last, rows)
        end = windows[-1][2]
        later = self._sums([deal for deal in still_open if deal.deadline and deal.deadline > end])
        undated = self._sums([deal for deal in still_open if not deal.deadline or deal.deadline < day])
        values += self._values(forecast, "later", end + timedelta(1), False, later)
        values += self._values(forecast, "undated", False, False, undated)
        return values

    @api.model
    def _sums(self, deals):
        rows = defaultdict(lambda: dict.fromkeys(ZERO, 0.0))
        columns = {"commit": "commit", "best": "best_case", "pipeline": "pipeline", "omitted": "omitted"}
        for deal in deals:
            row = rows[deal.key]
            row["deals"] += 1
            row[columns[deal.category]] += deal.expected
            if deal.category != "omitted":
                row["weighted"] += deal.weighted
            if deal.category == "commit":
                row["user_amount"] += deal.user_amount
                row["manager_amount"] += deal.manager_amount
        return rows

    @api.model
    def _add_methods(self, rows, forecast, deals, method, day):
        """Stage and age deal by deal; new business and run rate in proportion to the last days, to the cent."""
        if method:
            by_lead = {deal.rule.key: deal.key for deal in deals}
            for lead, expected in method["wins"].items():
                rows[by_lead[lead]]["hazard"] += expected
            since = day - timedelta(rules.LOOK_BACK_DAYS)
            fresh, won = defaultdict(float), defaultdict(float)
            for deal in deals:
                if deal.rule.opened >= since:
                    fresh[deal.key] += deal.expected
                if deal.rule.won and deal.rule.closed >= since:
                    won[deal.key] += deal.expected
            for amount, shares, column in ((method["new"], fresh, "hazard"), (method["run_rate"], won, "run_rate")):
                keys = sorted(shares, key=str)
                parts = largest_remainder(f"{amount:.2f}", [f"{shares[key]:.6f}" for key in keys])
                for key, part in zip(keys, parts, strict=True):
                    rows[key][column] += float(part)
        for row in rows.values():
            row["combination"] = (
                forecast.weight_weighted * row["weighted"]
                + forecast.weight_hazard * row["hazard"]
                + forecast.weight_run_rate * row["run_rate"]
            )

    @api.model
    def _values(self, forecast, span, first, last, rows):
        territories = bool(self.env["crm.territory"].search_count([], limit=1))
        return [
            {
                **row,
                "forecast_id": forecast.id,
                "company_id": forecast.company_id.id,
                "date": forecast.date,
                "span": span,
                "date_from": first,
                "date_to": last,
                "user_id": key[0],
                "team_id": key[1],
                "territory_id": key[2],
                "is_outside": not (key[0] and key[1] and (key[2] or not territories)),
            }
            for key, row in sorted(rows.items(), key=lambda item: str(item[0]))
        ]
