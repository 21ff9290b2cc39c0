from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .voice_selections import ASPECTS, CARE_STAGES, CARE_VARIABLES, MEASURES


class SurveyQuestion(models.Model):
    """What the answer to a question measures. A scale counts from 1 to 5, a choice by the value of its answer."""

    _inherit = "survey.question"

    crm_measure = fields.Selection(
        MEASURES,
        "Measures",
        index="btree_not_null",
        help="A scale is turned to 1-5; a choice counts with the value of the answer (yes: 5, no: 1).",
    )
    crm_product_id = fields.Many2one("product.product", "Product", index="btree_not_null")
    crm_care_variable = fields.Selection(CARE_VARIABLES, "Care Variable")
    crm_care_stage = fields.Selection(CARE_STAGES, "Care Stage")
    crm_aspect = fields.Selection(ASPECTS, "Aspect of Care")

    @api.constrains("crm_measure", "question_type")
    def _check_crm_measure(self):
        for question in self:
            if question.crm_measure and question.question_type not in ("scale", "simple_choice"):
                raise ValidationError(
                    self.env._(
                        "“%(question)s” measures something: it must be a scale or a single choice.",
                        question=question.title,
                    )
                )


class SurveyQuestionAnswer(models.Model):
    _inherit = "survey.question.answer"

    crm_value = fields.Integer("Value 1-5", help="What this choice counts; 0 is not counted (e.g. no opinion).")

    _check_crm_value = models.Constraint("CHECK (crm_value BETWEEN 0 AND 5)", "The value lies between 0 and 5.")
