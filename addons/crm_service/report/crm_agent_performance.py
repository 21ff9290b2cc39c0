from odoo import fields, models
from odoo.tools import SQL


class CrmAgentPerformance(models.Model):
    """Who did what in a period: one row per thing done, dated when it was done (UTC).

    Tickets handled: solved, counted for the owner at their solution date. Time spent and cost: lines of service content
    of the agent himself, on whoever's ticket. Satisfaction: ratings of the tickets he owns, 1 to 5. Hand-offs: tickets
    he passed on.
    """

    _name = "crm.agent.performance"
    _description = "Agent Performance"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "user_id"

    date = fields.Datetime(readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    team_id = fields.Many2one("crm.service.team", readonly=True)
    ticket_id = fields.Many2one("crm.ticket", readonly=True)
    solved = fields.Integer("Tickets Solved", readonly=True)
    late = fields.Integer("Of Them Late", readonly=True)
    minutes = fields.Float("Time Spent (min)", readonly=True, digits=(16, 1))
    cost = fields.Monetary(readonly=True)
    handoffs = fields.Integer("Passed On", readonly=True)
    ratings = fields.Integer(readonly=True)
    rating = fields.Float("Satisfaction (1-5)", readonly=True, aggregator="avg", digits=(16, 2))

    _depends = {
        "crm.ticket": ["active", "company_id", "date_solved", "sla_state", "stage_kind", "team_id", "user_id"],
        "crm.ticket.assignment": ["date", "from_user_id", "is_handoff", "ticket_id"],
        "crm.ticket.work": ["cost", "date", "minutes", "ticket_id", "user_id"],
        "rating.rating": ["consumed", "rating", "res_id", "res_model"],
    }

    @property
    def _table_query(self):
        parts = SQL(" UNION ALL ").join(self._part(*part) for part in self._parts())
        return SQL(
            """SELECT done.*, company.currency_id FROM (%s) done JOIN res_company company ON company.id = company_id""",
            parts,
        )

    def _part(self, number, source, row_id, date, user, where, values):
        """One SELECT of the union; the id is the source row's times four plus the part's number."""
        columns = {
            "solved": SQL("0"),
            "late": SQL("0"),
            "minutes": SQL("0::float"),
            "cost": SQL("0::numeric"),
            "handoffs": SQL("0"),
            "ratings": SQL("0"),
            "rating": SQL("NULL::float"),
            **values,
        }
        return SQL(
            """SELECT %(row_id)s::bigint * 4 + %(number)s AS id, %(date)s AS date, %(user)s AS user_id,
                      ticket.company_id, ticket.team_id, ticket.id AS ticket_id, %(columns)s
                 FROM %(source)s WHERE ticket.active AND %(user)s IS NOT NULL AND %(where)s""",
            row_id=row_id,
            number=number,
            date=date,
            user=user,
            columns=SQL(", ").join(SQL("%s AS %s", value, SQL.identifier(name)) for name, value in columns.items()),
            source=source,
            where=where,
        )

    def _parts(self):
        late = SQL("CASE WHEN ticket.sla_state = 'breached' THEN 1 ELSE 0 END")
        return [
            (0, SQL("crm_ticket ticket"), SQL("ticket.id"), SQL("ticket.date_solved"), SQL("ticket.user_id"))
            + (SQL("ticket.stage_kind IN ('solved', 'closed')"), {"solved": SQL("1"), "late": late}),
            (1, SQL("crm_ticket_work work JOIN crm_ticket ticket ON ticket.id = work.ticket_id"), SQL("work.id"))
            + (SQL("work.date"), SQL("work.user_id"), SQL("TRUE"))
            + ({"minutes": SQL("work.minutes::float"), "cost": SQL("COALESCE(work.cost, 0)::numeric")},),
            (2, SQL("crm_ticket_assignment step JOIN crm_ticket ticket ON ticket.id = step.ticket_id"), SQL("step.id"))
            + (SQL("step.date"), SQL("step.from_user_id"), SQL("step.is_handoff"), {"handoffs": SQL("1")}),
            (3, SQL("rating_rating voice JOIN crm_ticket ticket ON ticket.id = voice.res_id"), SQL("voice.id"))
            + (SQL("voice.write_date"), SQL("ticket.user_id"))
            + (SQL("voice.res_model = 'crm.ticket' AND voice.consumed AND voice.rating > 0"),)
            + ({"ratings": SQL("1"), "rating": SQL("voice.rating::float")},),
        ]
