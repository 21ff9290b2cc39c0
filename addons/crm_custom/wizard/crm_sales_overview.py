from dateutil.relativedelta import relativedelta
from odoo import api, fields, models


class CrmSalesOverview(models.TransientModel):
    """The sales manager's screen: forecast, sales by channel, received and missing reports of a month."""

    _name = "crm.sales.overview"
    _description = "Sales Manager's Screen"

    month = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self).replace(day=1), help="Any day of the month."
    )
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    forecast_id = fields.Many2one("crm.forecast", "Frozen Forecast", compute="_compute_forecast")
    forecast_line_ids = fields.Many2many("crm.forecast.line", compute="_compute_forecast", string="Forecast of 30 Days")
    target = fields.Monetary(compute="_compute_figures")
    forecast = fields.Monetary(compute="_compute_figures", help="Weighted, frozen last before the month began.")
    ordered = fields.Monetary(compute="_compute_figures")
    attainment_text = fields.Char(compute="_compute_figures")
    channel_ids = fields.One2many("crm.sales.overview.channel", "overview_id", compute="_compute_channel_ids")
    report_ids = fields.Many2many("crm.sales.report", compute="_compute_reports", string="Sales Reports")
    missing_count = fields.Integer(compute="_compute_reports")
    report_count = fields.Integer(compute="_compute_reports")

    @api.depends("month", "company_id")
    def _compute_display_name(self):
        for screen in self:
            screen.display_name = self.env._("Sales Overview")

    def _span(self):
        first = self.month.replace(day=1)
        return first, first + relativedelta(months=1, days=-1)

    def _domain(self):
        first, last = self._span()
        return [("company_id", "=", self.company_id.id), ("date", ">=", first), ("date", "<=", last)]

    @api.depends("month", "company_id")
    def _compute_forecast(self):
        for screen in self:
            newest = self.env["crm.forecast"].search([("company_id", "=", screen.company_id.id)], limit=1)
            screen.forecast_id = newest
            screen.forecast_line_ids = newest.line_ids.filtered(lambda line: line.span == "30")

    @api.depends("month", "company_id")
    def _compute_figures(self):
        for screen in self:
            [(target, forecast, ordered)] = self.env["crm.performance"]._read_group(
                screen._domain(), [], ["target_ordered:sum", "forecast:sum", "ordered:sum"]
            )
            screen.target, screen.forecast, screen.ordered = target or 0.0, forecast or 0.0, ordered or 0.0
            screen.attainment_text = (
                self.env._("%(percent)s %% of the target", percent=f"{100 * screen.ordered / screen.target:.0f}")
                if screen.target
                else self.env._("No target set")
            )

    @api.depends("month", "company_id")
    def _compute_channel_ids(self):
        for screen in self:
            groups = self.env["crm.performance"]._read_group(
                screen._domain(), ["customer_role"], ["ordered:sum", "invoiced:sum", "collected:sum"]
            )
            screen.channel_ids = [
                fields.Command.create(
                    {"customer_role": role, "ordered": ordered, "invoiced": invoiced, "collected": collected}
                )
                for role, ordered, invoiced, collected in groups
                if ordered or invoiced or collected
            ]

    @api.depends("month", "company_id")
    def _compute_reports(self):
        for screen in self:
            first, last = screen._span()
            reports = self.env["crm.sales.report"].search(
                [("company_id", "=", screen.company_id.id), ("date_from", "<=", last), ("date_to", ">=", first)]
            )
            screen.report_ids = reports
            screen.report_count = len(reports)
            screen.missing_count = len(reports.filtered(lambda report: report.state == "missing"))

    @api.model
    def action_open(self):
        """Open the screen of this month."""
        screen = self.create({})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sales Overview"),
            "res_model": self._name,
            "res_id": screen.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
        }

    def action_previous(self):
        self.month = self._span()[0] - relativedelta(months=1)

    def action_next(self):
        self.month = self._span()[0] + relativedelta(months=1)

    def action_open_performance(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_performance_action")
        return {**action, "domain": self._domain(), "context": {"search_default_by_team": 1}}
