from odoo import fields, models

STATES = [
    ("none", "Not qualified yet"),
    ("partial", "Questions open"),
    ("go", "Worth pursuing"),
    ("abandon", "Proposed for abandonment"),
]


class CrmQualificationCriterion(models.Model):
    """A question by which an opportunity is judged, with its possible answers."""

    _name = "crm.qualification.criterion"
    _description = "Qualification Criterion"
    _order = "sequence, id"

    name = fields.Char("Question", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    weight = fields.Float(default=1.0, help="How much the question counts beside the others.")
    company_id = fields.Many2one("res.company", help="Empty = for every company.")
    level_ids = fields.One2many("crm.qualification.level", "criterion_id", string="Answers", copy=True)

    _check_weight = models.Constraint("CHECK (weight > 0)", "A question that does not count need not be asked.")
