from odoo import fields, models
from odoo.tools import SQL

from ..models.crm_sla_policy import PRIORITIES


class CrmClockFact(models.Model):
    """Promises kept: one row per clock that is decided, that is stopped or broken.

    `met`: 100 where the promise was kept, else 0; its average is the share kept. Overrun in working minutes: 0 where it
    was kept; `late_minutes` counts the broken ones only, so that its average is the average overrun. The overrun of a
    clock that still runs is that of its last event; it grows until the clock stops.
    """

    _name = "crm.clock.fact"
    _description = "Promises Kept"
    _auto = False
    _order = "date_start desc, id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("crm.ticket", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("crm.service.team", readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    category_id = fields.Many2one("crm.ticket.category", readonly=True)
    question_group_id = fields.Many2one("crm.question.group", readonly=True)
    policy_id = fields.Many2one("crm.sla.policy", readonly=True)
    priority = fields.Selection(PRIORITIES, readonly=True)
    kind = fields.Selection(
        selection=lambda self: self.env["crm.sla.clock"]._fields["kind"]._description_selection(self.env),
        string="Promise",
        readonly=True,
    )
    is_stopped = fields.Boolean("Stopped", readonly=True)
    date_start = fields.Datetime("Started", readonly=True)
    clocks = fields.Integer("Promises", readonly=True)
    met_count = fields.Integer("Kept", readonly=True)
    late_count = fields.Integer("Broken", readonly=True)
    met = fields.Float("Kept (%)", readonly=True, aggregator="avg", digits=(16, 1))
    overrun_minutes = fields.Float("Overrun (min)", readonly=True, digits=(16, 1))
    late_minutes = fields.Float("Average Overrun (min)", readonly=True, aggregator="avg", digits=(16, 1))

    _depends = {
        "crm.sla.clock": ["breach_date", "company_id", "date_start", "date_stop", "kind", "policy_id", "slack_minutes"]
        + ["ticket_id"],
        "crm.ticket": ["active", "category_id", "commercial_partner_id", "priority", "question_group_id", "team_id"]
        + ["user_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT clock.id, clock.ticket_id, clock.company_id, ticket.team_id, ticket.user_id,
                   ticket.commercial_partner_id AS partner_id, ticket.category_id, ticket.question_group_id,
                   clock.policy_id, ticket.priority, clock.kind, clock.date_stop IS NOT NULL AS is_stopped,
                   clock.date_start, 1 AS clocks,
                   CASE WHEN clock.breach_date IS NULL THEN 1 ELSE 0 END AS met_count,
                   CASE WHEN clock.breach_date IS NULL THEN 0 ELSE 1 END AS late_count,
                   CASE WHEN clock.breach_date IS NULL THEN 100.0 ELSE 0.0 END AS met,
                   CASE WHEN clock.breach_date IS NULL THEN 0.0 ELSE GREATEST(-clock.slack_minutes, 0.0)
                        END AS overrun_minutes,
                   CASE WHEN clock.breach_date IS NOT NULL THEN GREATEST(-clock.slack_minutes, 0.0)
                        END AS late_minutes
              FROM crm_sla_clock clock JOIN crm_ticket ticket ON ticket.id = clock.ticket_id
             WHERE ticket.active AND (clock.date_stop IS NOT NULL OR clock.breach_date IS NOT NULL)
            """
        )
