from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

CONSUMPTION = [("weak", "Weak"), ("steady", "Steady"), ("growing", "Growing"), ("strong", "Strong")]


class CrmMarketSurvey(models.Model):
    """What a local market looks like: consumption, competing brands, and the channels it buys through, ranked.

    The place is a country, narrowed by state and city. It is shown on every customer there.
    """

    _name = "crm.market.survey"
    _description = "Local Market Survey"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"

    name = fields.Char(string="Region", required=True, tracking=True)
    date = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    user_id = fields.Many2one("res.users", "Surveyed by", default=lambda self: self.env.user, tracking=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    country_id = fields.Many2one("res.country", required=True, index=True)
    state_id = fields.Many2one("res.country.state", domain="[('country_id', '=?', country_id)]")
    city = fields.Char()
    consumption = fields.Selection(CONSUMPTION, required=True, default="steady", tracking=True)
    note = fields.Html(string="Consumption in words")
    brand_ids = fields.One2many("crm.market.survey.line", "survey_id", "Brands", domain=[("kind", "=", "brand")])
    channel_ids = fields.One2many("crm.market.survey.line", "survey_id", "Channels", domain=[("kind", "=", "channel")])
    brands_text = fields.Char("Competing Brands", compute="_compute_texts")
    channels_text = fields.Char("Ranking of Channels", compute="_compute_texts")

    @api.depends("brand_ids.name", "brand_ids.share", "channel_ids.name", "channel_ids.share")
    def _compute_texts(self):
        """'Acme 40 %, Other 10 %': the largest share first."""
        for survey in self:
            for name, lines in (("brands_text", survey.brand_ids), ("channels_text", survey.channel_ids)):
                ordered = lines.sorted(lambda line: (-line.share, line.sequence))
                survey[name] = ", ".join(f"{line.name} {line.share:g} %" for line in ordered)

    @api.constrains("state_id", "country_id")
    def _check_state(self):
        for survey in self:
            if survey.state_id and survey.state_id.country_id != survey.country_id:
                raise ValidationError(self.env._("The state does not lie in the country."))

    @api.model
    def _of_places(self, partners):
        """{partner id: survey}: the newest of the narrowest place, in one query."""
        if not partners.country_id or not self.has_access("read"):
            return {}
        company = Domain("company_id", "=", self.env.company.id)
        surveys = self.search(company & Domain("country_id", "in", partners.country_id.ids))
        found = {}
        for partner in partners:
            here = surveys.filtered(lambda survey, partner=partner: survey._covers(partner))
            found[partner.id] = here.sorted(lambda survey: (bool(survey.city), bool(survey.state_id)), reverse=True)[:1]
        return found

    def _covers(self, partner):
        self.ensure_one()
        if self.country_id != partner.country_id or (self.state_id and self.state_id != partner.state_id):
            return False
        return not self.city or self.city.strip().lower() == (partner.city or "").strip().lower()
