from odoo import api, fields, models

from .crm_market_survey import CONSUMPTION


class ResPartner(models.Model):
    _inherit = "res.partner"

    crm_rating_ids = fields.One2many("crm.partner.rating", "partner_id", string="Conduct and Management")
    crm_survey_id = fields.Many2one("crm.market.survey", "Local Market", compute="_compute_crm_survey")
    crm_survey_consumption = fields.Selection(CONSUMPTION, "Consumption", compute="_compute_crm_survey")
    crm_survey_brands = fields.Char("Competing Brands", compute="_compute_crm_survey")
    crm_survey_channels = fields.Char("Ranking of Channels", compute="_compute_crm_survey")

    @api.depends("country_id", "state_id", "city")
    @api.depends_context("company")
    def _compute_crm_survey(self):
        """The newest survey of the customer's city, else of its state, else of its country."""
        found = self.env["crm.market.survey"]._of_places(self)
        for partner in self:
            survey = found.get(partner.id) or self.env["crm.market.survey"]
            partner.crm_survey_id = survey
            partner.crm_survey_consumption = survey.consumption
            partner.crm_survey_brands = survey.brands_text
            partner.crm_survey_channels = survey.channels_text

    def action_crm_rate(self):
        """Rate the customer now."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rate %(name)s", name=self.display_name),
            "res_model": "crm.partner.rating",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_partner_id": self.id},
        }
