from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmSalesReport(models.Model):
    """A salesperson's report on a week: expected of every member of a sales team, missing until handed in."""

    _name = "crm.sales.report"
    _inherit = ["mail.thread"]
    _description = "Periodic Sales Report"
    _order = "date_from DESC, user_id"

    company_id = fields.Many2one("res.company", required=True, index=True)
    user_id = fields.Many2one("res.users", "Salesperson", required=True, index=True)
    team_id = fields.Many2one("crm.team", "Sales Team", index="btree_not_null")
    date_from = fields.Date("From", required=True, index=True)
    date_to = fields.Date("Until", required=True)
    date_due = fields.Date("Due", required=True)
    state = fields.Selection(
        [("missing", "Missing"), ("submitted", "Received")], default="missing", required=True, tracking=True, index=True
    )
    date_submitted = fields.Datetime("Received on", readonly=True)
    is_late = fields.Boolean("Late", compute="_compute_is_late")
    done = fields.Text("What was done")
    plan = fields.Text("What comes next")
    market = fields.Text("Market and Competitors")
    figures = fields.Char(compute="_compute_figures", help="Visits, orders and collections of the period.")

    _unique_period = models.Constraint("UNIQUE (user_id, company_id, date_from)", "One report a person and period.")

    @api.depends("user_id", "date_from")
    def _compute_display_name(self):
        for report in self:
            report.display_name = f"{report.user_id.name}, {report.date_from} - {report.date_to}"

    @api.depends("state", "date_due", "date_submitted")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for report in self:
            handed = report.date_submitted
            day = fields.Datetime.context_timestamp(report, handed).date() if handed else today
            report.is_late = bool(report.date_due and day > report.date_due)

    def _compute_figures(self):
        """Read for all reports of the same period at once."""
        for (first, last), reports in self.grouped(lambda report: (report.date_from, report.date_to)).items():
            groups = self.env["crm.performance"]._read_group(
                [("date", ">=", first), ("date", "<=", last), ("user_id", "in", reports.user_id.ids)],
                ["user_id", "company_id"],
                ["visits:sum", "orders:sum", "ordered:sum", "collected:sum"],
            )
            found = {(user, company): figures for user, company, *figures in groups}
            for report in reports:
                visits, orders, ordered, collected = found.get((report.user_id, report.company_id), (0, 0, 0.0, 0.0))
                currency = report.company_id.sudo().currency_id
                report.figures = self.env._(
                    "%(visits)s visits, %(orders)s orders of %(ordered)s, %(collected)s collected",
                    visits=visits,
                    orders=orders,
                    ordered=currency.format(ordered),
                    collected=currency.format(collected),
                )

    @api.model
    def _expect(self, day=None):
        """Make the reports of the week of `day` for every member of a sales team; a second run adds nobody twice."""
        day = fields.Date.to_date(day) or fields.Date.context_today(self)
        first = day - relativedelta(days=day.weekday())
        members = self.env["crm.team.member"].sudo().search([("crm_team_id.active", "=", True)])
        known = {(report.user_id, report.company_id) for report in self.sudo().search([("date_from", "=", first)])}
        values = {}
        for member in members:
            company = member.crm_team_id.company_id or member.user_id.company_id
            if member.user_id.active and (member.user_id, company) not in known:
                values.setdefault(
                    (member.user_id, company),
                    {
                        "user_id": member.user_id.id,
                        "team_id": member.crm_team_id.id,
                        "company_id": company.id,
                        "date_from": first,
                        "date_to": first + relativedelta(days=6),
                        "date_due": first + relativedelta(days=7),
                    },
                )
        return self.sudo().create(list(values.values()))

    @api.model
    def _cron_expect(self):
        self._expect()

    def action_submit(self):
        for report in self:
            if report.user_id != self.env.user and not self.env.user.has_group("sales_team.group_sale_manager"):
                raise AccessError(self.env._("Everybody hands in their own report."))
            if not (report.done or "").strip():
                raise UserError(self.env._("Say what was done before you hand the report in."))
        self.write({"state": "submitted", "date_submitted": fields.Datetime.now()})
