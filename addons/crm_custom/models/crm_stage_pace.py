from odoo import api, fields, models
from odoo.tools import SQL


class CrmStagePace(models.Model):
    """Days that won deals spent in each stage: median and upper quartile, by company, with and without team.

    Refreshed every night and by whoever asks; the days of all stays of a deal in the stage count together. A row
    without team covers all teams. Satellite table: medians over the whole history are too slow for a list.
    """

    _name = "crm.stage.pace"
    _description = "Pace of Won Deals"
    _order = "company_id, team_id, stage_id"
    _rec_name = "stage_id"

    stage_id = fields.Many2one("crm.stage", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", ondelete="cascade")
    team_id = fields.Many2one("crm.team", string="Sales team", ondelete="cascade", help="Empty = all teams.")
    deals = fields.Integer("Won deals")
    median_days = fields.Float("Median days", digits=(16, 1), aggregator="avg")
    p75_days = fields.Float("Three in four within", digits=(16, 1), aggregator="avg", help="Upper quartile, in days.")
    refreshed_on = fields.Datetime()

    @api.model
    def _refresh(self):
        """Compute all rows anew from the history; one statement. Stays in a won stage are no time spent."""
        self.env["crm.stage.history"].flush_model()
        self.env["crm.lead"].flush_model(["won_status", "team_id", "company_id"])
        self.env.cr.execute(SQL("DELETE FROM crm_stage_pace"))
        self.env.cr.execute(
            SQL(
                """
                WITH spent AS (
                    SELECT h.lead_id, h.stage_id, lead.company_id, lead.team_id,
                           SUM(EXTRACT(EPOCH FROM h."left" - h.entered)) / 86400.0 AS days
                      FROM crm_stage_history h
                      JOIN crm_lead lead ON lead.id = h.lead_id AND lead.won_status = 'won'
                     WHERE h.status = 'open' AND h."left" IS NOT NULL AND h.stage_id IS NOT NULL
                     GROUP BY h.lead_id, h.stage_id, lead.company_id, lead.team_id
                )
                INSERT INTO crm_stage_pace (stage_id, company_id, team_id, deals, median_days, p75_days, refreshed_on)
                SELECT stage_id, company_id, team_id, COUNT(*),
                       PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY days),
                       PERCENTILE_CONT(0.75) WITHIN GROUP (ORDER BY days), %(now)s
                  FROM spent
                 GROUP BY GROUPING SETS ((stage_id, company_id), (stage_id, company_id, team_id))
                HAVING GROUPING(team_id) = 1 OR team_id IS NOT NULL
                """,
                now=fields.Datetime.now(),
            )
        )
        self.invalidate_model()

    @api.model
    def _lookup(self, stages):
        """Return {(stage id, company id, team id or False): (deals, median, p75)} of the stages; one query."""
        rows = self.sudo().search_fetch(
            [("stage_id", "in", stages.ids)],
            ["stage_id", "company_id", "team_id", "deals", "median_days", "p75_days"],
        )
        return {
            (row.stage_id.id, row.company_id.id, row.team_id.id): (row.deals, row.median_days, row.p75_days)
            for row in rows
        }
