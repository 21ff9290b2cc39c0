from odoo import fields, models


class CrmPipelineDay(models.Model):
    """Days for which the pipeline is known, with its total: the trend, and what the next run has still to take.

    Company currency. 'Rebuilt': the night's run was missed, so that the day comes from the history of stages and
    the log of changes, without probabilities.
    """

    _name = "crm.pipeline.day"
    _description = "Day of the Pipeline"
    _order = "day desc, company_id"
    _rec_name = "day"

    day = fields.Date(required=True, index=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    source = fields.Selection([("measured", "Measured"), ("rebuilt", "Rebuilt")], required=True)
    deals = fields.Integer("Open deals", aggregator="avg")
    amount = fields.Monetary("Open pipeline", aggregator="avg")

    _one_a_day = models.Constraint("UNIQUE (day, company_id)", "Each day is taken once a company.")
