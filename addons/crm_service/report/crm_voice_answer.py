from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..models.voice_selections import ASPECTS, CARE_STAGES, CARE_VARIABLES, MEASURES, TOUCHPOINTS
from ..tools.voice import SATISFIED
from .voice_sql import share, wilson


class CrmVoiceAnswer(models.Model):
    """Every answer of a customer that measures something, on one scale from 1 to 5: one row an answer.

    Sources: ratings of tickets (`rating.rating`, consumed), answers of finished surveys to questions that measure
    something, and ratings written down by staff at a touchpoint. id = source id * 4 + source. Dates are UTC.
    Customer = commercial partner; class of today. Positive: 4 or 5. Index: 0 to 100.
    """

    _name = "crm.voice.answer"
    _description = "Customer's Answer"
    _auto = False
    _rec_name = "partner_id"
    _order = "date DESC, id DESC"

    date = fields.Datetime("Answered On", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    measure = fields.Selection(MEASURES, readonly=True)
    source = fields.Selection(
        [("rating", "Ticket Rating"), ("survey", "Survey"), ("touch", "Noted by Staff")], readonly=True
    )
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    contact_id = fields.Many2one("res.partner", readonly=True)
    customer_class = fields.Selection(
        lambda self: self.env["crm.scorecard"]._fields["customer_class"]._description_selection(self.env),
        "Class",
        readonly=True,
        help="Of today.",
    )
    product_id = fields.Many2one("product.product", readonly=True)
    product_categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    team_id = fields.Many2one("crm.service.team", readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    touchpoint = fields.Selection(TOUCHPOINTS, readonly=True)
    care_variable = fields.Selection(CARE_VARIABLES, readonly=True)
    care_stage = fields.Selection(CARE_STAGES, readonly=True)
    aspect = fields.Selection(ASPECTS, "Aspect of Care", readonly=True)
    ticket_id = fields.Many2one("crm.ticket", readonly=True)
    survey_id = fields.Many2one("survey.survey", readonly=True)
    wave_id = fields.Many2one("crm.panel.wave", readonly=True)
    value = fields.Float("Average (1-5)", readonly=True, aggregator="avg", digits=(3, 2))
    index = fields.Float("Index (0-100)", readonly=True, aggregator="avg", digits=(5, 1))
    answers = fields.Integer(readonly=True)
    positive = fields.Float("Positive %", readonly=True, aggregator="avg", digits=(5, 1), help="Answers of 4 or 5.")
    low = fields.Float(
        "Positive % at Least", readonly=True, aggregator="avg", digits=(5, 1), help="Wilson interval, 95 %."
    )
    high = fields.Float(
        "Positive % at Most", readonly=True, aggregator="avg", digits=(5, 1), help="Wilson interval, 95 %."
    )

    _depends = {
        "crm.scorecard": ["company_id", "customer_class", "is_latest", "partner_id"],
        "crm.ticket": ["company_id", "product_id", "team_id", "user_id"],
        "crm.touch.rating": [
            "company_id", "contact_id", "date", "named", "partner_id", "product_id", "rating", "touchpoint", "user_id",
        ],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id"],
        "rating.rating": ["consumed", "partner_id", "rated_on", "rating", "res_id", "res_model"],
        "res.partner": ["commercial_partner_id"],
        "survey.question": [
            "crm_aspect", "crm_care_stage", "crm_care_variable", "crm_measure", "crm_product_id", "scale_max",
            "scale_min",
        ],
        "survey.question.answer": ["crm_value"],
        "survey.survey": ["crm_company_id", "crm_product_id", "crm_touchpoint"],
        "survey.user_input": [
            "crm_company_id", "crm_product_id", "crm_user_id", "crm_wave_id", "end_datetime", "partner_id", "state",
            "survey_id", "test_entry",
        ],
        "survey.user_input.line": [
            "answer_type", "question_id", "skipped", "suggested_answer_id", "user_input_id", "value_scale",
        ],
    }  # fmt: skip

    # === QUERY === #

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT said.*, contact.commercial_partner_id AS partner_id, card.customer_class,
                   template.categ_id AS product_categ_id, 1 AS answers, (said.value - 1) * 25 AS index,
                   %(positive)s AS positive, %(positive)s AS low, %(positive)s AS high
              FROM (%(parts)s) said
              LEFT JOIN res_partner contact ON contact.id = said.contact_id
              LEFT JOIN crm_scorecard card ON card.partner_id = contact.commercial_partner_id
                    AND card.company_id = said.company_id AND card.is_latest
              LEFT JOIN product_product product ON product.id = said.product_id
              LEFT JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE said.value IS NOT NULL
            """,
            positive=SQL("CASE WHEN said.value >= %s THEN 100.0 ELSE 0.0 END", SATISFIED),
            parts=SQL(" UNION ALL ").join(
                (
                    self._part_rating(),
                    self._part_survey(),
                    self._part_touch(1, "satisfaction", SQL("touch.rating"), SQL("touch.rating > 0")),
                    self._part_touch(
                        3,
                        "named",
                        SQL("CASE WHEN touch.named = 'yes' THEN 5 ELSE 1 END"),
                        SQL("touch.named IN ('yes', 'no')"),
                    ),
                )
            ),
        )

    @api.model
    def _part_rating(self) -> SQL:
        """Ratings of tickets: satisfaction with the service, of the aspect after-sales."""
        return SQL(
            """
            SELECT given.id::bigint * 4 AS id, given.rated_on AS date, ticket.company_id, 'satisfaction' AS measure,
                   'rating' AS source, COALESCE(given.partner_id, ticket.partner_id) AS contact_id, ticket.product_id,
                   ticket.team_id, ticket.user_id, 'service' AS touchpoint, 'product' AS care_variable,
                   'after' AS care_stage, 'after_sales' AS aspect, ticket.id AS ticket_id, NULL::int AS survey_id,
                   NULL::int AS wave_id, given.rating::float8 AS value
              FROM rating_rating given JOIN crm_ticket ticket ON ticket.id = given.res_id
             WHERE given.res_model = 'crm.ticket' AND given.consumed AND given.rating >= 1
            """
        )

    @api.model
    def _part_survey(self) -> SQL:
        """Answers of finished surveys: the scale turned to 1-5, the value of the choice."""
        return SQL(
            """
            SELECT line.id::bigint * 4 + 2 AS id, asked.end_datetime AS date,
                   COALESCE(asked.crm_company_id, survey.crm_company_id) AS company_id, question.crm_measure AS measure,
                   'survey' AS source, asked.partner_id AS contact_id,
                   COALESCE(question.crm_product_id, asked.crm_product_id, survey.crm_product_id) AS product_id,
                   NULL::int AS team_id, asked.crm_user_id AS user_id, survey.crm_touchpoint AS touchpoint,
                   question.crm_care_variable AS care_variable, question.crm_care_stage AS care_stage,
                   question.crm_aspect AS aspect, NULL::int AS ticket_id, survey.id AS survey_id,
                   asked.crm_wave_id AS wave_id,
                   CASE line.answer_type
                       WHEN 'scale' THEN 1 + 4.0 * (line.value_scale - question.scale_min)
                                             / NULLIF(question.scale_max - question.scale_min, 0)
                       WHEN 'suggestion' THEN NULLIF(choice.crm_value, 0) END::float8 AS value
              FROM survey_question question
              JOIN survey_user_input_line line ON line.question_id = question.id
              JOIN survey_user_input asked ON asked.id = line.user_input_id
              JOIN survey_survey survey ON survey.id = asked.survey_id
              LEFT JOIN survey_question_answer choice ON choice.id = line.suggested_answer_id
             WHERE question.crm_measure IS NOT NULL AND asked.state = 'done' AND asked.test_entry IS NOT TRUE
               AND line.skipped IS NOT TRUE
            """
        )

    @api.model
    def _part_touch(self, code, measure, value, where) -> SQL:
        """What staff noted at a touchpoint."""
        return SQL(
            """
            SELECT touch.id::bigint * 4 + %s AS id, touch.date, touch.company_id, %s AS measure, 'touch' AS source,
                   COALESCE(touch.contact_id, touch.partner_id) AS contact_id, touch.product_id, NULL::int AS team_id,
                   touch.user_id, touch.touchpoint, NULL AS care_variable, NULL AS care_stage, NULL AS aspect,
                   NULL::int AS ticket_id, NULL::int AS survey_id, NULL::int AS wave_id, (%s)::float8 AS value
              FROM crm_touch_rating touch WHERE %s
            """,
            code,
            measure,
            value,
            where,
        )

    def _read_group_select(self, aggregate_spec, query):
        """The share of a group and its Wilson interval."""
        hit = SQL("%s >= %s", self._field_to_sql(self._table, "value", query), SATISFIED)
        if aggregate_spec == "positive:avg":
            return share(hit)
        if aggregate_spec in ("low:avg", "high:avg"):
            return wilson(hit, upper=aggregate_spec == "high:avg")
        return super()._read_group_select(aggregate_spec, query)

    # === FIGURES === #

    @api.model
    def _figures(self, domain):
        """Return (answers, mean 1-5, positive %, low %, high %) of the answers; the figures are None without any."""
        rows = self._read_group(domain, [], ["__count", "value:avg", "positive:avg", "low:avg", "high:avg"])
        count, *figures = rows[0]
        return (count, *(figures if count else (None,) * 4))

    def action_open_source(self):
        """Open what the answer was given in."""
        self.ensure_one()
        if self.source == "rating":
            return self.ticket_id.get_formview_action()
        if self.source == "survey" and not self.env["survey.user_input"].has_access("read"):
            raise UserError(
                self.env._("Answers to surveys are opened by service managers; the figures are for everybody.")
            )
        model = "survey.user_input.line" if self.source == "survey" else "crm.touch.rating"
        record = self.env[model].browse(self.id // 4)
        return (record.user_input_id if self.source == "survey" else record).get_formview_action()
