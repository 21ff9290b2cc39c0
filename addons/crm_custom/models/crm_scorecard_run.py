"""The monthly run: all customers of a company in a fixed number of statements.

Why SQL: 100,000 customers and eight metrics are 800,000 values; no customer is loaded into Python.
Why a temporary table: six UPDATEs of the real one write every row and every index of it six times; the steps work on
`crm_scorecard_run`, which has neither indexes nor log, and `_run_store` writes the result once.
The rules are specified in `tools/classes.py` and `tools/scores.py`; tests compare both row by row.
"""

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .crm_metric_source import SALE_TYPES

# What the steps work out, written back at the end.
MEASURED = (
    "score", "weight_known", "score_state", "coverage", "revenue", "basis_value", "rank", "ranked", "cumulative_share",
    "facts", "group_rank", "group_ranked", "cut_off", "class_rule", "customer_class", "lifecycle", "previous_id",
    "previous_score", "previous_class", "movement",
)  # fmt: skip


class CrmScorecard(models.Model):
    _inherit = "crm.scorecard"

    @api.model
    def _run(self, company, date=None):
        """Compute the month of `date` for all customers of the company, from records up to that day.

        A second run of the same month replaces its figures; a closed month is refused.
        Returns the monthly scorecard.
        """
        date = fields.Date.to_date(date) or fields.Date.context_today(self)
        self = self.sudo().with_company(company)
        self.env.cr.execute(SQL("SELECT pg_advisory_xact_lock(hashtext('crm.scorecard'), %s)", company.id))
        month = self.env["crm.company.scorecard"]._open_month(company, date)
        if month.state == "closed":
            raise UserError(self.env._("The scorecard of %(month)s is closed.", month=month.display_name))
        self.env.flush_all()
        self._run_customers(month)
        self._run_table(month)
        self._run_metrics(month)
        self._run_values()
        self._run_scores(month)
        self._run_ranks(month)
        self._run_facts(month)
        self._run_classes(month)
        self._run_lifecycle(month)
        self._run_previous(month)
        self._run_store()
        self.env["crm.customer.run"]._log(month)
        self.env.invalidate_all()
        month._measure()
        return month

    @api.model
    def _cron_run(self, date=None):
        """Nightly: the current month of every company; in the first days of a month also the last one, complete."""
        today = fields.Date.to_date(date) or fields.Date.context_today(self)
        jobs = self._pending_runs(today)
        self.env["ir.cron"]._commit_progress(remaining=len(jobs))
        for company, day in jobs:
            self._run(company, day)
            if not self.env["ir.cron"]._commit_progress(processed=1):
                break

    @api.model
    def _pending_runs(self, today):
        """(company, day) of the runs that are due and were not done today."""
        days = [today.replace(day=1) - relativedelta(days=1)] if today.day <= 5 else []
        days.append(today)
        months = (
            self.env["crm.company.scorecard"].sudo().search([("period", "in", [day.replace(day=1) for day in days])])
        )
        done = {(month.company_id, month.period): month for month in months}
        jobs = []
        for company in self.env["res.company"].sudo().search([]):
            for day in days:
                month = done.get((company, day.replace(day=1)))
                if not month or (month.state == "open" and (month.date != day or month.run_day != today)):
                    jobs.append((company, day))
        return jobs

    # === STEPS, in order === #

    @api.model
    def _customer_source(self, company, stop):
        """Query of the partner ids that are customers: invoiced or with an order confirmed before `stop`, or a role.

        A role counts in each company, until the partner buys from another one only.
        """
        return SQL(
            """SELECT move.commercial_partner_id AS partner_id FROM account_move move WHERE %(sales)s
                UNION
               SELECT partner.commercial_partner_id FROM sale_order so
                 JOIN res_partner partner ON partner.id = so.partner_id
                WHERE so.company_id = %(company)s AND so.state = 'sale' AND so.date_order < %(stop)s
                UNION
               SELECT partner.id FROM res_partner partner
                WHERE partner.customer_role IS NOT NULL AND NOT EXISTS (
                      SELECT 1 FROM account_move move
                       WHERE move.partner_id = partner.id AND move.company_id <> %(company)s
                         AND move.state = 'posted' AND move.move_type IN %(types)s)""",
            sales=self.env["crm.metric"]._sales_where(company, None, stop),
            types=SALE_TYPES,
            company=company.id,
            stop=stop,
        )

    def _run_customers(self, month):
        """One scorecard for each active customer; ids survive a second run, former customers leave the month.

        Who ran it stands in `crm.customer.run`.
        """
        customers = SQL(
            """SELECT partner.id, partner.customer_role FROM (%s) source
                 JOIN res_partner partner ON partner.id = source.partner_id
                WHERE partner.active AND partner.commercial_partner_id = partner.id
                  AND COALESCE(partner.company_id, %s) = %s""",
            self._customer_source(month.company_id, month._stop()),
            month.company_id.id,
            month.company_id.id,
        )
        self.env.cr.execute(
            SQL(
                """WITH customers AS MATERIALIZED (%(customers)s), gone AS (
                    DELETE FROM crm_scorecard card
                     USING (SELECT other.id FROM crm_scorecard other
                              LEFT JOIN customers ON customers.id = other.partner_id
                             WHERE other.month_id = %(month)s AND customers.id IS NULL) former
                     WHERE former.id = card.id)
                   INSERT INTO crm_scorecard (month_id, company_id, period, date, partner_id, customer_role, is_latest,
                                              create_date, write_date)
                   SELECT %(month)s, %(company)s, %(period)s, %(date)s, customers.id, customers.customer_role,
                          %(period)s = (SELECT MAX(period) FROM crm_company_scorecard
                                         WHERE company_id = %(company)s AND run_day IS NOT NULL),
                          NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
                     FROM customers
                       ON CONFLICT (partner_id, company_id, period) DO UPDATE
                      SET date = EXCLUDED.date, customer_role = EXCLUDED.customer_role, month_id = EXCLUDED.month_id,
                          is_latest = EXCLUDED.is_latest, write_date = EXCLUDED.write_date""",
                month=month.id,
                company=month.company_id.id,
                period=month.period,
                date=month.date,
                customers=customers,
            )
        )

    def _run_table(self, month):
        """The rows of the month in a temporary table, on which the steps work."""
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS crm_scorecard_run"))
        self.env.cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE crm_scorecard_run ON COMMIT DROP AS
                   SELECT * FROM crm_scorecard WHERE month_id = %s""",
                month.id,
            )
        )
        self.env.cr.execute(SQL("ANALYZE crm_scorecard_run"))

    def _run_metrics(self, month):
        """Values and scores in a temporary table: one statement a metric."""
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS crm_metric_run"))
        self.env.cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE crm_metric_run ON COMMIT DROP AS
                   SELECT metric_id, scorecard_id, sequence, weight, state, value, score
                     FROM crm_metric_value LIMIT 0"""
            )
        )
        for metric in self.env["crm.metric"]._for_company(month.company_id):
            self.env.cr.execute(
                SQL(
                    """INSERT INTO crm_metric_run (metric_id, scorecard_id, sequence, weight, state, value, score)
                       SELECT %(metric)s, card.id, %(sequence)s, %(weight)s,
                              CASE WHEN measured.value IS NULL THEN 'no_data' ELSE 'ok' END, measured.value, %(score)s
                         FROM crm_scorecard_run card
                         LEFT JOIN (SELECT partner_id, ROUND(value::numeric, 4) AS value FROM (%(source)s) source)
                                   measured ON measured.partner_id = card.partner_id""",
                    metric=metric.id,
                    sequence=metric.sequence,
                    weight=metric.weight,
                    score=metric._score_sql(SQL.identifier("measured", "value")),
                    source=metric._source(month.company_id, month._start(), month._stop()),
                )
            )
        self.env.cr.execute(SQL("ANALYZE crm_metric_run"))

    def _run_values(self):
        """Write the values, and only those that are new or others than at the last run."""
        columns = ("sequence", "weight", "state", "value", "score")
        names, mine, theirs = (
            SQL(", ").join(SQL.identifier(*table, name) for name in columns) for table in ((), ("run",), ("value",))
        )
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_metric_value value USING crm_scorecard_run card
                    WHERE card.id = value.scorecard_id AND NOT EXISTS (
                          SELECT 1 FROM crm_metric_run run
                           WHERE run.scorecard_id = value.scorecard_id AND run.metric_id = value.metric_id)"""
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE crm_metric_value value SET (%(names)s) = ROW(%(mine)s) FROM crm_metric_run run
                    WHERE run.scorecard_id = value.scorecard_id AND run.metric_id = value.metric_id
                      AND (%(theirs)s) IS DISTINCT FROM (%(mine)s)""",
                names=names,
                mine=mine,
                theirs=theirs,
            )
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_metric_value (metric_id, scorecard_id, %(names)s)
                   SELECT run.metric_id, run.scorecard_id, %(mine)s FROM crm_metric_run run
                     LEFT JOIN crm_metric_value value ON value.scorecard_id = run.scorecard_id
                                                     AND value.metric_id = run.metric_id
                    WHERE value.id IS NULL ORDER BY run.scorecard_id, run.sequence, run.metric_id""",
                names=names,
                mine=mine,
            )
        )

    def _run_scores(self, month):
        """Total score: weighted mean of the metrics with data; NULL without any."""
        self.env.cr.execute(
            SQL(
                """UPDATE crm_scorecard_run card
                      SET score = ROUND(total.points / NULLIF(total.known, 0), 2), weight_known = total.known,
                          score_state = CASE WHEN total.known > 0 THEN 'ok' ELSE 'no_data' END,
                          coverage = ROUND(100 * total.known / NULLIF(total.weight, 0), 2)
                     FROM (SELECT other.id, SUM(value.weight) AS weight, SUM(value.score * value.weight) AS points,
                                  COALESCE(SUM(value.weight) FILTER (WHERE value.state = 'ok'), 0) AS known
                             FROM crm_scorecard_run other
                             LEFT JOIN crm_metric_run value ON value.scorecard_id = other.id
                            GROUP BY other.id) total
                    WHERE total.id = card.id"""
            )
        )

    def _run_previous(self, month):
        """Link to the customer's scorecard of the month before, movement, and which month is the newest."""
        before = month.period - relativedelta(months=1)
        self.env.cr.execute(
            SQL(
                """UPDATE crm_scorecard_run card
                      SET previous_id = pair.previous, previous_score = pair.score, previous_class = pair.class,
                          movement = CASE WHEN pair.class IS NULL THEN 'first' WHEN pair.class = card.customer_class
                                          THEN 'same' WHEN pair.class > card.customer_class THEN 'up' ELSE 'down' END
                     FROM (SELECT now.id, old.id AS previous, old.score, old.customer_class AS class
                             FROM crm_scorecard_run now
                             LEFT JOIN crm_scorecard old ON old.partner_id = now.partner_id
                                   AND old.company_id = now.company_id AND old.period = %(before)s) pair
                    WHERE pair.id = card.id""",
                before=before,
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE crm_scorecard card SET is_latest = (card.period = newest.period)
                     FROM (SELECT MAX(period) AS period FROM crm_company_scorecard
                            WHERE company_id = %(company)s AND run_day IS NOT NULL) newest
                    WHERE card.company_id = %(company)s
                      AND card.is_latest IS DISTINCT FROM (card.period = newest.period)""",
                company=month.company_id.id,
            )
        )

    def _run_store(self):
        """Write what the steps worked out, once, and only where it is new."""
        columns = SQL(", ").join(SQL("%s", SQL.identifier(name)) for name in MEASURED)
        mine = SQL(", ").join(SQL("%s", SQL.identifier("run", name)) for name in MEASURED)
        theirs = SQL(", ").join(SQL("%s", SQL.identifier("card", name)) for name in MEASURED)
        self.env.cr.execute(
            SQL(
                """UPDATE crm_scorecard card SET (%(columns)s) = ROW(%(mine)s) FROM crm_scorecard_run run
                    WHERE run.id = card.id AND (%(theirs)s) IS DISTINCT FROM (%(mine)s)""",
                columns=columns,
                mine=mine,
                theirs=theirs,
            )
        )
        self.env.cr.execute(SQL("DROP TABLE crm_scorecard_run, crm_metric_run"))
