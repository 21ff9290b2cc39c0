from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import conjoint

LEAST_RESPONDENTS = 5


class CrmPreferenceSurvey(models.Model):
    """Conjoint analysis: customers rate whole offers; which attribute matters how much follows (tools/conjoint.py).

    Ratings from 1 (would not buy) to 10 (would surely buy), 0 = not answered. Importances in percent; they sum to 100
    in each group. Groups: all who answered, and the members of each segment named.
    """

    _name = "crm.preference.survey"
    _inherit = ["mail.thread"]
    _description = "Preference Survey"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    user_id = fields.Many2one("res.users", "Responsible", default=lambda self: self.env.user)
    state = fields.Selection(
        [("draft", "In Preparation"), ("open", "Asking"), ("closed", "Closed")],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
    )
    question = fields.Char(
        default=lambda self: self.env._("How likely would you buy this, from 1 (never) to 10 (surely)?"), translate=True
    )
    attribute_ids = fields.One2many("crm.preference.attribute", "survey_id", "Attributes", copy=True)
    profile_ids = fields.One2many("crm.preference.profile", "survey_id", "Offers to Rate")
    segment_ids = fields.Many2many("crm.segment", string="Compare Segments", check_company=True)
    to_ask_ids = fields.Many2many(
        "res.partner", "crm_preference_to_ask_rel", string="Customers to Ask", check_company=True
    )
    answer_ids = fields.One2many("crm.preference.answer", "survey_id", "Answers")
    result_ids = fields.One2many("crm.preference.result", "survey_id")
    respondent_count = fields.Integer("Respondents", compute="_compute_respondent_count")
    computed_on = fields.Datetime("Analysed on", readonly=True, copy=False)

    @api.depends("answer_ids.rating")
    def _compute_respondent_count(self):
        groups = self.env["crm.preference.answer"]._read_group(
            [("survey_id", "in", self.ids), ("rating", ">", 0)], ["survey_id"], ["partner_id:count_distinct"]
        )
        counts = {survey.id: count for survey, count in groups}
        for survey in self:
            survey.respondent_count = counts.get(survey.id, 0)

    # === ASK === #

    def action_open(self):
        """Make the offers to rate from the attributes; from here on attributes stand."""
        for survey in self.filtered(lambda survey: survey.state == "draft"):
            attributes = survey.attribute_ids
            if len(attributes) < 2 or any(len(attribute.level_ids) < 2 for attribute in attributes):
                raise UserError(self.env._("Name at least two attributes, each with at least two levels."))
            survey.profile_ids.unlink()
            profiles = conjoint.design([attribute.level_ids.ids for attribute in attributes])
            self.env["crm.preference.profile"].create(
                [
                    {"survey_id": survey.id, "sequence": index, "level_ids": [(6, 0, profile)]}
                    for index, profile in enumerate(profiles, 1)
                ]
            )
            survey.state = "open"

    def action_prepare_answers(self):
        """An empty answer sheet, one row an offer, for each customer to ask; then enter the ratings."""
        self.ensure_one()
        if self.state != "open":
            raise UserError(self.env._("Start the survey first."))
        known = set(self.answer_ids.partner_id.ids)
        self.env["crm.preference.answer"].create(
            [
                {"profile_id": profile.id, "partner_id": partner.id}
                for partner in self.to_ask_ids
                if partner.id not in known
                for profile in self.profile_ids
            ]
        )
        return self.action_open_answers()

    def action_open_answers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_preference_answer_action")
        return action | {
            "domain": [("survey_id", "=", self.id)],
            "context": {"default_survey_id": self.id, "search_default_group_partner": 1},
        }

    def action_close(self):
        self.action_compute()
        self.write({"state": "closed"})

    # === ANALYSE === #

    def action_compute(self):
        for survey in self:
            survey.check_access("write")
            survey.result_ids.sudo().unlink()
            ratings = survey._ratings()
            survey._write_results(False, ratings)
            for segment in survey.segment_ids:
                members = set(segment.sudo().member_ids.partner_id.ids)
                chosen = [row for row in ratings if {row[0].id, row[0].commercial_partner_id.id} & members]
                survey._write_results(segment, chosen)
            survey.computed_on = fields.Datetime.now()
        return True

    def _ratings(self):
        """[(partner, profile as level ids in the order of the attributes, rating)] of what was answered."""
        order = self.attribute_ids.ids
        profiles = {
            profile.id: tuple(
                level.id for level in profile.level_ids.sorted(lambda level: order.index(level.attribute_id.id))
            )
            for profile in self.profile_ids
        }
        answers = self.env["crm.preference.answer"].search([("survey_id", "=", self.id), ("rating", ">", 0)])
        return [(answer.partner_id, profiles[answer.profile_id.id], answer.rating) for answer in answers]

    def _write_results(self, segment, ratings):
        levels = [attribute.level_ids.ids for attribute in self.attribute_ids]
        people = {partner.id for partner, _profile, _rating in ratings}
        found = None
        if len(people) >= LEAST_RESPONDENTS:
            found = conjoint.estimate(levels, [(partner.id, profile, rating) for partner, profile, rating in ratings])
        self.env["crm.preference.result"].sudo().create(
            [
                {
                    "survey_id": self.id,
                    "segment_id": segment.id if segment else False,
                    "attribute_id": attribute.id,
                    "respondents": len(people),
                    "state": "ok" if found else "not_enough",
                    **(self._result_values(found, index) if found else {}),
                }
                for index, attribute in enumerate(self.attribute_ids)
            ]
        )

    def _result_values(self, found, index):
        worths = found.worths[index]
        best = max(worths, key=worths.get)
        names = {level.id: level.name for level in self.attribute_ids[index].level_ids}
        return {
            "importance": found.importance[index],
            "best_level_id": best,
            "fit": 100 * found.fit,
            "worths": ", ".join(f"{names[level]} {worth:+.2f}" for level, worth in worths.items()),
        }

    def action_open_results(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_marketing.crm_preference_result_action")
        return action | {"domain": [("survey_id", "=", self.id)], "display_name": self.name}

    def write(self, vals):
        if "attribute_ids" in vals and any(survey.state != "draft" for survey in self):
            raise ValidationError(self.env._("Customers are being asked: the attributes stand."))
        return super().write(vals)
