from odoo import api, fields, models
from odoo.tools import SQL

from .voice_sql import wilson_of


class CrmSatisfactionQuarter(models.Model):
    """Satisfaction of a company by quarter on the scale 1-5, against the stored baseline and its goal.

    One row a company and quarter (UTC) with answers. Goal: the satisfaction rate of the baseline raised by the
    company's percentage of itself, at most 100 %. Under the company's minimum of answers the figures are not shown.
    """

    _name = "crm.satisfaction.quarter"
    _description = "Satisfaction by Quarter"
    _auto = False
    _rec_name = "quarter"
    _order = "quarter DESC, id"

    quarter = fields.Date("First Day", readonly=True)
    quarter_name = fields.Char("Quarter", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    answers = fields.Integer(readonly=True)
    value = fields.Float("Satisfaction (1-5)", readonly=True, aggregator="avg", digits=(3, 2))
    baseline_value = fields.Float("Baseline (1-5)", readonly=True, aggregator="avg", digits=(3, 2))
    change = fields.Float("Change in Points", readonly=True, aggregator="avg", digits=(3, 2))
    rate = fields.Float("Satisfied %", readonly=True, aggregator="avg", digits=(5, 1))
    low = fields.Float("At Least %", readonly=True, aggregator="avg", digits=(5, 1), help="Wilson interval, 95 %.")
    high = fields.Float("At Most %", readonly=True, aggregator="avg", digits=(5, 1), help="Wilson interval, 95 %.")
    baseline_rate = fields.Float("Baseline %", readonly=True, aggregator="avg", digits=(5, 1))
    goal_rate = fields.Float("Goal %", readonly=True, aggregator="avg", digits=(5, 1))
    goal_state = fields.Selection(
        [
            ("no_data", "Not enough data"),
            ("no_baseline", "No baseline set"),
            ("reached", "Goal reached"),
            ("better", "Above the baseline"),
            ("worse", "Not above the baseline"),
        ],
        "Against the Goal",
        readonly=True,
    )

    _depends = {
        "crm.satisfaction.baseline": ["company_id", "rate", "value"],
        "crm.voice.answer": [],
        "res.company": ["crm_satisfaction_goal", "crm_voice_min_answers"],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT quarter.company_id::bigint * 100000 + EXTRACT(YEAR FROM quarter.quarter)::int * 10
                   + EXTRACT(QUARTER FROM quarter.quarter)::int AS id,
                   quarter.quarter, TO_CHAR(quarter.quarter, '"Q"Q YYYY') AS quarter_name, quarter.company_id,
                   quarter.answers, quarter.value, baseline.value AS baseline_value,
                   quarter.value - NULLIF(baseline.value, 0) AS change, quarter.rate, quarter.low, quarter.high,
                   baseline.rate AS baseline_rate, goal.rate AS goal_rate,
                   CASE WHEN quarter.value IS NULL THEN 'no_data'
                        WHEN baseline.id IS NULL THEN 'no_baseline'
                        WHEN quarter.rate >= goal.rate THEN 'reached'
                        WHEN quarter.rate > baseline.rate THEN 'better' ELSE 'worse' END AS goal_state
              FROM (%s) quarter
              LEFT JOIN crm_satisfaction_baseline baseline ON baseline.company_id = quarter.company_id
              LEFT JOIN LATERAL (SELECT LEAST(100, baseline.rate * (1 + quarter.goal / 100)) AS rate) goal ON TRUE
            """,
            self._quarters(),
        )

    @api.model
    def _quarters(self) -> SQL:
        """One row a company and quarter; figures only with enough answers."""

        def enough(value):
            return SQL("CASE WHEN COUNT(*) >= company.crm_voice_min_answers THEN %s END", value)

        hits = SQL("COUNT(*) FILTER (WHERE answer.positive > 0)")
        return SQL(
            """
            SELECT answer.company_id, DATE_TRUNC('quarter', answer.date)::date AS quarter, COUNT(*) AS answers,
                   company.crm_satisfaction_goal AS goal, %(value)s AS value, %(rate)s AS rate, %(low)s AS low,
                   %(high)s AS high
              FROM %(answers)s answer JOIN res_company company ON company.id = answer.company_id
             WHERE answer.measure = 'satisfaction' AND answer.date IS NOT NULL
             GROUP BY answer.company_id, company.id, DATE_TRUNC('quarter', answer.date)
            """,
            value=enough(SQL("AVG(answer.value)")),
            rate=enough(SQL("AVG(answer.positive)")),
            low=enough(wilson_of(hits, SQL("COUNT(*)"), upper=False)),
            high=enough(wilson_of(hits, SQL("COUNT(*)"), upper=True)),
            answers=self.env["crm.voice.answer"]._table_sql,
        )

    def action_open_answers(self):
        """Open the answers of the quarter."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_voice_answer_action")
        return action | {
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("measure", "=", "satisfaction"),
                ("date", ">=", fields.Datetime.to_datetime(self.quarter)),
                ("date", "<", fields.Datetime.to_datetime(fields.Date.add(self.quarter, months=3))),
            ],
            "context": {},
        }
