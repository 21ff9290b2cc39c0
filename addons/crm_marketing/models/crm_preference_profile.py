from odoo import api, fields, models


class CrmPreferenceProfile(models.Model):
    """One whole offer to rate: one level of each attribute."""

    _name = "crm.preference.profile"
    _description = "Offer to Rate"
    _order = "survey_id, sequence, id"

    survey_id = fields.Many2one("crm.preference.survey", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="survey_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    name = fields.Char("Offer", compute="_compute_name", store=True)
    level_ids = fields.Many2many("crm.preference.level", string="Levels")

    @api.depends("level_ids.name")
    def _compute_name(self):
        for profile in self:
            levels = profile.level_ids.sorted(lambda level: (level.attribute_id.sequence, level.attribute_id.id))
            profile.name = " / ".join(levels.mapped("name"))
