from odoo import api, fields, models


class CrmMetricValue(models.Model):
    """What a metric measured for one customer in one month, and the score that it earned.

    Customer, company and month are those of the scorecard, and looked up there: a run writes a row for each customer
    and metric, and each foreign key and index of it takes as long as the row itself.
    """

    _name = "crm.metric.value"
    _description = "Customer Metric Value"
    _order = "scorecard_id, sequence, id"
    _rec_name = "metric_id"

    metric_id = fields.Many2one("crm.metric", required=True, ondelete="cascade", readonly=True)
    scorecard_id = fields.Many2one("crm.scorecard", required=True, ondelete="cascade", index=True, readonly=True)
    partner_id = fields.Many2one(related="scorecard_id.partner_id", string="Customer")
    company_id = fields.Many2one(related="scorecard_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    period = fields.Date(related="scorecard_id.period", string="Month")
    sequence = fields.Integer(readonly=True)
    state = fields.Selection(
        [("ok", "Measured"), ("no_data", "Not enough data")], required=True, default="no_data", readonly=True
    )
    value = fields.Float(digits=(16, 4), readonly=True, aggregator="avg", help="In the metric's unit.")
    value_text = fields.Char(string="Measured", compute="_compute_texts")
    score = fields.Float(digits=(5, 2), readonly=True, aggregator="avg", help="0 to 100, 100 is best.")
    weight = fields.Float(digits=(6, 2), readonly=True, aggregator=None)
    points = fields.Float(
        digits=(5, 2), compute="_compute_points", help="Points of the total score that come from this metric."
    )
    reason = fields.Char(compute="_compute_texts")

    def init(self):
        """Room in each page for the values of the next night; what earlier versions kept twice goes."""
        self.env.cr.execute(
            """ALTER TABLE crm_metric_value SET (fillfactor = 60), DROP COLUMN IF EXISTS partner_id,
                     DROP COLUMN IF EXISTS company_id, DROP COLUMN IF EXISTS period"""
        )
        self.env.cr.execute("DROP INDEX IF EXISTS crm_metric_value__metric_id_index")

    @api.depends("score", "weight", "state", "scorecard_id.weight_known")
    def _compute_points(self):
        for value in self:
            known = value.scorecard_id.weight_known
            value.points = value.score * value.weight / known if known and value.state == "ok" else 0.0

    @api.depends("value", "score", "state", "metric_id")
    @api.depends_context("lang")
    def _compute_texts(self):
        for value in self:
            metric = value.metric_id
            if value.state != "ok":
                value.value_text = value.reason = self.env._("not enough data")
                continue
            value.value_text = metric._format_value(value.value, value.currency_id)
            if metric.scoring == "percentile":
                value.reason = self.env._(
                    "%(value)s: better than %(share).0f %% of the customers", value=value.value_text, share=value.score
                )
            else:
                value.reason = self.env._(
                    "%(value)s: %(score).0f of 100 by the bands of the metric",
                    value=value.value_text,
                    score=value.score,
                )
