from odoo import api, fields, models
from odoo.tools import SQL

from ..models.crm_sla_policy import PRIORITIES
from ..models.crm_ticket import CHANNELS
from ..models.crm_ticket_work import EFFECTS

REOPEN_DAYS = 7  # a ticket solved at first contact stays solved for so long
PERIODS = [("before", "Before go-live"), ("after", "Since go-live"), ("unknown", "No go-live date")]


class CrmTicketFact(models.Model):
    """Measures of service: one row per ticket.

    Units: hours and days of the calendar (24 hours), minutes of work, money of the company's currency, shares in
    percent (0 or 100 on a row, so that their average is the share). Measures of the solution are empty on an open
    ticket and never on a solved one; the cost measures are empty where no time was recorded: no cost yet. A ticket
    that was solved without an agent (by the system or the customer himself) costs 0.

    First contact: solved with at most one public answer of an agent, and not reopened within seven days. Online:
    came by e-mail, portal or web site, or was answered automatically, and took no call and no visit. First person: no
    hand-off. Overrun and promises: see `crm.clock.fact`. Before and since go-live: by the day (UTC) it was opened.
    """

    _name = "crm.ticket.fact"
    _description = "Service Measures"
    _auto = False
    _order = "date_open desc, id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("crm.ticket", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    team_id = fields.Many2one("crm.service.team", readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    category_id = fields.Many2one("crm.ticket.category", readonly=True)
    question_group_id = fields.Many2one("crm.question.group", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    root_cause_id = fields.Many2one("crm.root.cause", readonly=True)
    service_effect = fields.Selection(EFFECTS, "Effect", readonly=True)
    priority = fields.Selection(PRIORITIES, readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    is_done = fields.Boolean("Solved", readonly=True)
    date_open = fields.Datetime("Opened", readonly=True)
    date_solved = fields.Datetime("Solved On", readonly=True)
    period = fields.Selection(PERIODS, readonly=True)

    tickets = fields.Integer(readonly=True)
    open_count = fields.Integer("Open", readonly=True)
    done_count = fields.Integer("Number Solved", readonly=True)
    answered_count = fields.Integer("Answered", readonly=True)
    backlog_days = fields.Float("Backlog Age (days)", readonly=True, aggregator="avg", digits=(16, 1))
    response_hours = fields.Float("First Response (h)", readonly=True, aggregator="avg", digits=(16, 2))
    solve_hours = fields.Float("Solved In (h)", readonly=True, aggregator="avg", digits=(16, 2))
    first_contact = fields.Float("Solved at First Contact (%)", readonly=True, aggregator="avg", digits=(16, 1))
    first_person = fields.Float("Solved by First Person (%)", readonly=True, aggregator="avg", digits=(16, 1))
    online = fields.Float("Solved Online (%)", readonly=True, aggregator="avg", digits=(16, 1))
    online_reference = fields.Float("Reported Elsewhere (%)", readonly=True, aggregator="avg", digits=(16, 1))
    reopens = fields.Integer(readonly=True)
    reopened_share = fields.Float("Reopened (%)", readonly=True, aggregator="avg", digits=(16, 1))
    replies = fields.Integer("Answers", readonly=True)
    handoffs = fields.Integer("Hand-Offs", readonly=True)
    handoffs_each = fields.Float("Hand-Offs per Ticket", readonly=True, aggregator="avg", digits=(16, 2))
    minutes = fields.Float("Time Spent (min)", readonly=True, digits=(16, 1))
    handling_minutes = fields.Float("Handling Time (min)", readonly=True, aggregator="avg", digits=(16, 1))
    cost = fields.Monetary(readonly=True)
    unit_cost = fields.Monetary("Cost per Ticket", readonly=True, aggregator="avg")
    baseline_minutes = fields.Float("Handling Time Before (min)", readonly=True, aggregator="avg", digits=(16, 1))
    baseline_cost = fields.Monetary("Cost per Ticket Before", readonly=True, aggregator="avg")
    saving = fields.Monetary(
        readonly=True, help="Cost per ticket before, less the cost now, over the tickets solved since go-live."
    )
    rating = fields.Float("Satisfaction (1-5)", readonly=True, aggregator="avg", digits=(16, 2))

    _depends = {
        "crm.service.baseline": ["baseline_cost", "baseline_minutes", "company_id", "go_live", "online_reference"],
        "crm.sla.event": ["date", "kind", "ticket_id"],
        "crm.ticket": [
            "active", "auto_answered", "category_id", "channel", "commercial_partner_id", "company_id",
            "date_first_response", "date_open", "date_solved", "priority", "product_id", "question_group_id",
            "reopen_count", "root_cause_id", "service_effect", "stage_kind", "team_id", "user_id",
        ],
        "crm.ticket.assignment": ["is_handoff", "ticket_id"],
        "crm.ticket.work": ["cost", "kind", "minutes", "ticket_id"],
        "mail.message": ["author_id", "is_internal", "message_type", "model", "res_id", "subtype_id"],
        "rating.rating": ["consumed", "rating", "res_id", "res_model"],
        "res.partner": ["partner_share"],
    }  # fmt: skip

    @property
    def _table_query(self):
        return SQL(
            "WITH %s SELECT %s FROM %s WHERE ticket.active", self._with_sql(), self._select_sql(), self._from_sql()
        )

    @api.model
    def _with_sql(self):
        """What is summed per ticket: work, public answers of agents, events, hand-offs, ratings."""
        data = self.env["ir.model.data"]
        return SQL(
            """
            work AS (
                SELECT ticket_id, SUM(minutes) AS minutes, SUM(cost) AS cost,
                       COUNT(*) FILTER (WHERE kind IN ('call', 'visit')) AS spoken
                  FROM crm_ticket_work GROUP BY ticket_id
            ), reply AS (
                SELECT message.res_id AS ticket_id, COUNT(*) AS replies
                  FROM mail_message message JOIN res_partner author ON author.id = message.author_id
                 WHERE message.model = 'crm.ticket' AND message.message_type IN ('email', 'comment')
                   AND message.subtype_id = %(comment)s AND message.is_internal IS NOT TRUE
                   AND author.partner_share IS NOT TRUE AND author.id <> %(robot)s
                 GROUP BY message.res_id
            ), event AS (
                SELECT ticket_id, MIN(date) FILTER (WHERE kind = 'solve') AS solved,
                       MIN(date) FILTER (WHERE kind = 'reopen') AS reopened
                  FROM crm_sla_event WHERE kind IN ('solve', 'reopen') GROUP BY ticket_id
            ), hand AS (
                SELECT ticket_id, COUNT(*) AS handoffs FROM crm_ticket_assignment WHERE is_handoff GROUP BY ticket_id
            ), voice AS (
                SELECT res_id AS ticket_id, AVG(rating) AS rating
                  FROM rating_rating WHERE res_model = 'crm.ticket' AND consumed AND rating > 0 GROUP BY res_id
            )
            """,
            comment=data._xmlid_to_res_id("mail.mt_comment"),
            robot=data._xmlid_to_res_id("base.partner_root"),
        )

    @api.model
    def _from_sql(self):
        """`state` holds what several measures ask: is it done, was time recorded or no agent needed."""
        return SQL(
            """crm_ticket ticket
               JOIN res_company company ON company.id = ticket.company_id
               LEFT JOIN crm_service_baseline base ON base.company_id = ticket.company_id
               LEFT JOIN work ON work.ticket_id = ticket.id
               LEFT JOIN reply ON reply.ticket_id = ticket.id
               LEFT JOIN event ON event.ticket_id = ticket.id
               LEFT JOIN hand ON hand.ticket_id = ticket.id
               LEFT JOIN voice ON voice.ticket_id = ticket.id
               CROSS JOIN LATERAL (
                   SELECT ticket.stage_kind IN ('solved', 'closed') AS done,
                          COALESCE(work.minutes, 0) > 0
                          OR (work.ticket_id IS NULL AND reply.ticket_id IS NULL) AS timed,
                          CASE WHEN base.go_live IS NULL THEN 'unknown'
                               WHEN ticket.date_open < base.go_live THEN 'before' ELSE 'after' END AS period
               ) state"""
        )

    @api.model
    def _online_sql(self):
        """Condition: the request was solved without call or visit, over an online channel or automatically."""
        return SQL(
            """(ticket.channel IN ('email', 'portal', 'web') OR ticket.auto_answered IS TRUE)
               AND COALESCE(work.spoken, 0) = 0"""
        )

    @api.model
    def _select_sql(self):
        return SQL(
            """
            ticket.id, ticket.id AS ticket_id, ticket.company_id, company.currency_id, ticket.team_id, ticket.user_id,
            ticket.commercial_partner_id AS partner_id, ticket.category_id, ticket.question_group_id,
            ticket.product_id, ticket.root_cause_id, ticket.service_effect, ticket.priority, ticket.channel,
            state.done AS is_done, ticket.date_open, ticket.date_solved, state.period,
            1 AS tickets, CASE WHEN state.done THEN 0 ELSE 1 END AS open_count,
            CASE WHEN state.done THEN 1 ELSE 0 END AS done_count,
            CASE WHEN ticket.date_first_response IS NULL AND NOT state.done THEN 0 ELSE 1 END AS answered_count,
            CASE WHEN NOT state.done THEN EXTRACT(EPOCH FROM %(now)s - ticket.date_open) / 86400 END AS backlog_days,
            EXTRACT(EPOCH FROM COALESCE(ticket.date_first_response, CASE WHEN state.done THEN ticket.date_solved END)
                    - ticket.date_open) / 3600 AS response_hours,
            CASE WHEN state.done THEN EXTRACT(EPOCH FROM ticket.date_solved - ticket.date_open) / 3600
                 END AS solve_hours,
            CASE WHEN state.done THEN CASE WHEN COALESCE(reply.replies, 0) <= 1 AND (event.reopened IS NULL
                 OR event.reopened > event.solved + make_interval(days => %(days)s)) THEN 100.0 ELSE 0.0 END
                 END AS first_contact,
            CASE WHEN state.done THEN CASE WHEN COALESCE(hand.handoffs, 0) = 0 THEN 100.0 ELSE 0.0 END
                 END AS first_person,
            CASE WHEN state.done THEN CASE WHEN %(online)s THEN 100.0 ELSE 0.0 END END AS online,
            COALESCE(base.online_reference, 70.0) AS online_reference,
            COALESCE(ticket.reopen_count, 0) AS reopens,
            CASE WHEN COALESCE(ticket.reopen_count, 0) > 0 THEN 100.0 ELSE 0.0 END AS reopened_share,
            COALESCE(reply.replies, 0) AS replies, COALESCE(hand.handoffs, 0) AS handoffs,
            COALESCE(hand.handoffs, 0)::float AS handoffs_each,
            COALESCE(work.minutes, 0) AS minutes,
            CASE WHEN state.done AND state.timed THEN COALESCE(work.minutes, 0) END AS handling_minutes,
            COALESCE(work.cost, 0) AS cost,
            CASE WHEN state.done AND state.timed THEN COALESCE(work.cost, 0) END AS unit_cost,
            NULLIF(base.baseline_minutes, 0) AS baseline_minutes, NULLIF(base.baseline_cost, 0) AS baseline_cost,
            CASE WHEN state.done AND state.timed AND state.period <> 'before' AND base.baseline_cost > 0
                 THEN base.baseline_cost - COALESCE(work.cost, 0) ELSE 0 END AS saving,
            voice.rating
            """,
            now=fields.Datetime.now(),
            days=REOPEN_DAYS,
            online=self._online_sql(),
        )

    def action_open_ticket(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.ticket",
            "res_id": self.ticket_id.id,
            "views": [(False, "form")],
        }
