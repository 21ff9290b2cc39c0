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
    deals = fields.Integer(readonly=True, help="One a row.")

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
            WITH pair AS (%(pair)s), step AS (SELECT pair.*, UNNEST(%(numbers)s) AS number FROM pair)
            SELECT step.lead_ref * 16 + number AS id, (%(codes)s::text[])[number] AS step, %(reason)s AS reason,
                   lead.id AS lead_id, step.name, %(amount)s AS amount, 1 AS deals, step.stage_from_id,
                   step.stage_to_id,
                   CASE WHEN number IN (1, 6) THEN old_company ELSE new_company END AS company_id,
                   CASE WHEN number IN (1, 6) THEN old_team ELSE new_team END AS team_id,
                   CASE WHEN number IN (1, 6) THEN old_user ELSE new_user END AS user_id,
                   CASE WHEN number IN (1, 6) THEN old_partner ELSE new_partner END AS partner_id,
                   CASE WHEN number IN (1, 6) THEN old_currency ELSE new_currency END AS currency_id
              FROM step
              LEFT JOIN crm_lead lead ON lead.id = step.lead_ref
            """,
            pair=self._sql_pair(first, last, close_from or date.min, close_to or date.max),
            codes=[code for code, _label in waterfall.STEPS],
            numbers=self._sql_numbers(),
            amount=self._sql_amount(),
            reason=self._sql_reason(),
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
    def _sql_numbers(self):
        """Numbers of the steps that hold for a deal, by the rule of tools/waterfall.py: 1 start ... 9 end.

        An array that is unnested, not a lateral VALUES list: PostgreSQL prepares its expressions anew for every deal,
        which took half a minute for 100,000.
        """
        return SQL(
            """ARRAY_REMOVE(ARRAY[
                   CASE WHEN was THEN 1 END,
                   CASE WHEN comes AND old_status IS NULL THEN 2 END,
                   CASE WHEN (stays AND NOT same) OR (comes AND old_status IS NOT NULL) THEN 3 END,
                   CASE WHEN stays AND same AND new_amount > old_amount THEN 4 END,
                   CASE WHEN stays AND same AND new_amount < old_amount THEN 5 END,
                   CASE WHEN was AND NOT (stays AND same) THEN 6 END,
                   CASE WHEN new_status = 'won' AND (was OR comes) THEN 7 END,
                   CASE WHEN new_status = 'lost' AND (was OR comes) THEN 8 END,
                   CASE WHEN now THEN 9 END], NULL)"""
        )

    @api.model
    def _sql_amount(self):
        return SQL(
            """CASE WHEN number = 1 THEN old_amount WHEN number = 6 THEN -old_amount
                    WHEN number IN (4, 5) THEN new_amount - old_amount
                    WHEN number IN (7, 8) THEN -new_amount ELSE new_amount END"""
        )

    @api.model
    def _sql_reason(self):
        return SQL(
            """CASE WHEN number IN (4, 5) THEN 'amount'
                    WHEN number IN (3, 6) AND stays THEN 'handed_over'
                    WHEN number = 3 AND old_status = 'open' THEN 'close_date'
                    WHEN number = 3 AND old_status IN ('parked', 'gone') THEN 'restored'
                    WHEN number = 3 THEN 'reopened'
                    WHEN number = 6 AND COALESCE(new_status, 'gone') = 'gone' THEN 'deleted'
                    WHEN number = 6 AND new_status = 'parked' THEN 'archived'
                    WHEN number = 6 THEN 'close_date' END"""
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
