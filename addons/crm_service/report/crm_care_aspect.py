from odoo import api, fields, models
from odoo.tools import SQL

from ..models.voice_selections import ASPECTS


class CrmCareAspect(models.Model):
    """Care for each customer in four aspects: what was done and how it was rated, one row an action or answer.

    Care acts done (`crm.care.action`, by the aspect of the act) and answers that name an aspect (`crm.voice.answer`).
    id = source id * 8 + source (care act 7, answers 0 to 3). Dates are UTC.
    """

    _name = "crm.care.aspect"
    _description = "Care by Aspect"
    _auto = False
    _rec_name = "partner_id"
    _order = "date DESC, id DESC"

    date = fields.Datetime(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "By", readonly=True)
    aspect = fields.Selection(ASPECTS, readonly=True)
    actions = fields.Integer("Care Actions", readonly=True)
    answers = fields.Integer("Ratings", readonly=True)
    value = fields.Float("Rating (1-5)", readonly=True, aggregator="avg", digits=(3, 2))

    _depends = {
        "crm.care.action": ["aspect", "company_id", "date_done", "partner_id", "state", "user_id"],
        "crm.voice.answer": [],
        "res.partner": ["commercial_partner_id"],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL("%s UNION ALL %s", self._part_answers(), self._part_actions())

    @api.model
    def _part_answers(self) -> SQL:
        return SQL(
            """SELECT (answer.id / 4) * 8 + answer.id %% 4 AS id, answer.date, answer.company_id, answer.partner_id,
                      answer.user_id, answer.aspect, 0 AS actions, 1 AS answers, answer.value
                 FROM %s answer WHERE answer.aspect IS NOT NULL AND answer.partner_id IS NOT NULL""",
            self.env["crm.voice.answer"].sudo()._table_sql,
        )

    @api.model
    def _part_actions(self) -> SQL:
        return SQL(
            """SELECT act.id::bigint * 8 + 7 AS id, act.date_done AS date, act.company_id,
                      partner.commercial_partner_id AS partner_id, act.user_id, act.aspect, 1 AS actions, 0 AS answers,
                      NULL::float8 AS value
                 FROM crm_care_action act JOIN res_partner partner ON partner.id = act.partner_id
                WHERE act.state = 'done' AND act.aspect IS NOT NULL"""
        )
