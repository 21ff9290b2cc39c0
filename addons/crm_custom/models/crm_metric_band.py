from odoo import fields, models


class CrmMetricBand(models.Model):
    """One step of a metric's scoring curve: a value that reaches the limit earns the score."""

    _name = "crm.metric.band"
    _description = "Metric Band"
    _order = "metric_id, limit_value"

    metric_id = fields.Many2one("crm.metric", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="metric_id.company_id", store=True, index=True)
    limit_value = fields.Float(
        string="Limit",
        required=True,
        digits=(16, 2),
        help="In the metric's unit: at least this value where higher is better, up to this value where lower is.",
    )
    score = fields.Float(required=True, digits=(5, 2), help="Score from 0 to 100, 100 is best.")

    _limit_unique = models.UniqueIndex("(metric_id, limit_value)", "Each limit can be used once in a metric.")
    _check_score = models.Constraint("CHECK (score BETWEEN 0 AND 100)", "A score lies between 0 and 100.")
