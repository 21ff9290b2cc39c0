from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL, float_round


class CrmMetric(models.Model):
    """A figure that is measured for every customer, or for the company, in each month.

    The code names the method that measures it: `_metric_<code>(company, start, stop)`
    returns a query of (partner_id, value), at most one row a partner, for the days
    start <= day < stop; a customer without row has not enough data. A company metric
    gives one row, with partner_id NULL. An addon adds metrics by a record and a method.
    """

    _name = "crm.metric"
    _description = "Customer and Company Metric"
    _order = "subject, sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False, help="Names the method that measures it.")
    description = fields.Text(translate=True, help="What is counted, from which records.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="Empty: all companies. A metric of a company takes the place of the shared one with the same code.",
    )
    subject = fields.Selection([("customer", "Customer"), ("company", "Company")], required=True, default="customer")
    dimension = fields.Selection(
        [
            ("value", "Value"),
            ("growth", "Growth"),
            ("loyalty", "Loyalty"),
            ("engagement", "Engagement"),
            ("service", "Service"),
            ("payment", "Payment"),
            ("profitability", "Profitability"),
            ("risk", "Risk"),
        ],
        required=True,
        default="value",
    )
    unit = fields.Selection(
        [
            ("money", "Company currency"),
            ("percent", "Percent"),
            ("days", "Days"),
            ("months", "Months"),
            ("count", "Number"),
        ],
        required=True,
        default="count",
    )
    better = fields.Selection(
        [("higher", "Higher is better"), ("lower", "Lower is better")], required=True, default="higher"
    )
    scoring = fields.Selection(
        [("percentile", "Compared with the other customers"), ("band", "By bands")],
        required=True,
        default="percentile",
        help="Percentile: the share of customers that do worse, ties counted half. Bands: the limits below.",
    )
    band_ids = fields.One2many("crm.metric.band", "metric_id", string="Bands", copy=True)
    weight = fields.Float(
        default=10.0, digits=(6, 2), help="Share in the total score, relative to the weights of the other metrics."
    )
    in_loyalty = fields.Boolean(string="Counts for loyalty", help="Part of the loyalty score of the class B rule.")
    in_cooperation = fields.Boolean(
        string="Counts for co-operation", help="Part of the co-operation score of the class B rule."
    )
    has_target = fields.Boolean(string="Target set")
    target = fields.Float(digits=(16, 2), help="In the metric's unit.")
    has_baseline = fields.Boolean(string="Baseline set")
    baseline = fields.Float(digits=(16, 2), help="Value to compare with, in the metric's unit.")
    owner_department = fields.Selection(
        [
            ("sales", "Sales"),
            ("marketing", "Marketing"),
            ("service", "Service"),
            ("finance", "Finance"),
            ("logistics", "Logistics"),
            ("purchase", "Purchasing"),
            ("management", "Management"),
        ],
        default="sales",
        required=True,
    )

    _code_unique = models.UniqueIndex("(code, COALESCE(company_id, 0))", "This code is used already.")
    _check_weight = models.Constraint("CHECK (weight >= 0)", "A weight cannot be negative.")

    @api.constrains("code")
    def _check_code(self):
        for metric in self:
            if not hasattr(self, f"_metric_{metric.code}"):
                raise ValidationError(self.env._("There is no method that measures '%(code)s'.", code=metric.code))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_measured(self):
        """A metric that a month's scorecard shows stays; archive it."""
        line = self.env["crm.company.scorecard.line"].sudo().search([("metric_id", "in", self.ids)], limit=1)
        if line:
            raise UserError(
                self.env._("%(metric)s is on monthly scorecards: archive it instead.", metric=line.metric_id.name)
            )

    @api.model
    def _for_company(self, company, subject="customer"):
        """Active metrics of the company, its own in the place of shared ones with the same code."""
        metrics = self.sudo().search(
            [("subject", "=", subject), ("company_id", "in", (company.id, False))], order="sequence, id"
        )
        own = set(metrics.filtered("company_id").mapped("code"))
        return metrics.filtered(lambda metric: metric.company_id or metric.code not in own)

    def _source(self, company, start, stop):
        """Query of (partner_id, value) of this metric for the days start <= day < stop."""
        self.ensure_one()
        return getattr(self, f"_metric_{self.code}")(company, start, stop)

    def _score_sql(self, value):
        """Score, 0 to 100, of the column `value` within the rows of the query around it.

        Specification: `tools/scores.py`. Percentile needs all customers with data in the query.
        """
        self.ensure_one()
        if self.scoring == "band":
            return SQL(
                """CASE WHEN %(value)s IS NOT NULL THEN COALESCE((
                    SELECT band.score FROM crm_metric_band band
                     WHERE band.metric_id = %(metric)s AND %(reached)s
                     ORDER BY band.limit_value %(direction)s LIMIT 1), 0) END""",
                value=value,
                metric=self.id,
                reached=SQL("band.limit_value <= %s" if self.better == "higher" else "band.limit_value >= %s", value),
                direction=SQL("DESC") if self.better == "higher" else SQL("ASC"),
            )
        return SQL(
            """CASE WHEN %(value)s IS NOT NULL THEN ROUND(100.0 * (
                RANK() OVER (PARTITION BY %(value)s IS NULL ORDER BY %(value)s %(direction)s) - 1
                + COUNT(*) OVER (PARTITION BY %(value)s) / 2.0
            ) / NULLIF(COUNT(%(value)s) OVER (), 0), 2) END""",
            value=value,
            direction=SQL("ASC") if self.better == "higher" else SQL("DESC"),
        )

    def _format_value(self, value, currency):
        """The value with its unit, in the user's language."""
        self.ensure_one()
        if self.unit == "money":
            return currency.format(value)
        number = float_round(value, 2)
        text = f"{number:.0f}" if number == int(number) else f"{number:.1f}"
        if self.unit == "percent":
            return self.env._("%(number)s %%", number=text)
        if self.unit == "days":
            return self.env._("%(number)s days", number=text)
        if self.unit == "months":
            return self.env._("%(number)s months", number=text)
        return text
