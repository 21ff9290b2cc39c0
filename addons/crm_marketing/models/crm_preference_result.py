from odoo import api, fields, models


class CrmPreferenceResult(models.Model):
    """How much one attribute matters to one group; written by the analysis."""

    _name = "crm.preference.result"
    _description = "Importance of an Attribute"
    _order = "survey_id, segment_id, importance desc, id"

    survey_id = fields.Many2one("crm.preference.survey", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="survey_id.company_id", store=True)
    segment_id = fields.Many2one("crm.segment", readonly=True, ondelete="cascade", help="Empty: all who answered.")
    group_name = fields.Char("Group", compute="_compute_group_name")
    attribute_id = fields.Many2one(
        "crm.preference.attribute", readonly=True, required=True, index=True, ondelete="cascade"
    )
    importance = fields.Float("Importance (%)", readonly=True, digits=(5, 1), aggregator="avg")
    best_level_id = fields.Many2one("crm.preference.level", "Liked Best", readonly=True, ondelete="set null")
    worths = fields.Char("Part-worths", readonly=True)
    fit = fields.Float(
        "Explained (%)", readonly=True, digits=(5, 1), aggregator="avg", help="Share of the ratings' differences."
    )
    respondents = fields.Integer(readonly=True, aggregator="max")
    state = fields.Selection(
        [("ok", "Enough answers"), ("not_enough", "Not enough answers")], readonly=True, default="not_enough"
    )

    @api.depends("attribute_id.name")
    def _compute_display_name(self):
        for result in self:
            result.display_name = result.attribute_id.name

    @api.depends("segment_id")
    @api.depends_context("lang")
    def _compute_group_name(self):
        for result in self:
            result.group_name = result.segment_id.name or self.env._("All who answered")
