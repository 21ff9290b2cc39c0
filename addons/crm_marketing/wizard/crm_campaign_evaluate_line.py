from odoo import fields, models


class CrmCampaignEvaluateLine(models.TransientModel):
    _name = "crm.campaign.evaluate.line"
    _description = "Lesson to Keep"

    wizard_id = fields.Many2one("crm.campaign.evaluate", required=True, index=True, ondelete="cascade")
    kind = fields.Selection(
        [("keep", "Do again"), ("change", "Do differently"), ("stop", "Do not do")], required=True, default="keep"
    )
    name = fields.Char("Lesson", required=True)
