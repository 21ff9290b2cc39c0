from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """The insights whose segment the customer belongs to."""

    _inherit = "res.partner"

    crm_insight_ids = fields.Many2many("crm.insight", string="Insights", compute="_compute_crm_insight_ids")

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_crm_insight_ids(self):
        """One query an insight, whatever the number of customers."""
        insights = self.env["crm.insight"]
        matches = dict.fromkeys(self.commercial_partner_id.ids, insights)
        if insights.has_access("read"):
            for insight in insights.search([("company_id", "in", (False, self.env.company.id))]):
                domain = insight._segment_domain() & Domain("id", "in", list(matches))
                for partner in self.env["res.partner"].search(domain):
                    matches[partner.id] |= insight
        for partner in self:
            partner.crm_insight_ids = matches.get(partner.commercial_partner_id.id, insights)
