from odoo import fields, models


class CrmServiceTeam(models.Model):
    _inherit = "crm.service.team"

    classify = fields.Boolean(
        "Guess Categories",
        default=True,
        help="The category of incoming mail is guessed from the words of the team's own closed tickets.",
    )
    classify_threshold = fields.Float(
        "Set From",
        default=0.7,
        help="A guess at least so sure (0 to 1) becomes the category; a weaker one is only shown.",
    )

    _classify_threshold_share = models.Constraint(
        "CHECK (classify_threshold >= 0 AND classify_threshold <= 1)",
        "The threshold of the classifier lies between 0 and 100 %.",
    )
