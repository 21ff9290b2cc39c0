from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

FROZEN = frozenset(("company_id", "period", "date", "run_day", "policy", "line_ids", "scorecard_ids"))


class CrmCompanyScorecard(models.Model):
    """The scorecard of one month of a company: its metrics against target and previous month.

    A manager notes the adjustment that follows from each figure and closes the month; a closed month is
    frozen, with all customer scorecards of that month.
    """

    _name = "crm.company.scorecard"
    _inherit = ["mail.thread"]
    _description = "Monthly Scorecard"
    _order = "period desc, company_id"
    _rec_name = "period"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, readonly=True)
    period = fields.Date(string="Month", required=True, readonly=True, help="First day of the month.")
    date = fields.Date(string="Computed for", readonly=True, help="Last day whose records count.")
    run_day = fields.Date(string="Computed on", readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")], required=True, default="open", readonly=True, tracking=True
    )
    closed_by_id = fields.Many2one("res.users", readonly=True)
    closed_on = fields.Datetime(readonly=True)
    policy = fields.Json(readonly=True, help="Class settings at the time of the run.")
    line_ids = fields.One2many("crm.company.scorecard.line", "month_id", string="Metrics")
    scorecard_ids = fields.One2many("crm.scorecard", "month_id", string="Customers")
    customer_count = fields.Integer(compute="_compute_class_counts")
    class_a_count = fields.Integer(string="Class A", compute="_compute_class_counts")
    class_b_count = fields.Integer(string="Class B", compute="_compute_class_counts")
    class_c_count = fields.Integer(string="Class C", compute="_compute_class_counts")

    _company_period_unique = models.UniqueIndex("(company_id, period)", "A company has one scorecard a month.")

    @api.depends("period", "company_id")
    def _compute_display_name(self):
        for month in self:
            month.display_name = f"{month.period:%Y-%m} {month.company_id.name}"

    @api.depends("scorecard_ids.customer_class")
    def _compute_class_counts(self):
        """Counts over the whole company, also where the user may not open each customer."""
        groups = (
            self.env["crm.scorecard"]
            .sudo()
            ._read_group([("month_id", "in", self.ids)], ["month_id", "customer_class"], ["__count"])
        )
        counts = {(month.id, customer_class): count for month, customer_class, count in groups}
        for month in self:
            month.class_a_count = counts.get((month.id, "a"), 0)
            month.class_b_count = counts.get((month.id, "b"), 0)
            month.class_c_count = counts.get((month.id, "c"), 0)
            month.customer_count = month.class_a_count + month.class_b_count + month.class_c_count

    # === FREEZING === #

    def _check_open(self):
        closed = self.filtered(lambda month: month.state == "closed")
        if closed:
            raise UserError(self.env._("The scorecard of %(month)s is closed.", month=closed[0].display_name))

    def write(self, vals):
        if FROZEN & set(vals):
            self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self._check_open()

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group("sales_team.group_sale_manager"):
            raise UserError(self.env._("Only a sales administrator closes or reopens a month."))

    def action_close(self):
        """Freeze the month: figures, notes and customer scorecards."""
        self._check_manager()
        self._check_open()
        self.write({"state": "closed", "closed_by_id": self.env.uid, "closed_on": fields.Datetime.now()})

    def action_reopen(self):
        self._check_manager()
        self.write({"state": "open", "closed_by_id": False, "closed_on": False})

    def action_compute(self):
        """Compute the month again, up to its last day, or today while it lasts."""
        self.ensure_one()
        self._check_manager()
        self._check_open()
        self.env["crm.scorecard"]._run(self.company_id, min(self._last_day(), fields.Date.context_today(self)))

    def action_customers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_scorecard_action")
        return action | {
            "name": self.env._("Customers in %(month)s", month=self.display_name),
            "domain": [("month_id", "=", self.id)],
            "context": {"search_default_group_class": 1},
        }

    # === COMPUTATION === #

    @api.model
    def _open_month(self, company, date):
        """The month of `date`, made when missing; a closed one is returned as it is."""
        period = date.replace(day=1)
        month = self.search([("company_id", "=", company.id), ("period", "=", period)])
        if not month:
            month = self.create({"company_id": company.id, "period": period})
        if month.state == "open":
            month.write({"date": date, "run_day": fields.Date.context_today(self)})
        return month

    def _last_day(self):
        return self.period + relativedelta(months=1, days=-1)

    def _stop(self):
        """First day that does not count."""
        return self.date + relativedelta(days=1)

    def _start(self):
        """First day of the twelve months that customer metrics cover."""
        return self._stop() - relativedelta(years=1)

    def _measure(self):
        """Measure the company metrics from the first of the month up to `date`; notes and targets stay."""
        self.ensure_one()
        lines = {line.metric_id: line for line in self.line_ids}
        before = self.search(
            [("company_id", "=", self.company_id.id), ("period", "=", self.period - relativedelta(months=1))]
        )
        previous = {line.metric_id: line for line in before.line_ids}
        for metric in self.env["crm.metric"]._for_company(self.company_id, "company"):
            vals = self._measured_vals(metric, previous.get(metric))
            if metric in lines:
                lines[metric].write(vals)
            else:
                vals |= {"month_id": self.id, "metric_id": metric.id, "owner_department": metric.owner_department}
                self.line_ids.create(
                    vals
                    | {
                        "has_target": metric.has_target,
                        "target": metric.target,
                        "has_baseline": metric.has_baseline,
                        "baseline": metric.baseline,
                    }
                )

    def _measured_vals(self, metric, previous):
        source = metric._source(self.company_id, self.period, self._stop())
        rows = self.env.execute_query(SQL("SELECT value FROM (%s) source", source))
        value = rows[0][0] if rows else None
        return {
            "state": "no_data" if value is None else "ok",
            "value": value or 0.0,
            "has_previous": bool(previous) and previous.state == "ok",
            "previous_value": previous.value if previous else 0.0,
        }
