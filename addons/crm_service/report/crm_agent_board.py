from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import assignment

COUNTERS = {
    "open": [("stage_kind", "in", ("new", "open"))],
    "waiting": [("stage_kind", "=", "waiting")],
    "late": [("stage_kind", "in", ("new", "open", "waiting")), ("sla_state", "=", "breached")],
    "unanswered": [("stage_kind", "in", ("new", "open", "waiting")), ("date_first_response", "=", False)],
    "all": [("stage_kind", "in", ("new", "open", "waiting"))],
}


class CrmAgentBoard(models.Model):
    """The supervisor's board: one row per agent and company with what he has in hand now; one row without agent.

    Agents are the members of the company's teams and whoever owns an open ticket. Open = new or in progress; waiting
    = the customer has the ball; late = a promise is broken; load as in `assignment.ticket_weight`.
    """

    _name = "crm.agent.board"
    _description = "Agents at Work"
    _auto = False
    _order = "late_count desc, load desc, id"
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    open_count = fields.Integer("Open", readonly=True)
    waiting_count = fields.Integer("Waiting", readonly=True)
    late_count = fields.Integer("Late", readonly=True)
    unanswered_count = fields.Integer("Not Answered", readonly=True)
    load = fields.Float(
        readonly=True, digits=(16, 2), help="Open tickets weighted by priority; waiting ones a quarter."
    )
    max_open = fields.Integer("At Most", readonly=True, help="0: no limit.")
    oldest = fields.Datetime("Oldest Since", readonly=True)
    absence = fields.Char("Absent", compute="_compute_absence")

    _depends = {
        "crm.agent.profile": ["company_id", "max_open", "user_id"],
        "crm.service.team": ["active", "company_id", "max_open", "member_ids"],
        "crm.ticket": ["active", "company_id", "date_first_response", "date_open", "priority", "sla_state"]
        + ["stage_kind", "user_id"],
    }

    @property
    def _table_query(self):
        members = self.env["crm.service.team"]._fields["member_ids"]
        weights = SQL(" ").join(SQL("WHEN %s THEN %s", key, value) for key, value in assignment.WEIGHTS.items())
        return SQL(
            """
            WITH held AS (
                SELECT COALESCE(user_id, 0) AS user_id, company_id,
                       COUNT(*) FILTER (WHERE stage_kind <> 'waiting') AS open_count,
                       COUNT(*) FILTER (WHERE stage_kind = 'waiting') AS waiting_count,
                       COUNT(*) FILTER (WHERE sla_state = 'breached') AS late_count,
                       COUNT(*) FILTER (WHERE date_first_response IS NULL) AS unanswered_count,
                       SUM(CASE priority %(weights)s ELSE 1 END
                           * CASE WHEN stage_kind = 'waiting' THEN %(waiting)s ELSE 1 END) AS load,
                       MIN(date_open) AS oldest
                  FROM crm_ticket
                 WHERE active AND stage_kind NOT IN ('solved', 'closed')
                 GROUP BY 1, 2
            ), member AS (
                SELECT rel.%(user)s AS user_id, team.company_id, MAX(team.max_open) AS max_open
                  FROM crm_service_team team JOIN %(rel)s rel ON rel.%(team)s = team.id
                 WHERE team.active
                 GROUP BY 1, 2
            )
            SELECT COALESCE(member.user_id, held.user_id)::bigint * 65536
                   + COALESCE(member.company_id, held.company_id) AS id,
                   NULLIF(COALESCE(member.user_id, held.user_id), 0) AS user_id,
                   COALESCE(member.company_id, held.company_id) AS company_id,
                   COALESCE(held.open_count, 0) AS open_count, COALESCE(held.waiting_count, 0) AS waiting_count,
                   COALESCE(held.late_count, 0) AS late_count, COALESCE(held.unanswered_count, 0) AS unanswered_count,
                   COALESCE(held.load, 0) AS load, held.oldest,
                   COALESCE(NULLIF(profile.max_open, 0), member.max_open, 0) AS max_open
              FROM member
              FULL JOIN held ON held.user_id = member.user_id AND held.company_id = member.company_id
              LEFT JOIN crm_agent_profile profile
                ON profile.user_id = COALESCE(member.user_id, held.user_id)
               AND profile.company_id = COALESCE(member.company_id, held.company_id)
            """,
            weights=weights,
            waiting=assignment.WAITING_SHARE,
            user=SQL.identifier(members.column2),
            team=SQL.identifier(members.column1),
            rel=SQL.identifier(members.relation),
        )

    def _compute_absence(self):
        now = fields.Datetime.now()
        for company, rows in self.grouped("company_id").items():
            found = self.env["crm.agent.profile"]._absences(rows.user_id, company, now)
            for row in rows:
                row.absence = found.get(row.user_id.id, False)

    # === DRILL-DOWN AND REASSIGNMENT === #

    def _tickets_domain(self, counter):
        pairs = ["|"] * (len(self) - 1)
        for row in self:
            pairs += ["&", ("company_id", "=", row.company_id.id), ("user_id", "=", row.user_id.id)]
        return [*pairs, *COUNTERS[counter]] if self else [(0, "=", 1)]

    @api.model
    def _counter(self):
        counter = self.env.context.get("counter")
        return counter if counter in COUNTERS else "all"

    def action_open_tickets(self):
        """Open what a figure counts; the context names it: open, waiting, late, unanswered, all."""
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_ticket_action")
        return {
            **action,
            "name": ", ".join(row.user_id.name or self.env._("Without owner") for row in self),
            "view_mode": "list,kanban,form",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": self._tickets_domain(self._counter()),
            "context": {},
        }

    def action_reassign(self):
        """Open the reassignment of all tickets that these agents have open (or only what the context counts)."""
        tickets = self.env["crm.ticket"].search(self._tickets_domain(self._counter()))
        return tickets.action_reassign()
