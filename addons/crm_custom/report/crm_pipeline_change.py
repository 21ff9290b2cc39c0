from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import waterfall

REASONS = [
    ("amount", "Amount changed"),
    ("handed_over", "Handed over"),
    ("close_date", "Expected closing moved"),
    ("reopened", "Reopened"),
    ("restored", "Restored"),
    ("archived", "Archived"),
    ("deleted", "Deleted or merged"),
]
CONTEXT = ("pipeline_from", "pipeline_to", "close_from", "close_to")


class CrmPipelineChange(models.Model):
    """Change of the pipeline between two days: one row per deal and step (tools/waterfall.py says which).

    Context keys: `pipeline_from` and `pipeline_to`, ends of days ("YYYY-MM-DD"; the first of the month and today
    without them); `close_from` and `close_to` keep to deals expected to close in that window. Amounts in company
    currency, signs as they act on the pipeline. For every company, team, salesperson or any filter on them:
    start + new + in + up + down + out + won + lost = end, to the cent.
    """

    _name = "crm.pipeline.change"
    _description = "Change of the Pipeline"
    _auto = False
    _order = "step, amount desc, id"
    _rec_name = "name"

    step = fields.Selection(list(waterfall.STEPS), readonly=True)
    reason = fields.Selection(REASONS, readonly=True)
    lead_id = fields.Many2one("crm.lead", string="Opportunity", readonly=True)
    name = fields.Char("Opportunity then", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    stage_from_id = fields.Many2one("crm.stage", string="Stage at the start", readonly=True)
    stage_to_id = fields.Many2one("crm.stage", string="Stage at the end", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(readonly=True, depends_context=CONTEXT)
    deals = fields.Integer("Deals", readonly=True, help="One a row.")

    @api.model
    def _span(self):
        """The two days of the context, and the window of expected closings (None = open)."""
        today = fields.Date.context_today(self)
        found = [fields.Date.to_date(self.env.context.get(key)) for key in CONTEXT]
        return found[0] or today.replace(day=1), found[1] or today, found[2], found[3]

    @property
    def _table_query(self):
        first, last, close_from, close_to = self._span()
        return SQL(
            """
            WITH pair AS (%(pair)s)
            SELECT pair.lead_ref * 16 + LEFT(step.code, 1)::int AS id, step.code AS step,
                   NULLIF(step.reason, '') AS reason,
                   lead.id AS lead_id, pair.name, step.amount, 1 AS deals, pair.stage_from_id, pair.stage_to_id,
                   CASE WHEN step.old THEN pair.old_company ELSE pair.new_company END AS company_id,
                   CASE WHEN step.old THEN pair.old_team ELSE pair.new_team END AS team_id,
                   CASE WHEN step.old THEN pair.old_user ELSE pair.new_user END AS user_id,
                   CASE WHEN step.old THEN pair.old_partner ELSE pair.new_partner END AS partner_id,
                   CASE WHEN step.old THEN pair.old_currency ELSE pair.new_currency END AS currency_id
              FROM pair
              LEFT JOIN crm_lead lead ON lead.id = pair.lead_ref
             CROSS JOIN LATERAL (%(steps)s) step (code, amount, old, reason, holds)
             WHERE step.holds
            """,
            pair=self._sql_pair(first, last, close_from or date.min, close_to or date.max),
            steps=self._sql_steps(),
        )

    @api.model
    def _sql_state(self, day):
        """The rows that hold at the end of the day, one per deal."""
        return SQL(
            """SELECT * FROM crm_pipeline_snapshot
                WHERE date_from <= %(day)s AND (date_to IS NULL OR date_to >= %(day)s)""",
            day=day,
        )

    @api.model
    def _sql_pair(self, first, last, close_from, close_to):
        """One row per deal: its state on both days, and what the rule needs to know of them.

        `within`: the expected closing lies in the window; without a window every deal's does, also one without date.
        """
        window = close_from > date.min or close_to < date.max
        within = SQL("BETWEEN %s AND %s", close_from, close_to)
        old_within = SQL("old.date_deadline %s", within) if window else SQL("TRUE")
        new_within = SQL("new.date_deadline %s", within) if window else SQL("TRUE")
        return SQL(
            """
            SELECT *, was AND (now OR closed) AS stays,
                   NOT was AND COALESCE(new_within, FALSE) AND new_status IN ('open', 'won', 'lost')
                           AND (now OR old_status IS NULL OR old_status <> new_status) AS comes
              FROM (SELECT COALESCE(new.lead_ref, old.lead_ref) AS lead_ref, COALESCE(new.name, old.name) AS name,
                           old.status AS old_status, new.status AS new_status,
                           COALESCE(old.amount, 0) AS old_amount, COALESCE(new.amount, 0) AS new_amount,
                           old.company_id AS old_company, new.company_id AS new_company,
                           old.team_id AS old_team, new.team_id AS new_team,
                           old.user_id AS old_user, new.user_id AS new_user,
                           old.partner_id AS old_partner, new.partner_id AS new_partner,
                           old.currency_id AS old_currency, new.currency_id AS new_currency,
                           old.stage_id AS stage_from_id, new.stage_id AS stage_to_id,
                           COALESCE(old.status = 'open' AND %(old_within)s, FALSE) AS was,
                           COALESCE(new.status = 'open' AND %(new_within)s, FALSE) AS now,
                           COALESCE(new.status IN ('won', 'lost'), FALSE) AS closed,
                           %(new_within)s AS new_within,
                           (old.company_id, old.team_id, old.user_id)
                               IS NOT DISTINCT FROM (new.company_id, new.team_id, new.user_id) AS same
                      FROM (%(first)s) old FULL JOIN (%(last)s) new ON new.lead_ref = old.lead_ref) both_days
             WHERE was OR now OR closed
            """,
            old_within=old_within,
            new_within=new_within,
            first=self._sql_state(first),
            last=self._sql_state(last),
        )

    @api.model
    def _sql_steps(self):
        """The rule of tools/waterfall.py as rows (code, amount, whose unit, reason, whether it holds)."""
        return SQL(
            """VALUES
               ('1_start', old_amount, TRUE, '', was),
               ('2_new', new_amount, FALSE, '', comes AND old_status IS NULL),
               ('3_in', new_amount, FALSE,
                CASE WHEN was THEN 'handed_over' WHEN old_status = 'open' THEN 'close_date'
                     WHEN old_status IN ('parked', 'gone') THEN 'restored' ELSE 'reopened' END,
                (stays AND NOT same) OR (comes AND old_status IS NOT NULL)),
               ('4_up', new_amount - old_amount, FALSE, 'amount', stays AND same AND new_amount > old_amount),
               ('5_down', new_amount - old_amount, FALSE, 'amount', stays AND same AND new_amount < old_amount),
               ('6_out', -old_amount, TRUE,
                CASE WHEN stays THEN 'handed_over' WHEN COALESCE(new_status, 'gone') = 'gone' THEN 'deleted'
                     WHEN new_status = 'parked' THEN 'archived' ELSE 'close_date' END,
                was AND NOT (stays AND same)),
               ('7_won', -new_amount, FALSE, '', new_status = 'won' AND (was OR comes)),
               ('8_lost', -new_amount, FALSE, '', new_status = 'lost' AND (was OR comes)),
               ('9_end', new_amount, FALSE, '', now)"""
        )

    def action_open_lead(self):
        """Open the deal; a deleted one has left only its name."""
        self.ensure_one()
        if not self.lead_id:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "message": self.env._("“%(deal)s” was deleted or merged.", deal=self.name),
                    "type": "warning",
                },
            }
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "views": [(False, "form")],
        }
