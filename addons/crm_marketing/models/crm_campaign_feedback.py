from odoo import fields, models


class CrmCampaignFeedback(models.Model):
    """What a customer says about a campaign while it runs. Salespeople enter what they hear, too."""

    _name = "crm.campaign.feedback"
    _description = "Campaign Feedback"
    _order = "date desc, id desc"
    _rec_name = "text"

    campaign_id = fields.Many2one("utm.campaign", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="campaign_id.company_id", store=True, index="btree_not_null")
    date = fields.Date(required=True, default=fields.Date.context_today)
    partner_id = fields.Many2one("res.partner", "Customer", index="btree_not_null")
    channel = fields.Selection(
        [
            ("call", "Call"),
            ("mail", "Mail"),
            ("visit", "Visit"),
            ("event", "Event"),
            ("web", "Website or Social Media"),
            ("other", "Other"),
        ],
        required=True,
        default="call",
    )
    opinion = fields.Selection(
        [("good", "Good"), ("neutral", "Neutral"), ("bad", "Bad")], required=True, default="neutral"
    )
    text = fields.Text("What Was Said", required=True)
    user_id = fields.Many2one("res.users", "Heard By", required=True, default=lambda self: self.env.user, readonly=True)
