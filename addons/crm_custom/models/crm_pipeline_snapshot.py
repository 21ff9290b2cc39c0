import datetime
import logging

import pytz
from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import snapshots

_logger = logging.getLogger(__name__)

STATUSES = [("open", "Open"), ("won", "Won"), ("lost", "Lost"), ("parked", "Archived"), ("gone", "Deleted")]
COLUMNS = (
    *("lead_id", "name", "company_id", "team_id", "user_id", "partner_id", "stage_id", "status", "amount"),
    *("currency_id", "probability", "date_deadline"),
)


class CrmPipelineSnapshot(models.Model):
    """The pipeline at the end of each day: one row per opportunity and spell in which nothing about it changed.

    A row holds from `date_from` to the end of `date_to` (empty = still); the state of a day is the rows around it.
    A row a deal and day would be the same deal over and over: 5,000 open deals are 1.8 million rows a year.
    Amounts: expected revenue in company currency; days of the main company's time zone. Taken by SQL over all
    deals of all companies; running it twice for a day changes nothing but what changed in between.
    """

    _name = "crm.pipeline.snapshot"
    _description = "Pipeline Snapshot"
    _order = "date_from desc, lead_ref"

    lead_id = fields.Many2one("crm.lead", string="Opportunity", index="btree_not_null", ondelete="set null")
    lead_ref = fields.Integer("Number of the opportunity", required=True, help="Stays when the deal is deleted.")
    name = fields.Char("Opportunity then")
    company_id = fields.Many2one("res.company", ondelete="cascade")
    team_id = fields.Many2one("crm.team", string="Sales team", ondelete="set null")
    user_id = fields.Many2one("res.users", string="Salesperson", ondelete="set null")
    partner_id = fields.Many2one("res.partner", string="Customer", index="btree_not_null", ondelete="set null")
    stage_id = fields.Many2one("crm.stage", ondelete="set null")
    status = fields.Selection(STATUSES, required=True)
    amount = fields.Monetary("Expected revenue")
    currency_id = fields.Many2one("res.currency")
    probability = fields.Float(digits=(16, 2), aggregator="avg")
    date_deadline = fields.Date("Expected closing")
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("Up to")
    source = fields.Selection([("measured", "Measured"), ("rebuilt", "Rebuilt")], required=True)

    _one_open = models.UniqueIndex("(lead_ref) WHERE date_to IS NULL")
    _spells = models.UniqueIndex("(lead_ref, date_from)")
    _days = models.Index("(date_from, date_to)")

    # === RUNS === #

    @api.model
    def _today(self):
        """The day that a snapshot taken now stands for, in the main company's time zone."""
        return snapshots.day_of(fields.Datetime.now().replace(tzinfo=pytz.utc).astimezone(self._zone()))

    @api.model
    def _zone(self):
        company = self.env["res.company"].sudo().search([], order="id", limit=1)
        return pytz.timezone(company.partner_id.tz or self.env.user.tz or "UTC")

    @api.model
    def _cron_run(self):
        """Take the missed days and today, a day a step: what is done stays done when the job is killed."""
        today = self._today()
        days = [*self._missed(today), today]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(days) + 1)
        for day in days:
            self._take(day, today)
            if not cron._commit_progress(processed=1):
                return
        self.env["crm.stage.history"].sudo()._backfill()
        self.env["crm.stage.pace"].sudo()._refresh()
        cron._commit_progress(processed=1)

    @api.model
    def _missed(self, today):
        [[last]] = self.env["crm.pipeline.day"].sudo()._read_group([], [], ["day:max"])
        return snapshots.missed_days(last or None, today)

    @api.model
    def _run(self, today=None):
        """All missed days and today, without commits: for those who need the newest figures at once."""
        today = today or self._today()
        for day in [*self._missed(today), today]:
            self._take(day, today)

    @api.model
    def _take(self, day, today):
        """Take the state at the end of `day`: measured for today, rebuilt for an earlier day.

        A day before the newest one taken is left as it is. Returns whether it was taken.
        """
        days = self.env["crm.pipeline.day"].sudo()
        [[last]] = days._read_group([], [], ["day:max"])
        if last and day < last:
            return False
        self._flush_sources()
        source = "measured" if day >= today else "rebuilt"
        state = self._sql_now() if source == "measured" else self._sql_past(day)
        cr = self.env.cr
        cr.execute(SQL("DROP TABLE IF EXISTS crm_pipeline_state"))
        cr.execute(SQL("CREATE TEMP TABLE crm_pipeline_state ON COMMIT DROP AS %s", state))
        cr.execute(SQL("CREATE UNIQUE INDEX ON crm_pipeline_state (lead_id)"))
        # Without fresh numbers the planner loops over a table that grows under it: hours instead of seconds.
        cr.execute(SQL("ANALYZE crm_pipeline_state"))
        cr.execute(SQL("ANALYZE crm_pipeline_snapshot"))
        for statement in self._sql_merge(day, source):
            cr.execute(statement)
        cr.execute(SQL("DROP TABLE crm_pipeline_state"))
        cr.execute(self._sql_day(day, source))
        self.invalidate_model()
        days.invalidate_model()
        return True

    @api.model
    def _flush_sources(self):
        self.flush_model()
        self.env.flush_all()

    # === SQL === #

    @api.model
    def _sql_lead(self, amount, stage, status, user, team, probability):
        """One row per opportunity of `lead`, with the columns in COLUMNS; the company falls back on team and user."""
        return SQL(
            """SELECT lead.id AS lead_id, lead.name, company.id AS company_id, %(team)s AS team_id,
                      %(user)s AS user_id, partner.commercial_partner_id AS partner_id, %(stage)s AS stage_id,
                      %(status)s AS status, COALESCE(%(amount)s, 0.0)::numeric AS amount, company.currency_id,
                      %(probability)s AS probability, lead.date_deadline""",
            amount=amount,
            stage=stage,
            status=status,
            user=user,
            team=team,
            probability=probability,
        )

    @api.model
    def _sql_company(self):
        return SQL(
            """LEFT JOIN res_partner partner ON partner.id = lead.partner_id
               LEFT JOIN crm_team of_team ON of_team.id = lead.team_id
               LEFT JOIN res_users of_user ON of_user.id = lead.user_id
               LEFT JOIN res_company company ON company.id = COALESCE(
                   lead.company_id, of_team.company_id, of_user.company_id, (SELECT MIN(id) FROM res_company))"""
        )

    @api.model
    def _sql_now(self):
        """State of all opportunities now. Probability to the whole percent: it moves by itself."""
        status = self.env["crm.stage.history"]._sql_status()
        columns = self._sql_lead(
            *(SQL("lead.expected_revenue"), SQL("lead.stage_id"), status, SQL("lead.user_id"), SQL("lead.team_id")),
            SQL("ROUND(lead.probability::numeric)::float8"),
        )
        return SQL("%s FROM crm_lead lead %s WHERE lead.type = 'opportunity'", columns, self._sql_company())

    @api.model
    def _sql_past(self, day):
        """State at the end of a past day: stage and status of the stage history, the rest of Odoo's log of changes.

        The first change after the day tells the value before it. What is not logged (customer, closing date) is
        as it is now; the probability is unknown.
        """
        after = self._zone().localize(datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time()))
        cut = after.astimezone(pytz.utc).replace(tzinfo=None)
        columns = self._sql_lead(
            SQL("CASE WHEN amount.id IS NULL THEN lead.expected_revenue ELSE amount.old_value_float END"),
            *(SQL("stay.stage_id"), SQL("stay.status")),
            SQL("CASE WHEN owner.id IS NULL THEN lead.user_id ELSE NULLIF(owner.old_value_integer, 0) END"),
            SQL("CASE WHEN team.id IS NULL THEN lead.team_id ELSE NULLIF(team.old_value_integer, 0) END"),
            SQL("NULL::float8"),
        )
        return SQL(
            """
            WITH change AS (
                SELECT DISTINCT ON (message.res_id, field.name) message.res_id, field.name, value.id,
                       value.old_value_float, value.old_value_integer
                  FROM mail_tracking_value value
                  JOIN mail_message message ON message.id = value.mail_message_id AND message.model = 'crm.lead'
                  JOIN ir_model_fields field ON field.id = value.field_id
                   AND field.name IN ('expected_revenue', 'user_id', 'team_id')
                 WHERE value.create_date >= %(cut)s
                 ORDER BY message.res_id, field.name, value.id
            )
            %(columns)s
              FROM crm_lead lead
              %(company)s
              JOIN crm_stage_history stay ON stay.lead_id = lead.id AND stay.entered < %(cut)s
                                         AND (stay."left" IS NULL OR stay."left" >= %(cut)s)
              LEFT JOIN change amount ON amount.res_id = lead.id AND amount.name = 'expected_revenue'
              LEFT JOIN change owner ON owner.res_id = lead.id AND owner.name = 'user_id'
              LEFT JOIN change team ON team.res_id = lead.id AND team.name = 'team_id'
             WHERE lead.type = 'opportunity'
            """,
            columns=columns,
            company=self._sql_company(),
            cut=cut,
        )

    @api.model
    def _sql_merge(self, day, source):
        """Bring the open rows in line with crm_pipeline_state: end what changed the day before, begin what is new."""
        differs = SQL(
            "(%s) IS DISTINCT FROM (%s)",
            SQL(", ").join(SQL.identifier("spell", column) for column in COLUMNS[2:]),
            SQL(", ").join(SQL.identifier("state", column) for column in COLUMNS[2:]),
        )
        names = SQL(", ").join(SQL.identifier(column) for column in COLUMNS)
        values = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(column), SQL.identifier("state", column)) for column in COLUMNS
        )
        yield SQL(
            """UPDATE crm_pipeline_snapshot spell SET %(values)s, source = %(source)s
                 FROM crm_pipeline_state state
                WHERE state.lead_id = spell.lead_ref AND spell.date_to IS NULL AND spell.date_from = %(day)s
                  AND %(differs)s""",
            values=values,
            source=source,
            day=day,
            differs=differs,
        )
        yield SQL(
            """UPDATE crm_pipeline_snapshot spell SET date_to = %(before)s
                 FROM crm_pipeline_state state
                WHERE state.lead_id = spell.lead_ref AND spell.date_to IS NULL AND spell.date_from < %(day)s
                  AND %(differs)s""",
            before=day - datetime.timedelta(days=1),
            day=day,
            differs=differs,
        )
        yield from self._sql_gone(day, source)
        yield SQL(
            """INSERT INTO crm_pipeline_snapshot (lead_ref, %(names)s, date_from, source)
               SELECT state.lead_id, %(values)s, %(day)s, %(source)s FROM crm_pipeline_state state
                WHERE state.lead_id NOT IN (SELECT lead_ref FROM crm_pipeline_snapshot WHERE date_to IS NULL)""",
            names=names,
            values=SQL(", ").join(SQL.identifier("state", column) for column in COLUMNS),
            day=day,
            source=source,
        )

    @api.model
    def _sql_gone(self, day, source):
        """Deals that are no longer there (deleted, merged, made a lead again): what was theirs ends as 'gone'."""
        gone = SQL(
            """spell.date_to IS NULL AND spell.status <> 'gone' AND NOT EXISTS (
                   SELECT 1 FROM crm_pipeline_state state WHERE state.lead_id = spell.lead_ref)"""
        )
        names = SQL(", ").join(SQL.identifier(column) for column in COLUMNS if column not in ("status", "lead_id"))
        yield SQL("UPDATE crm_pipeline_snapshot spell SET status = 'gone' WHERE %s AND spell.date_from = %s", gone, day)
        yield SQL(
            """WITH ended AS (UPDATE crm_pipeline_snapshot spell SET date_to = %(before)s
                               WHERE %(gone)s AND spell.date_from < %(day)s RETURNING spell.*)
               INSERT INTO crm_pipeline_snapshot (lead_ref, %(names)s, status, date_from, source)
               SELECT lead_ref, %(names)s, 'gone', %(day)s, %(source)s FROM ended""",
            before=day - datetime.timedelta(days=1),
            gone=gone,
            day=day,
            names=names,
            source=source,
        )

    @api.model
    def _sql_day(self, day, source):
        return SQL(
            """INSERT INTO crm_pipeline_day (day, company_id, source, deals, amount)
               SELECT %(day)s, company.id, %(source)s, COUNT(spell.id), COALESCE(SUM(spell.amount), 0)
                 FROM res_company company
                 LEFT JOIN crm_pipeline_snapshot spell ON spell.company_id = company.id AND spell.status = 'open'
                       AND spell.date_from <= %(day)s AND (spell.date_to IS NULL OR spell.date_to >= %(day)s)
                GROUP BY company.id
                   ON CONFLICT (day, company_id)
                   DO UPDATE SET source = EXCLUDED.source, deals = EXCLUDED.deals, amount = EXCLUDED.amount""",
            day=day,
            source=source,
        )
