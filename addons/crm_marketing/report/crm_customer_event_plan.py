from odoo import api, fields, models
from odoo.tools import SQL

CODE = 140


class CrmCustomerEvent(models.Model):
    """What a customer said about a campaign, in the customer's timeline."""

    _inherit = "crm.customer.event"

    kind = fields.Selection(selection_add=[("campaign_feedback", "Campaign feedback")])
    _depends = {"crm.campaign.feedback": ["campaign_id", "date", "partner_id", "text", "user_id"]}

    @api.model
    def _event_parts(self):
        parts = super()._event_parts()
        parts.append(
            self._event_part(
                CODE,
                "campaign_feedback",
                SQL(
                    """crm_campaign_feedback feedback
                       JOIN res_partner partner ON partner.id = feedback.partner_id"""
                ),
                SQL("feedback.partner_id IS NOT NULL"),
                row_id=SQL("feedback.id"),
                date=SQL("feedback.date::timestamp"),
                partner_id=SQL("partner.commercial_partner_id"),
                name=SQL("LEFT(feedback.text, 120)"),
                res_model="utm.campaign",
                res_id=SQL("feedback.campaign_id"),
                user_id=SQL("feedback.user_id"),
            )
        )
        return parts
