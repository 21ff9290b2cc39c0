"""The steps of the run that rank and classify, each one statement for all customers of the month."""

import json

from odoo import api, models
from odoo.tools import SQL


class CrmScorecard(models.Model):
    _inherit = "crm.scorecard"

    def _run_ranks(self, month):
        """Annual sales, basis value, rank and cumulative share (equal values share rank and share)."""
        metric = self.env["crm.metric"]
        period = month.company_id, month._start(), month._stop()
        self.env.cr.execute(
            SQL(
                """UPDATE crm_scorecard_run card
                      SET revenue = ranked.revenue, basis_value = ranked.basis, rank = ranked.rank,
                          ranked = ranked.ranked,
                          cumulative_share = ROUND(100 * ranked.running / NULLIF(ranked.total, 0), 2)
                     FROM (SELECT id, revenue, basis, RANK() OVER (ORDER BY basis DESC) AS rank,
                                  COUNT(*) OVER () AS ranked,
                                  SUM(GREATEST(basis, 0)) OVER (ORDER BY basis DESC) AS running,
                                  SUM(GREATEST(basis, 0)) OVER () AS total
                             FROM (SELECT other.id, COALESCE(sales.value, 0) AS revenue,
                                          ROUND(COALESCE(basis.value, 0), 2) AS basis
                                     FROM crm_scorecard_run other
                                     LEFT JOIN (%(sales)s) sales ON sales.partner_id = other.partner_id
                                     LEFT JOIN (%(basis)s) basis ON basis.partner_id = other.partner_id
                                  ) measured) ranked
                    WHERE ranked.id = card.id""",
                sales=metric._metric_revenue(*period),
                basis=metric._basis_source(*period),
            )
        )

    @api.model
    def _axis_sql(self, flag):
        """Weighted mean score of the metrics with this flag; NULL = not enough data."""
        return SQL(
            """ROUND(SUM(value.score * value.weight) FILTER (WHERE %(flag)s)
                     / NULLIF(SUM(value.weight) FILTER (WHERE %(flag)s), 0), 2)""",
            flag=SQL.identifier("metric", flag),
        )

    def _run_facts(self, month):
        """What class and lifecycle are judged by, as JSON: null = not enough data."""
        metric = self.env["crm.metric"]
        self.env.cr.execute(
            SQL(
                """UPDATE crm_scorecard_run card SET facts = judged.facts
                     FROM (SELECT card.id, jsonb_build_object(
                                  'years', jsonb_build_array(years.y0, years.y1, years.y2),
                                  'loyalty', axes.loyalty, 'cooperation', axes.cooperation,
                                  'recency_days', seen.recency_days, 'tenure_days', seen.tenure_days) AS facts
                             FROM crm_scorecard_run card
                             LEFT JOIN (SELECT value.scorecard_id, %(loyalty)s AS loyalty,
                                               %(cooperation)s AS cooperation
                                          FROM crm_scorecard_run other
                                          JOIN crm_metric_run value ON value.scorecard_id = other.id
                                          JOIN crm_metric metric ON metric.id = value.metric_id
                                         WHERE value.state = 'ok'
                                         GROUP BY value.scorecard_id) axes ON axes.scorecard_id = card.id
                             LEFT JOIN (%(years)s) years ON years.partner_id = card.partner_id
                             LEFT JOIN (SELECT move.commercial_partner_id AS partner_id,
                                               %(date)s::date - MAX(move.invoice_date) AS recency_days,
                                               %(date)s::date - MIN(move.invoice_date) AS tenure_days
                                          FROM account_move move WHERE %(sales)s AND move.move_type <> 'out_refund'
                                         GROUP BY move.commercial_partner_id) seen ON seen.partner_id = card.partner_id
                          ) judged
                    WHERE judged.id = card.id""",
                loyalty=self._axis_sql("in_loyalty"),
                cooperation=self._axis_sql("in_cooperation"),
                years=metric._year_sales(month.company_id, month._stop()),
                date=month.date,
                sales=metric._sales_where(month.company_id, None, month._stop()),
            )
        )

    def _run_policy(self, month):
        """The settings of this run, kept with the month."""
        policy = month.company_id._crm_class_policy()
        policy["roles_used"] = bool(
            self.search_count([("month_id", "=", month.id), ("customer_role", "!=", False)], limit=1)
        )
        month.policy = policy
        month.flush_recordset(["policy"])
        return policy

    def _run_classes(self, month):
        """Rank within the role, cut-off and class; the rule of `tools.classes.judge` for all rows at once."""
        policy = self._run_policy(month)
        self.env.cr.execute(
            SQL(
                """
                WITH rules AS (SELECT key AS role, value AS rule FROM jsonb_each_text(%(rules)s::jsonb)),
                grouped AS (
                    SELECT card.id, card.basis_value, card.facts,
                           CASE WHEN NOT %(roles_used)s THEN 'all'
                                WHEN rules.rule = 'ranked' THEN card.customer_role END AS grp,
                           %(roles_used)s AND COALESCE(rules.rule = 'always', FALSE) AS always
                      FROM crm_scorecard_run card LEFT JOIN rules ON rules.role = card.customer_role),
                -- rank, number in the group, and how many make the top share
                ranked AS (
                    SELECT *, CASE WHEN grp IS NOT NULL THEN
                                  RANK() OVER (PARTITION BY grp ORDER BY basis_value DESC) END AS group_rank,
                           CASE WHEN grp IS NOT NULL THEN COUNT(*) OVER (PARTITION BY grp) END AS group_ranked,
                           CEIL(COUNT(*) OVER (PARTITION BY grp) * %(share)s::numeric / 100) AS top
                      FROM grouped),
                judged AS (
                    SELECT *, MIN(basis_value) FILTER (WHERE group_rank <= top AND basis_value > 0)
                                  OVER (PARTITION BY grp) AS cut_off,
                           (facts #>> '{years,0}')::numeric AS y0, (facts #>> '{years,1}')::numeric AS y1,
                           (facts #>> '{years,2}')::numeric AS y2, (facts ->> 'loyalty')::numeric AS loyalty,
                           (facts ->> 'cooperation')::numeric AS cooperation
                      FROM ranked),
                ruled AS (
                    SELECT *, CASE
                        WHEN always THEN 'always'
                        WHEN group_rank <= top AND basis_value > 0 THEN 'top_share'
                        WHEN y1 > 0 AND y2 > 0 AND y0 * 100 >= y1 * (100 + %(growth)s::numeric)
                             AND y1 * 100 >= y2 * (100 + %(growth)s::numeric)
                             AND loyalty >= %(loyalty)s AND cooperation >= %(cooperation)s THEN 'growth'
                        ELSE 'rest' END AS rule
                      FROM judged)
                UPDATE crm_scorecard_run card
                   SET group_rank = ruled.group_rank, group_ranked = ruled.group_ranked,
                       cut_off = CASE WHEN ruled.grp IS NOT NULL THEN ruled.cut_off END, class_rule = ruled.rule,
                       customer_class = CASE ruled.rule WHEN 'growth' THEN 'b' WHEN 'rest' THEN 'c' ELSE 'a' END
                  FROM ruled WHERE ruled.id = card.id""",
                rules=json.dumps(policy["role_rules"]),
                roles_used=policy["roles_used"],
                share=str(policy["share_pct"]),
                growth=str(policy["growth_pct"]),
                loyalty=policy["loyalty_min"],
                cooperation=policy["cooperation_min"],
            )
        )

    def _run_lifecycle(self, month):
        """The rule of `tools.scores.lifecycle`."""
        self.env.cr.execute(
            SQL(
                """UPDATE crm_scorecard_run card SET lifecycle = CASE
                          WHEN facts ->> 'recency_days' IS NULL THEN 'potential'
                          WHEN (facts ->> 'recency_days')::int > %(lost)s THEN 'lost'
                          WHEN (facts ->> 'recency_days')::int > %(fading)s THEN 'fading'
                          WHEN (facts ->> 'tenure_days')::int <= %(new)s THEN 'new'
                          WHEN customer_class IN ('a', 'b') THEN 'valuable'
                          ELSE 'existing' END""",
                lost=month.company_id.crm_lost_days,
                fading=month.company_id.crm_fading_days,
                new=month.company_id.crm_new_days,
            )
        )
