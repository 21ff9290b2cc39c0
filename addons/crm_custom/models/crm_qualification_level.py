from odoo import fields, models


class CrmQualificationLevel(models.Model):
    """A possible answer and its points, 0 to 100."""

    _name = "crm.qualification.level"
    _description = "Qualification Answer"
    _order = "criterion_id, points desc, id"

    criterion_id = fields.Many2one("crm.qualification.criterion", required=True, index=True, ondelete="cascade")
    name = fields.Char("Answer", required=True, translate=True)
    points = fields.Float(required=True, help="0 to 100.")

    _check_points = models.Constraint("CHECK (points BETWEEN 0 AND 100)", "Points lie between 0 and 100.")
