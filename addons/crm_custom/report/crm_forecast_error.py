from odoo import api, fields, models
from odoo.tools import SQL

from ..models.crm_forecast_line import SPANS

METHODS = [
    ("weighted", "Weighted Pipeline"),
    ("hazard", "Stage and Age"),
    ("run_rate", "Run Rate"),
    ("combination", "Combination"),
    ("user_amount", "Salesperson's Forecast"),
    ("manager_amount", "Manager's Forecast"),
]
HISTORY = ("hazard", "run_rate", "combination")


class CrmForecastError(models.Model):
    """How far each method and person was off, window by window: one row per frozen forecast, window, salesperson and
    method whose window has ended. Compared with won opportunities. Errors in percent of the result, + = too high;
    empty where nothing was won. Methods that lacked data when frozen have no row."""

    _name = "crm.forecast.error"
    _inherit = ["crm.fact"]
    _description = "Forecast Error"
    _auto = False
    _rec_name = "forecast_id"
    _order = "date DESC, span, id"

    forecast_id = fields.Many2one("crm.forecast", "Frozen Forecast", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date("Frozen on", readonly=True)
    span = fields.Selection(SPANS, "Window", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    method = fields.Selection(METHODS, readonly=True)
    forecast = fields.Monetary(readonly=True)
    actual = fields.Monetary("Won Opportunities", readonly=True)
    bias = fields.Float("Bias (%)", digits=(16, 1), aggregator="avg", readonly=True, help="+ = forecast too high.")
    error = fields.Float("Error (%)", digits=(16, 1), aggregator="avg", readonly=True)

    _depends = {
        "crm.forecast": ["data_state"],
        "crm.forecast.line": ["actual_won", "is_settled", "span", "user_id", *(name for name, _label in METHODS)],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT MIN(line.id) * 8 + method.number AS id, line.forecast_id, line.company_id, company.currency_id,
                   line.date, line.span, line.user_id, method.name AS method, SUM(method.amount) AS forecast,
                   SUM(line.actual_won) AS actual,
                   100 * (SUM(method.amount) - SUM(line.actual_won)) / NULLIF(SUM(line.actual_won), 0) AS bias,
                   100 * ABS(SUM(method.amount) - SUM(line.actual_won)) / NULLIF(SUM(line.actual_won), 0) AS error
              FROM crm_forecast_line line
              JOIN crm_forecast forecast ON forecast.id = line.forecast_id
              JOIN res_company company ON company.id = line.company_id
              CROSS JOIN LATERAL (VALUES %(methods)s) AS method(number, name, amount)
             WHERE line.is_settled AND line.span IN ('30', '60', '90')
               AND (forecast.data_state = 'enough' OR method.name NOT IN %(history)s)
             GROUP BY line.forecast_id, line.company_id, company.currency_id, line.date, line.span, line.user_id,
                      method.number, method.name
            """,
            methods=self._methods(),
            history=HISTORY,
        )

    @api.model
    def _methods(self) -> SQL:
        return SQL(", ").join(
            SQL("(%s, %s, %s)", number, name, SQL.identifier("line", name))
            for number, (name, _label) in enumerate(METHODS)
        )
