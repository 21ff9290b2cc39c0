from odoo import fields, models


class CrmMarketSurveyLine(models.Model):
    _name = "crm.market.survey.line"
    _description = "Brand or Channel of a Local Market"
    _order = "share desc, sequence, id"

    survey_id = fields.Many2one("crm.market.survey", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="survey_id.company_id", store=True)
    kind = fields.Selection([("brand", "Brand"), ("channel", "Channel")], required=True, default="brand")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    partner_id = fields.Many2one("res.partner", "Competitor", domain=[("relation_type", "=", "competitor")])
    share = fields.Float("Share (%)", digits=(5, 1))
    note = fields.Char()

    _check_share = models.Constraint("CHECK (share BETWEEN 0 AND 100)", "A share lies between 0 and 100 %.")
