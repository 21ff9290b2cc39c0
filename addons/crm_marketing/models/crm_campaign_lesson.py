from odoo import fields, models


class CrmCampaignLesson(models.Model):
    """What the next campaign shall do again, differently, or not at all; shown on similar new campaigns."""

    _name = "crm.campaign.lesson"
    _description = "Campaign Lesson"
    _order = "date desc, id desc"

    name = fields.Char("Lesson", required=True)
    kind = fields.Selection(
        [("keep", "Do again"), ("change", "Do differently"), ("stop", "Do not do")], required=True, default="keep"
    )
    campaign_id = fields.Many2one("utm.campaign", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="campaign_id.company_id", store=True, index="btree_not_null")
    tag_ids = fields.Many2many(related="campaign_id.tag_ids")
    evaluation_score = fields.Integer(related="campaign_id.evaluation_score")
    date = fields.Date(required=True, default=fields.Date.context_today)
    user_id = fields.Many2one("res.users", "Author", required=True, default=lambda self: self.env.user)

    def action_open_campaign(self):
        self.ensure_one()
        return self.campaign_id._get_records_action()
