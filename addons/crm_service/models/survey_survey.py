from odoo import fields, models

from .voice_selections import TOUCHPOINTS


class SurveySurvey(models.Model):
    """What a survey asks about; its questions say what they measure."""

    _inherit = "survey.survey"

    crm_company_id = fields.Many2one("res.company", "Company", default=lambda self: self.env.company)
    crm_touchpoint = fields.Selection(TOUCHPOINTS, "Touchpoint", help="Where the customer met us when asked.")
    crm_product_id = fields.Many2one("product.product", "Product", help="What the survey is about, if one product.")
