from odoo import fields, models


class CrmQualificationAnswer(models.Model):
    """The answer to one question on one opportunity; without level = not asked yet."""

    _name = "crm.qualification.answer"
    _description = "Qualification of an Opportunity"
    _order = "lead_id, sequence, id"
    _rec_name = "criterion_id"

    lead_id = fields.Many2one("crm.lead", required=True, index=True, ondelete="cascade")
    criterion_id = fields.Many2one("crm.qualification.criterion", string="Question", required=True, ondelete="cascade")
    sequence = fields.Integer(related="criterion_id.sequence", store=True)
    level_id = fields.Many2one(
        "crm.qualification.level",
        string="Answer",
        ondelete="restrict",
        domain="[('criterion_id', '=', criterion_id)]",
    )
    points = fields.Float(related="level_id.points")
    weight = fields.Float(related="criterion_id.weight")

    _one_each = models.Constraint("UNIQUE (lead_id, criterion_id)", "Each question is asked once.")
