from odoo import api, fields, models


class UtmCampaign(models.Model):
    """Tests of a campaign; and a winner of A/B mailings that must be proved, not only ahead."""

    _inherit = "utm.campaign"

    ab_testing_winner_selection = fields.Selection(
        selection_add=[
            ("crm_evidence_clicks", "Proved by clicks"),
            ("crm_evidence_replies", "Proved by replies"),
        ],
        ondelete={"crm_evidence_clicks": "set default", "crm_evidence_replies": "set default"},
    )
    crm_evidence_reason = fields.Char("A/B Result", readonly=True, copy=False, tracking=True)
    crm_experiment_ids = fields.One2many(
        "crm.experiment", "campaign_id", "Tests", groups="mass_mailing.group_mass_mailing_user"
    )
    crm_experiment_count = fields.Integer(
        "Number of Tests", compute="_compute_crm_experiment_count", groups="mass_mailing.group_mass_mailing_user"
    )

    @api.depends("crm_experiment_ids")
    def _compute_crm_experiment_count(self):
        groups = self.env["crm.experiment"]._read_group([("campaign_id", "in", self.ids)], ["campaign_id"], ["__count"])
        counts = {campaign.id: count for campaign, count in groups}
        for campaign in self:
            campaign.crm_experiment_count = counts.get(campaign.id, 0)

    def action_crm_experiments(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_experiment_action")
        return action | {
            "domain": [("campaign_id", "=", self.id)],
            "context": {"default_campaign_id": self.id},
        }
