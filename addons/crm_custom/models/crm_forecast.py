from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import forecast as rules

HORIZONS = (30, 60, 90)
MATURED_MIN = 3
"""Windows that must have ended before the past decides about the weights."""


class CrmForecast(models.Model):
    """The forecast of a company as it stood on a day: frozen weekly, never changed, compared with what came.

    Money in company currency. See `tools/forecast.py` for the methods; lines hold them by person, team and territory.
    """

    _name = "crm.forecast"
    _description = "Sales Forecast"
    _order = "date DESC, id DESC"
    _rec_name = "date"

    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date("Frozen on", required=True, index=True)
    week = fields.Date(required=True, help="Monday of the week: one forecast a week and company.")
    data_state = fields.Selection(
        [("enough", "Enough Data"), ("few", "Not Enough Data")],
        "History",
        required=True,
        help="Stage-and-age and run rate need at least 20 closed opportunities; without them only the weighted "
        "pipeline stands.",
    )
    weight_state = fields.Selection(
        [("equal", "Equal Shares: no Past Yet"), ("past", "By Past Error")], "Combination", required=True
    )
    weight_weighted = fields.Float("Share of Weighted")
    weight_hazard = fields.Float("Share of Stage and Age")
    weight_run_rate = fields.Float("Share of Run Rate")
    line_ids = fields.One2many("crm.forecast.line", "forecast_id", "Lines")

    _unique_week = models.Constraint("UNIQUE (company_id, week)", "This week's forecast is frozen already.")

    @api.depends("date", "company_id")
    def _compute_display_name(self):
        for forecast in self:
            forecast.display_name = self.env._(
                "%(company)s, frozen %(date)s", company=forecast.company_id.name, date=forecast.date
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if any(forecast.line_ids.filtered("is_settled") for forecast in self):
            raise UserError(self.env._("A forecast that was compared with the result stays: errors are read from it."))

    # === CRON === #

    @api.model
    def _cron_freeze(self, date=None):
        """Weekly: freeze every company's forecast, and compare those whose window has ended."""
        day = fields.Date.to_date(date) or fields.Date.context_today(self)
        companies = self.env["res.company"].sudo().search([])
        for company in self.env["crm.cron.turn"]._each("crm.forecast", companies):
            self._freeze(company, day)
            self.env["crm.forecast.line"]._settle(company, day)

    def action_freeze(self):
        """Freeze this week's forecast of the current company now; a second time it opens the one that is there."""
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise UserError(self.env._("Only a sales manager freezes a forecast."))
        forecast = self.sudo()._freeze(self.env.company, fields.Date.context_today(self))
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": forecast.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # === FREEZE === #

    @api.model
    def _freeze(self, company, day):
        """The week's forecast of the company; made if it is not there. Returns it."""
        week = day - relativedelta(days=day.weekday())
        known = self.sudo().search([("company_id", "=", company.id), ("week", "=", week)])
        if known:
            return known
        source = self.env["crm.forecast.source"].sudo().with_company(company)
        deals = source._deals(company, day)
        methods = {horizon: self._methods([deal.rule for deal in deals], day, horizon) for horizon in HORIZONS}
        shares, state = self._shares(company)
        enough = all(method is not None for method in methods.values())
        forecast = self.sudo().create(
            {
                "company_id": company.id,
                "date": day,
                "week": week,
                "data_state": "enough" if enough else "few",
                "weight_state": state,
                "weight_weighted": shares["weighted"] if enough else 1.0,
                "weight_hazard": shares["hazard"] if enough else 0.0,
                "weight_run_rate": shares["run_rate"] if enough else 0.0,
            }
        )
        self.env["crm.forecast.line"].sudo().create(source._lines(forecast, deals, methods))
        self.env["crm.forecast.line"].sudo()._take_reference(forecast)
        return forecast

    @api.model
    def _methods(self, deals, day, horizon):
        """{"wins": {lead: expected}, "new": amount, "run_rate": amount} or None: not enough data."""
        parts, run_rate = rules.hazard_parts(deals, day, horizon), rules.run_rate(deals, day, horizon)
        if parts is None or run_rate is None:
            return None
        return {"wins": parts[0], "new": parts[1], "run_rate": run_rate}

    @api.model
    def _shares(self, company):
        """(shares of the methods, state): by the error of forecasts whose window has ended, equal before that."""
        groups = (
            self.env["crm.forecast.line"]
            .sudo()
            ._read_group(
                [("company_id", "=", company.id), ("is_settled", "=", True), ("span", "in", ["30", "60", "90"])],
                ["forecast_id", "span"],
                ["weighted:sum", "hazard:sum", "run_rate:sum", "actual_won:sum"],
                order="forecast_id desc",
                limit=36,
            )
        )
        groups = [row for row in groups if row[0].data_state == "enough" and row[-1]]
        errors = {
            name: [rules.error(row[2 + number], row[-1]) for row in groups] for number, name in enumerate(rules.METHODS)
        }
        if len(groups) < MATURED_MIN:
            errors = {name: [] for name in rules.METHODS}
        return rules.combination_weights(errors), "past" if len(groups) >= MATURED_MIN else "equal"

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_forecast_line_action")
        return {**action, "name": self.display_name, "domain": [("forecast_id", "=", self.id)], "context": {}}
