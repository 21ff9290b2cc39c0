from odoo import api, fields, models
from odoo.tools import SQL

STATUSES = [("open", "Open"), ("won", "Won"), ("lost", "Lost"), ("parked", "Archived")]


class CrmStageHistory(models.Model):
    """Where each opportunity stood and when: one row a stay, without gaps or overlaps from its first day on.

    Written with every change of stage or state (crm_lead_stage.py); `left` of one row is `entered` of the next, the
    present stay has no `left`. Times UTC. A lost or archived deal keeps its stage; that time is a stay of its own and
    does not count as days in the stage. A stage deleted later leaves its name here.
    """

    _name = "crm.stage.history"
    _description = "Stage History"
    _order = "lead_id, entered desc, id desc"
    _rec_name = "stage_name"
    _log_access = False  # `entered`, `left` and `user_id` say when and by whom

    lead_id = fields.Many2one("crm.lead", string="Opportunity", required=True, index=True, ondelete="cascade")
    stage_id = fields.Many2one("crm.stage", index="btree_not_null", ondelete="set null")
    stage_name = fields.Char("Stage then", required=True)
    status = fields.Selection(STATUSES, required=True, default="open")
    entered = fields.Datetime(required=True)
    left = fields.Datetime()
    user_id = fields.Many2one("res.users", string="Moved by", ondelete="set null")
    owner_id = fields.Many2one("res.users", string="Salesperson", ondelete="set null")
    team_id = fields.Many2one("crm.team", string="Sales team", ondelete="set null")
    company_id = fields.Many2one("res.company", index=True, ondelete="set null")
    days = fields.Float(compute="_compute_days", digits=(16, 1), help="Up to now where the stay goes on.")

    _one_open = models.UniqueIndex('(lead_id) WHERE "left" IS NULL')
    _check_order = models.Constraint('CHECK ("left" IS NULL OR "left" >= entered)', "A stay ends after it began.")

    @api.depends("entered", "left")
    def _compute_days(self):
        now = fields.Datetime.now()
        for stay in self:
            stay.days = ((stay.left or now) - stay.entered).total_seconds() / 86400 if stay.entered else 0.0

    def init(self):
        """Opportunities that are older than this table get their history from Odoo's own log of stage changes."""
        self._backfill()

    # === WRITING === #

    @api.model
    def _record(self, rows, now, fresh=False):
        """End the present stay of each lead and begin the next.

        `rows`: [(lead id, stage or None, status or False, owner id, team id, company id)]; no status (a lead, not an
        opportunity) begins nothing. `fresh`: new leads, which have no stay to end. One statement for new leads, two for
        others, whatever their number; nothing is flushed. A change within the same second replaces the stay that began
        in it, so that none lasts no time.
        """
        cr, user = self.env.cr, self.env.uid
        if not fresh:
            cr.execute(
                SQL(
                    """WITH undone AS (DELETE FROM crm_stage_history
                                        WHERE lead_id IN %(leads)s AND "left" IS NULL AND entered >= %(now)s)
                       UPDATE crm_stage_history SET "left" = %(now)s
                        WHERE lead_id IN %(leads)s AND "left" IS NULL AND entered < %(now)s""",
                    leads=tuple(row[0] for row in rows),
                    now=now,
                )
            )
        begun = [
            SQL(
                "(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                *(lead_id, stage.id if stage else None, self._name_of(stage), status, now, user),
                *(owner or None, team or None, company or None),
            )
            for lead_id, stage, status, owner, team, company in rows
            if status
        ]
        if begun:
            cr.execute(
                SQL(
                    """INSERT INTO crm_stage_history (lead_id, stage_id, stage_name, status, entered, user_id, owner_id,
                                                      team_id, company_id) VALUES %s""",
                    SQL(", ").join(begun),
                )
            )
        self.invalidate_model(flush=False)

    @api.model
    def _name_of(self, stage):
        return (stage.sudo().with_context(lang=None).name if stage else None) or "-"

    @api.model
    def _sql_status(self):
        """Status of `lead` as one of STATUSES."""
        return SQL(
            """CASE WHEN lead.won_status IN ('won', 'lost') THEN lead.won_status
                    WHEN lead.active THEN 'open' ELSE 'parked' END"""
        )

    @api.model
    def _backfill(self):
        """Give a history to opportunities without one (older than this addon, or written by SQL).

        From the tracked changes of the stage where there are any; the day of closing ends the last open stay.
        Returns how many rows were written. Safe to run again.
        """
        self.env.cr.execute(
            SQL(
                """
                WITH lone AS (
                    SELECT lead.*, %(status)s AS status, COALESCE(lead.date_conversion, lead.create_date) AS begun
                      FROM crm_lead lead
                     WHERE lead.type = 'opportunity'
                       AND NOT EXISTS (SELECT 1 FROM crm_stage_history h WHERE h.lead_id = lead.id)
                ), change AS (  -- one row a logged move: the stage that was left, and when
                    SELECT lone.id, value.old_value_integer AS stage_id, value.create_date AS moved, value.id AS rank
                      FROM lone
                      JOIN mail_message message ON message.model = 'crm.lead' AND message.res_id = lone.id
                      JOIN mail_tracking_value value ON value.mail_message_id = message.id
                      JOIN ir_model_fields field ON field.id = value.field_id AND field.name = 'stage_id'
                                                AND field.model = 'crm.lead'
                     WHERE value.create_date > lone.begun AND value.old_value_integer > 0
                ), stay AS (
                    SELECT id, stage_id, rank, 'open' AS status, moved AS until FROM change
                     UNION ALL
                    SELECT id, stage_id, 2147483646, CASE WHEN status = 'won' THEN 'won' ELSE 'open' END,
                           CASE WHEN status IN ('lost', 'parked')
                                THEN GREATEST(COALESCE(date_closed, write_date), begun) END
                      FROM lone
                     UNION ALL
                    SELECT id, stage_id, 2147483647, status, NULL FROM lone WHERE status IN ('lost', 'parked')
                ), line AS (
                    SELECT stay.*, LAG(until) OVER (PARTITION BY stay.id ORDER BY rank) AS since FROM stay
                )
                INSERT INTO crm_stage_history (lead_id, stage_id, stage_name, status, entered, "left", owner_id,
                                               team_id, company_id)
                SELECT lone.id, stage.id, COALESCE(stage.name->>'en_US', '-'), line.status,
                       GREATEST(COALESCE(line.since, lone.begun), lone.begun),
                       GREATEST(line.until, line.since, lone.begun), lone.user_id, lone.team_id, lone.company_id
                  FROM line
                  JOIN lone ON lone.id = line.id
                  LEFT JOIN crm_stage stage ON stage.id = line.stage_id
                """,
                status=self._sql_status(),
            )
        )
        count = self.env.cr.rowcount
        if count:
            self._raise_max_stage()
        return count

    @api.model
    def _raise_max_stage(self, lead_ids=None):
        """Set max_stage_id to the furthest stage of the history, by the pipeline's present order.

        A won stage is always the furthest, wherever it stands in the order.
        """
        self.env["crm.lead"].flush_model(["max_stage_id"])
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lead lead SET max_stage_id = furthest.stage_id
                     FROM (SELECT DISTINCT ON (h.lead_id) h.lead_id, h.stage_id
                             FROM crm_stage_history h JOIN crm_stage stage ON stage.id = h.stage_id
                            WHERE %(leads)s
                            ORDER BY h.lead_id, COALESCE(stage.is_won, FALSE) DESC, stage.sequence DESC,
                                     stage.id DESC) furthest
                    WHERE furthest.lead_id = lead.id
                      AND lead.max_stage_id IS DISTINCT FROM furthest.stage_id""",
                leads=SQL("h.lead_id IN %s", tuple(lead_ids)) if lead_ids else SQL("TRUE"),
            )
        )
        self.env["crm.lead"].invalidate_model(["max_stage_id"], flush=False)
