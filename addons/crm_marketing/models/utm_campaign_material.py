from odoo import api, fields, models

from .utm_campaign import FIGURE_GROUPS


class UtmCampaign(models.Model):
    """What a campaign handed out."""

    _inherit = "utm.campaign"

    material_move_ids = fields.One2many("crm.marketing.material.move", "campaign_id", "Material", groups=FIGURE_GROUPS)
    material_count = fields.Integer("Material Used", compute="_compute_material", groups=FIGURE_GROUPS)
    material_cost = fields.Monetary(
        "Material at Unit Cost",
        compute="_compute_material",
        currency_field="company_currency_id",
        groups=FIGURE_GROUPS,
        help="What was handed out, in company currency; the cost of the campaign has the supplier's bills instead.",
    )

    @api.depends("material_move_ids.cost")
    @api.depends_context("company")
    def _compute_material(self):
        groups = self.env["crm.marketing.material.move"]._read_group(
            [("campaign_id", "in", self.ids), ("kind", "in", ("used", "returned"))],
            ["campaign_id", "company_id"],
            ["__count", "cost:sum"],
        )
        found = {(campaign.id, company.id): figures for campaign, company, *figures in groups}
        for campaign in self:
            company = campaign._figures_company()
            campaign.material_count, campaign.material_cost = found.get((campaign._origin.id, company.id), (0, 0.0))

    def action_open_material(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_marketing_material_move_action")
        return {
            **action,
            "domain": [("campaign_id", "=", self.id)],
            "context": {"default_campaign_id": self.id, "default_kind": "used"},
        }
