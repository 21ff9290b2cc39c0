from odoo import fields, models


class UtmCampaign(models.Model):
    """What a campaign is for: winning customers or keeping them (R162 compares what the two cost)."""

    _inherit = "utm.campaign"

    crm_aim = fields.Selection(
        [("win", "Win customers"), ("keep", "Keep customers"), ("both", "Both")],
        "Aim",
        default="both",
        tracking=True,
        help="The cost of a campaign for both is shared by the customers won and kept in the year.",
    )

    def action_open_attribution(self):
        """Open the money attributed to this campaign, by model."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_attribution_credit_action")
        action["domain"] = [("campaign_id", "=", self.id), ("company_id", "=", self._figures_company().id)]
        return action
