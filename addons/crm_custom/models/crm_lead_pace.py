from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import stages as rules

PACES = [
    ("no_data", "Not enough data"),
    ("normal", "In time"),
    ("slow", "Slower than most"),
    ("stuck", "Slower than three in four"),
]


class CrmLead(models.Model):
    """Days of a deal in its stage beside those of won deals; computed for a whole list in two queries."""

    _inherit = "crm.lead"

    days_in_stage = fields.Float(
        compute="_compute_pace",
        digits=(16, 1),
        help="Days that the deal has been open in its present stage, all its stays there together.",
    )
    stage_median_days = fields.Float(
        "Median of won deals",
        compute="_compute_pace",
        digits=(16, 1),
        help="Half of the won deals of the team left the stage within so many days; all teams where the team has "
        "too few won deals.",
    )
    stage_pace = fields.Selection(PACES, string="Pace", compute="_compute_pace")

    @api.depends("stage_id", "won_status", "active", "team_id")
    def _compute_pace(self):
        spent = self._stage_days()
        known = self.env["crm.stage.pace"]._lookup(self.stage_id)
        for lead in self:
            days = spent.get((lead._origin.id, lead.stage_id.id), 0.0)
            key = (lead.stage_id.id, lead.company_id.id)
            found = known.get((*key, lead.team_id.id))
            if not found or found[0] < rules.MIN_WON:
                found = known.get((*key, False))
            deals, median, p75 = found or (0, 0.0, 0.0)
            lead.days_in_stage = days
            lead.stage_pace = rules.pace(days, deals, median, p75)
            lead.stage_median_days = median if lead.stage_pace != "no_data" else 0.0

    def _stage_days(self):
        """Return {(lead id, stage id): days open in the stage up to now} of the history; one query."""
        if not self.ids:
            return {}
        self.env["crm.stage.history"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT lead_id, stage_id, SUM(EXTRACT(EPOCH FROM COALESCE("left", %(now)s) - entered)) / 86400.0
                     FROM crm_stage_history
                    WHERE lead_id IN %(leads)s AND status = 'open' AND stage_id IS NOT NULL
                    GROUP BY lead_id, stage_id""",
                now=fields.Datetime.now(),
                leads=tuple(self.ids),
            )
        )
        return {(lead_id, stage_id): float(days) for lead_id, stage_id, days in rows}
