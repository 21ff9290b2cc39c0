from odoo import fields, models
from odoo.tools import SQL

HORIZON_DAYS = 30
"""Days before closing at which the probability is read (context key `calibration_days`)."""


class CrmProbabilityCheck(models.Model):
    """Probability of a deal some time before it closed, beside what became of it: one row per won or lost deal.

    The probability is that of the snapshot in force 30 days before the closing day; of a younger deal its first
    one. The final 0 or 100 is never used, nor are rebuilt snapshots, which know no probability. `outcome` is 100 or
    0, so that the average of a bin is the share that came true; `brier` averages to the Brier score.
    """

    _name = "crm.probability.check"
    _description = "Probability Check"
    _auto = False
    _order = "date desc, id"
    _rec_name = "name"

    name = fields.Char("Opportunity then", readonly=True)
    lead_id = fields.Many2one("crm.lead", string="Opportunity", readonly=True)
    date = fields.Date("Closed", readonly=True)
    seen_on = fields.Date("Probability of", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    status = fields.Selection([("won", "Won"), ("lost", "Lost")], readonly=True)
    band = fields.Integer("From %", readonly=True, aggregator=None)
    deals = fields.Integer(readonly=True)
    probability = fields.Float(readonly=True, aggregator="avg", digits=(16, 1))
    outcome = fields.Float("Won (%)", readonly=True, aggregator="avg", digits=(16, 1))
    brier = fields.Float("Brier score", readonly=True, aggregator="avg", digits=(16, 4))

    @property
    def _table_query(self):
        days = int(self.env.context.get("calibration_days") or HORIZON_DAYS)
        return SQL(
            """
            SELECT closed.lead_ref AS id, closed.lead_id, closed.name, closed.date_from AS date, closed.company_id,
                   closed.team_id, closed.user_id, closed.status, 1 AS deals, seen.probability,
                   GREATEST(seen.date_from, LEAST(closed.date_from - %(days)s, seen.last)) AS seen_on,
                   LEAST(FLOOR(seen.probability / 10) * 10, 90)::int AS band,
                   CASE WHEN closed.status = 'won' THEN 100.0 ELSE 0.0 END AS outcome,
                   POWER(seen.probability / 100.0 - CASE WHEN closed.status = 'won' THEN 1 ELSE 0 END, 2) AS brier
              FROM crm_pipeline_snapshot closed
             CROSS JOIN LATERAL (
                   SELECT spell.probability, spell.date_from, COALESCE(spell.date_to, spell.date_from) AS last
                     FROM crm_pipeline_snapshot spell
                    WHERE spell.lead_ref = closed.lead_ref AND spell.status = 'open'
                      AND spell.probability IS NOT NULL AND spell.date_from < closed.date_from
                    ORDER BY spell.date_from > closed.date_from - %(days)s,
                             CASE WHEN spell.date_from <= closed.date_from - %(days)s THEN spell.date_from END
                                  DESC NULLS LAST,
                             spell.date_from
                    LIMIT 1) seen
             WHERE closed.date_to IS NULL AND closed.status IN ('won', 'lost')
            """,
            days=days,
        )
