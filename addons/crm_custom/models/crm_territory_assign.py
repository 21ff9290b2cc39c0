"""Assigning customers and leads: one by one from the cached rules, all of them in one statement."""

from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL, ormcache

from ..tools import territory as rules

PLACE_FIELDS = ("country_id", "state_id", "zip", "industry_id", "crm_employees")


class CrmTerritory(models.Model):
    _inherit = "crm.territory"

    @api.model
    @ormcache()
    def _rules(self):
        """All rules in force at some day, as pure rules; cached until a rule or territory changes."""
        records = self.env["crm.territory.rule"].sudo().search([("territory_id.active", "=", True)])
        return tuple(record._as_rule() for record in records)

    @api.model
    @ormcache()
    def _owners(self):
        """{territory: (salesperson, team)}, from the nearest territory above where it has none; cached."""
        territories = self.sudo().with_context(active_test=False).search([], order="depth")
        owners = {}
        for territory in territories:
            above = owners.get(territory.parent_id.id, (False, False))
            user = territory.user_id if territory.user_id.active else territory.user_id.browse()
            owners[territory.id] = (user.id or above[0], territory.team_id.id or above[1])
        return owners

    @api.model
    def _decide(self, vals, day=None):
        """(state, territory id or None, rule ids) for values of a customer or lead."""
        day = day or fields.Date.context_today(self)
        place = rules.Place(
            country=vals.get("country_id") or None,
            state=vals.get("state_id") or None,
            zip=vals.get("zip") or "",
            industry=vals.get("industry_id") or None,
            size=vals.get("crm_employees") or None,
            company=vals.get("company_id") or None,
        )
        return rules.decide(self._rules(), place, day)

    # === ALL AT ONCE === #

    @api.model
    def _best_rules(self, partners, day) -> SQL:
        """(partner, state, territory, rule) of the customers in the query `partners`, as the pure rule decides.

        SQL because 20,000 customers times 100 rules are compared; `decide` is the specification.
        """
        return SQL(
            """
            WITH rule AS MATERIALIZED (%(rules)s),
            place AS MATERIALIZED (
                SELECT p.id, p.country_id, p.state_id, p.industry_id, p.company_id,
                       COALESCE(p.crm_employees, 0) AS crm_employees,
                       REGEXP_REPLACE(UPPER(COALESCE(p.zip, '')), '[^0-9A-Z]', '', 'g') COLLATE "C" AS code
                  FROM res_partner p WHERE p.id IN (%(partners)s)
            ), claim AS (
                SELECT place.id AS partner_id, rule.id AS rule_id, rule.territory_id,
                       RANK() OVER (PARTITION BY place.id ORDER BY rule.specificity DESC, rule.depth DESC) AS place
                  FROM place JOIN rule ON
                       (rule.company_id IS NULL OR place.company_id IS NULL OR rule.company_id = place.company_id)
                   AND (rule.state_id IS NULL OR rule.state_id = place.state_id)
                   AND (rule.country_id IS NULL OR rule.state_id IS NOT NULL OR rule.country_id = place.country_id)
                   AND (rule.industry_id IS NULL OR rule.industry_id = place.industry_id)
                   AND (rule.size_min + rule.size_max = 0
                        OR place.crm_employees >= GREATEST(rule.size_min, 1)
                       AND (rule.size_max = 0 OR place.crm_employees <= rule.size_max))
                   AND (rule.zip_from = '' AND rule.zip_to = ''
                        OR place.code <> '' AND place.code >= rule.zip_from
                       AND (rule.zip_to = '' OR LEFT(place.code, LENGTH(rule.zip_to)) <= rule.zip_to))
            ), best AS (
                SELECT partner_id, COUNT(DISTINCT territory_id) AS territories, MIN(territory_id) AS territory_id,
                       MIN(rule_id) AS rule_id
                  FROM claim WHERE place = 1 GROUP BY partner_id
            )
            SELECT place.id AS partner_id,
                   CASE WHEN best.territories = 1 THEN 'assigned' WHEN best.territories > 1 THEN 'conflict'
                        ELSE 'outside' END AS state,
                   CASE WHEN best.territories = 1 THEN best.territory_id END AS territory_id,
                   CASE WHEN best.territories = 1 THEN best.rule_id END AS rule_id
              FROM place LEFT JOIN best ON best.partner_id = place.id
            """,
            partners=partners,
            rules=self._rules_in_force(day),
        )

    @api.model
    def _rules_in_force(self, day) -> SQL:
        return SQL(
            """
            SELECT rule.id, rule.territory_id, territory.depth, rule.specificity, territory.company_id,
                   rule.country_id, rule.state_id, rule.industry_id,
                   COALESCE(rule.size_min, 0) AS size_min, COALESCE(rule.size_max, 0) AS size_max,
                   REGEXP_REPLACE(UPPER(COALESCE(rule.zip_from, '')), '[^0-9A-Z]', '', 'g') COLLATE "C" AS zip_from,
                   REGEXP_REPLACE(UPPER(COALESCE(rule.zip_to, '')), '[^0-9A-Z]', '', 'g') COLLATE "C" AS zip_to
              FROM crm_territory_rule rule
              JOIN crm_territory territory ON territory.id = rule.territory_id
             WHERE rule.active AND territory.active
               AND COALESCE(rule.date_from, %(day)s) <= %(day)s AND COALESCE(rule.date_to, %(day)s) >= %(day)s
               AND COALESCE(territory.date_from, %(day)s) <= %(day)s
               AND COALESCE(territory.date_to, %(day)s) >= %(day)s
            """,
            day=day,
        )

    @api.model
    def _customers(self, only_new=False) -> SQL:
        """Ids of the commercial entities that can have a territory."""
        return SQL(
            """SELECT p.id FROM res_partner p
                WHERE p.active AND p.commercial_partner_id = p.id
                  AND COALESCE(p.territory_state, '') <> 'manual' %s
                  AND NOT EXISTS (SELECT 1 FROM res_company WHERE partner_id = p.id)
                  AND NOT EXISTS (SELECT 1 FROM res_users u WHERE u.partner_id = p.id AND u.share IS NOT TRUE)""",
            SQL("AND p.territory_id IS NULL") if only_new else SQL(),
        )

    @api.model
    def _assign(self, only_new=True, day=None):
        """Assign all customers, opening their memberships; salespeople are set where a customer has none.

        Returns {"assigned", "conflict", "outside"}: numbers of customers.
        """
        day = day or fields.Date.context_today(self)
        self.env.flush_all()
        cr = self.env.cr
        # A table of its own with statistics: without them the joins below compare every customer with every other.
        cr.execute("DROP TABLE IF EXISTS crm_territory_best")
        best = self._best_rules(self._customers(only_new), day)
        cr.execute(SQL("CREATE TEMPORARY TABLE crm_territory_best ON COMMIT DROP AS %s", best))
        cr.execute("ANALYZE crm_territory_best")
        for statement in (
            """UPDATE crm_territory_member member SET date_to = %(day)s::date - 1
                 FROM crm_territory_best best WHERE member.partner_id = best.partner_id AND member.date_to IS NULL
                  AND best.territory_id IS DISTINCT FROM member.territory_id""",
            """INSERT INTO crm_territory_member (partner_id, territory_id, company_id, rule_id, date_from, origin,
                                                 create_uid, create_date, write_uid, write_date)
               SELECT best.partner_id, best.territory_id, territory.company_id, best.rule_id, %(day)s, 'rule',
                      %(uid)s, NOW() AT TIME ZONE 'UTC', %(uid)s, NOW() AT TIME ZONE 'UTC'
                 FROM crm_territory_best best JOIN crm_territory territory ON territory.id = best.territory_id
                WHERE NOT EXISTS (SELECT 1 FROM crm_territory_member member
                                   WHERE member.partner_id = best.partner_id AND member.date_to IS NULL
                                     AND member.territory_id = best.territory_id)""",
            """UPDATE res_partner partner SET territory_id = best.territory_id, territory_state = best.state
                 FROM crm_territory_best best WHERE partner.id = best.partner_id
                  AND (partner.territory_id IS DISTINCT FROM best.territory_id
                       OR partner.territory_state IS DISTINCT FROM best.state)""",
        ):
            cr.execute(SQL(statement, day=day, uid=self.env.uid))
        cr.execute("SELECT state, COUNT(*) FROM crm_territory_best GROUP BY state")
        counts = {rules.ASSIGNED: 0, rules.CONFLICT: 0, rules.OUTSIDE: 0, **dict(cr.fetchall())}
        self.env.invalidate_all()
        self._give_salespeople()
        return counts

    @api.model
    def _give_salespeople(self):
        """Customers without a salesperson get the one of their territory: one write a salesperson."""
        groups = self.env["res.partner"]._read_group(
            [("territory_id", "!=", False), ("user_id", "=", False), ("territory_state", "=", "assigned")],
            ["territory_id"],
            ["id:recordset"],
        )
        by_user = {}
        for territory, partners in groups:
            user = self._owners().get(territory.id, (False, False))[0]
            if user:
                by_user[user] = by_user.get(user, partners.browse()) | partners
        for user, partners in by_user.items():
            partners.with_context(tracking_disable=True).write({"user_id": user})

    @api.model
    def _day(self, day=None) -> date:
        return fields.Date.to_date(day) or fields.Date.context_today(self)
