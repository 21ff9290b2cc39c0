from odoo import api, fields, models

DECIDED = ("target", "has_target", "adjustment", "owner_department", "value", "state", "baseline", "has_baseline")


class CrmCompanyScorecardLine(models.Model):
    """One metric of a month: measured value, target, previous month, and the adjustment that was decided."""

    _name = "crm.company.scorecard.line"
    _description = "Monthly Scorecard Metric"
    _order = "month_id, sequence, id"
    _rec_name = "metric_id"

    month_id = fields.Many2one(
        "crm.company.scorecard", string="Monthly Scorecard", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="month_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    period = fields.Date(related="month_id.period", store=True)
    month_state = fields.Selection(related="month_id.state", string="State of the month")
    # Cascade: an addon that goes takes its metrics along; who deletes one by hand is refused (crm.metric).
    metric_id = fields.Many2one("crm.metric", required=True, ondelete="cascade", readonly=True)
    sequence = fields.Integer(related="metric_id.sequence", store=True)
    owner_department = fields.Selection(selection="_departments", required=True)
    state = fields.Selection([("ok", "Measured"), ("no_data", "Not enough data")], readonly=True, default="no_data")
    value = fields.Float(digits=(16, 2), readonly=True, aggregator=None, help="In the metric's unit.")
    has_previous = fields.Boolean(readonly=True)
    previous_value = fields.Float(digits=(16, 2), readonly=True, aggregator=None)
    has_target = fields.Boolean(string="Target set")
    target = fields.Float(digits=(16, 2), aggregator=None)
    has_baseline = fields.Boolean()
    baseline = fields.Float(digits=(16, 2), aggregator=None)
    value_text = fields.Char(string="Measured", compute="_compute_texts")
    previous_text = fields.Char(string="Previous month", compute="_compute_texts")
    target_text = fields.Char(string="Target value", compute="_compute_texts")
    judgement = fields.Selection(
        [("good", "On target"), ("bad", "Off target"), ("none", "No target"), ("no_data", "Not enough data")],
        compute="_compute_judgement",
    )
    adjustment = fields.Text(help="What is changed in products, plans or service because of this figure.")

    _metric_month_unique = models.UniqueIndex("(month_id, metric_id)", "A metric stands once in a month.")

    @api.model
    def _departments(self):
        return self.env["crm.metric"]._fields["owner_department"]._description_selection(self.env)

    @api.depends("value", "state", "has_target", "target")
    def _compute_judgement(self):
        for line in self:
            if line.state != "ok":
                line.judgement = "no_data"
            elif not line.has_target:
                line.judgement = "none"
            elif line.metric_id.better == "higher":
                line.judgement = "good" if line.value >= line.target else "bad"
            else:
                line.judgement = "good" if line.value <= line.target else "bad"

    @api.depends("value", "state", "previous_value", "has_previous", "target", "has_target")
    @api.depends_context("lang")
    def _compute_texts(self):
        for line in self:
            metric, currency = line.metric_id, line.currency_id
            line.value_text = (
                metric._format_value(line.value, currency) if line.state == "ok" else self.env._("not enough data")
            )
            line.previous_text = (
                metric._format_value(line.previous_value, currency)
                if line.has_previous
                else self.env._("not enough data")
            )
            line.target_text = (
                metric._format_value(line.target, currency) if line.has_target else self.env._("no target set")
            )

    @api.onchange("target")
    def _onchange_target(self):
        """A target that somebody enters is a target that is set."""
        for line in self:
            line.has_target = line.has_target or bool(line.target)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.month_id._check_open()
        return lines

    def write(self, vals):
        if set(vals) & set(DECIDED):
            self.month_id._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self.month_id._check_open()
