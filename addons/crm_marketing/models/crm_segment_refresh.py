from odoo import api, fields, models
from odoo.tools import SQL


class CrmSegment(models.Model):
    """Members brought up to date in one SQL statement, with a log of who entered or left and why."""

    _inherit = "crm.segment"

    def _refresh(self, now=None):
        """Compare the rule with the members; returns {segment id: (entered, left)}.

        One statement a segment, whatever its size; a second run changes nothing. Reasons are written in the
        language of the segment's owner.
        """
        now = fields.Datetime.to_datetime(now) or fields.Datetime.now()
        result = {}
        self.env.flush_all()
        for segment in self._in_order():
            segment = segment.with_context(lang=segment.user_id.lang or self.env.lang)
            result[segment.id] = segment._refresh_one(now)
        self.env["crm.segment.member"].invalidate_model()
        self.env["crm.segment.log"].invalidate_model()
        return result

    def _in_order(self):
        """Segments that others ask for come before those."""
        ordered, todo = self.browse(), self.sudo()
        while todo:
            ready = todo.filtered(lambda segment, todo=todo: not segment.condition_ids.other_segment_id & todo) or todo
            ordered |= ready
            todo -= ready
        return ordered.with_env(self.env)

    def _refresh_one(self, now):
        self.ensure_one()
        self.env.cr.execute(SQL("SELECT id FROM crm_segment WHERE id = %s FOR UPDATE", self.id))
        today = fields.Date.context_today(self, timestamp=now)
        joins, entered, left = self._reasons(today)
        statement = SQL(
            """
            WITH target AS MATERIALIZED (%(target)s),
            delta AS MATERIALIZED (
                SELECT target.id AS partner_id, TRUE AS entered FROM target
                 WHERE NOT EXISTS (SELECT 1 FROM crm_segment_member member
                                    WHERE member.segment_id = %(segment)s AND member.partner_id = target.id)
                UNION ALL
                SELECT member.partner_id, FALSE FROM crm_segment_member member
                 WHERE member.segment_id = %(segment)s
                   AND NOT EXISTS (SELECT 1 FROM target WHERE target.id = member.partner_id)
            ),
            reasoned AS MATERIALIZED (
                SELECT delta.partner_id, delta.entered,
                       CASE WHEN delta.entered THEN COALESCE(NULLIF(%(entered)s, ''), %(in)s)
                            ELSE COALESCE(NULLIF(%(left)s, ''), %(out)s) END AS reason
                  FROM delta JOIN res_partner partner ON partner.id = delta.partner_id %(joins)s
            ),
            gone AS (
                DELETE FROM crm_segment_member member USING reasoned
                 WHERE member.segment_id = %(segment)s AND member.partner_id = reasoned.partner_id
                   AND NOT reasoned.entered
            ),
            came AS (
                INSERT INTO crm_segment_member (segment_id, company_id, partner_id, since, reason, is_manual)
                SELECT %(segment)s, %(company)s, partner_id, %(now)s, reason, FALSE
                  FROM reasoned WHERE entered
            ),
            noted AS (
                INSERT INTO crm_segment_log (segment_id, company_id, partner_id, date, kind, reason)
                SELECT %(segment)s, %(company)s, partner_id, %(now)s,
                       CASE WHEN entered THEN 'entered' ELSE 'left' END, reason
                  FROM reasoned
            )
            SELECT COUNT(*) FILTER (WHERE entered), COUNT(*) FILTER (WHERE NOT entered),
                   (SELECT COUNT(*) FROM target)
              FROM reasoned
            """,
            target=self._partner_query(today).select(),
            segment=self.id,
            company=self.company_id.id,
            now=now,
            joins=joins,
            entered=entered,
            left=left,
            **{"in": self.env._("Belongs by the rule"), "out": self.env._("Archived, or out of the rule")},
        )
        with self._set_based():
            self.env.cr.execute(statement)
            came, gone, total = self.env.cr.fetchone()
        self.env.cr.execute(
            SQL("UPDATE crm_segment SET member_count = %s, refreshed_on = %s WHERE id = %s", total, now, self.id)
        )
        self.invalidate_recordset(["member_count", "refreshed_on"])
        return came, gone

    # === REASONS === #

    def _reasons(self, today):
        """(joins, reason to enter, reason to leave) as SQL on `delta` and `partner`."""
        self.ensure_one()
        joins, entered, left = [], [], []
        filters = self._rule_query(self.domain, "all", self.condition_ids.browse(), today)
        joins.append(SQL("LEFT JOIN (%s) passed ON passed.id = partner.id", filters.select()))
        left.append(SQL("CASE WHEN passed.id IS NULL THEN %s END", self.env._("Archived, or does not pass the filter")))
        for condition in self.condition_ids:
            join, holds, text = self._condition_parts(condition, today)
            joins.append(join)
            entered.append(SQL("CASE WHEN %s THEN %s END", holds, text))
            left.append(SQL("CASE WHEN NOT %s THEN %s || %s END", holds, self.env._("no longer: "), text))
        for policy in self.sudo().policy_ids.filtered("active")._in_force():
            self._policy_reasons(policy, today, joins, entered, left)
        return (
            SQL(" ").join(joins),
            SQL("CONCAT_WS('; ', NULL, %s)", SQL(", ").join(entered or [SQL("NULL::text")])),
            SQL("CONCAT_WS('; ', NULL, %s)", SQL(", ").join(left)),
        )

    def _policy_reasons(self, policy, today, joins, entered, left):
        name = self.env._("Policy %(policy)s: ", policy=policy.name)
        for condition in policy.entry_condition_ids:
            join, holds, text = self._condition_parts(condition, today)
            joins.append(join)
            entered.append(SQL("CASE WHEN %s THEN %s || %s END", holds, name, text))
            if not policy._has_exit():
                left.append(SQL("CASE WHEN NOT %s THEN %s || %s END", holds, name + self.env._("no longer: "), text))
        for condition in policy.exit_condition_ids:
            join, holds, text = self._condition_parts(condition, today)
            joins.append(join)
            left.append(SQL("CASE WHEN %s THEN %s || %s END", holds, name, text))
        phase = "exit" if policy._has_exit() else "entry"
        if policy._has_filter(phase):
            alias = SQL.identifier(f"policy_{policy.id}")
            query = self._rule_query(policy[f"{phase}_domain"], "all", self.condition_ids.browse(), today)
            joins.append(SQL("LEFT JOIN (%s) %s ON %s.id = partner.id", query.select(), alias, alias))
            failed = SQL("%s.id IS NOT NULL", alias) if phase == "exit" else SQL("%s.id IS NULL", alias)
            text = self.env._("exit filter") if phase == "exit" else self.env._("no longer: entry filter")
            left.append(SQL("CASE WHEN %s THEN %s END", failed, name + text))

    @api.model
    def _condition_parts(self, condition, today):
        """(join of the source, condition that it holds, its text with the value of now)."""
        alias = f"source_{condition.id}"
        company = self.company_id
        condition = condition.with_context(lang=self.env.lang)
        join = SQL(
            "LEFT JOIN (%s) %s ON %s = partner.commercial_partner_id",
            condition._source(company, today),
            SQL.identifier(alias),
            SQL.identifier(alias, "partner_id"),
        )
        holds = SQL(
            "COALESCE(%s IS NOT NULL AND %s, FALSE)", SQL.identifier(alias, "partner_id"), condition._match(alias)
        )
        if condition.negate:
            holds = SQL("(NOT %s)", holds)
        value = condition._value_text(alias)
        if value is None:
            return join, holds, SQL("%s::text", condition.text)
        text = SQL("%s::text || COALESCE(%s || %s || ')', '')", condition.text, self.env._(" (now "), value)
        return join, holds, text

    # === BY HAND === #

    def _pick(self, partners, reason=None):
        """Add partners by hand: they stay whatever the conditions say."""
        self.ensure_one()
        self.check_access("write")
        reason = reason or self.env._("Picked by %(user)s", user=self.env.user.name)
        members = self.env["crm.segment.member"].sudo()
        known = members.search([("segment_id", "=", self.id), ("partner_id", "in", partners.ids)])
        known.is_manual = True
        new = partners - known.partner_id
        vals = {"segment_id": self.id, "company_id": self.company_id.id, "reason": reason}
        members.create([{**vals, "partner_id": partner.id, "is_manual": True} for partner in new])
        self.env["crm.segment.log"].sudo().create(
            [{**vals, "partner_id": partner.id, "kind": "entered", "user_id": self.env.uid} for partner in new]
        )
        self.sudo().member_count = members.search_count([("segment_id", "=", self.id)])
        return new

    # === CRON === #

    @api.model
    def _cron_refresh(self):
        """Every night: all segments of all companies."""
        self._process_refresh(fields.Datetime.now(), commit=True)

    @api.model
    def _process_refresh(self, now, commit=False):
        """Refresh the segments not yet refreshed since `now`'s day began; safe to stop and to run again."""
        segments = (
            self.sudo()
            .search([])
            .filtered(
                lambda segment: (
                    not segment.refreshed_on or segment.refreshed_on < now.replace(hour=0, minute=0, second=0)
                )
            )
        )
        if commit:
            self.env["ir.cron"]._commit_progress(remaining=len(segments))
        for segment in segments._in_order():
            segment[0]._refresh(now)
            if commit and not self.env["ir.cron"]._commit_progress(processed=1):
                break
        return segments
