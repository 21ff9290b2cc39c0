from ast import literal_eval
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmSegment(models.Model):
    """Who belongs to a segment, as one query on res_partner."""

    _inherit = "crm.segment"

    def _partner_query(self, today=None):
        """Query of the partners that belong now: filter, conditions, approved policies and the hand-picked.

        Of the segment's company, judged with all rights (its author's rights are checked when the filter is
        saved). Take `.subselect()` in SQL, or give the query to a domain. Members as last refreshed are in
        crm.segment.member.
        """
        self.ensure_one()
        today = fields.Date.to_date(today) or fields.Date.context_today(self)
        conditions = self.condition_ids
        query = self._rule_query(self.domain, self.match, conditions, today)
        if not self._origin:
            return query
        policies = self.sudo().policy_ids.filtered("active")
        if policies and not policies._in_force():
            return self._partners()._search(Domain.FALSE)
        for policy in policies._in_force():
            query.add_where(policy._allows(self._origin, today))
        picked = (
            self.env["crm.segment.member"]
            .sudo()
            ._search([("segment_id", "=", self._origin.id), ("is_manual", "=", True), ("partner_id.active", "=", True)])
        )
        return (
            self._partners()._search(Domain("id", "in", query) | Domain("id", "in", picked.subselect("partner_id")))
            if self._has_picked()
            else query
        )

    def _has_picked(self):
        return bool(
            self.env["crm.segment.member"]
            .sudo()
            .search_count([("segment_id", "=", self._origin.id), ("is_manual", "=", True)], limit=1)
        )

    def _partners(self):
        """res.partner with all rights, in the segment's company and with nothing of the user's own in it."""
        company = self.company_id or self.env.company
        return (
            self.env["res.partner"]
            .sudo()
            .with_context(allowed_company_ids=company.ids, active_test=True)
            .with_company(company)
        )

    def _base_domain(self):
        """Customers that any segment of this company can have: no colleagues, not the companies themselves."""
        company = self.company_id or self.env.company
        domain = (
            Domain("company_id", "in", [False, company.id])
            & Domain("partner_share", "=", True)
            & Domain("id", "not in", self.env["res.company"].sudo().search([]).partner_id.ids)
        )
        if self.level == "person":
            return domain & Domain("is_company", "=", False) & Domain("type", "in", ["contact", False])
        return domain & Domain.custom(to_sql=self._commercial_only)

    @api.model
    def _commercial_only(self, _model, alias, _query):
        return SQL("%s = %s", SQL.identifier(alias, "id"), SQL.identifier(alias, "commercial_partner_id"))

    def _rule_query(self, text, match, conditions, today):
        """Query of the partners of this company who pass a filter and conditions on behaviour."""
        partners = self._partners()
        try:
            domain = Domain(literal_eval((text or "").strip() or "[]"))
            query = partners._search(self._base_domain() & domain)
        except (ValueError, SyntaxError, TypeError, KeyError):
            # Half-typed on a form; a saved filter has been checked.
            return partners._search(Domain.FALSE)
        customer = SQL.identifier("res_partner", "commercial_partner_id")
        company = self.company_id or self.env.company
        sets = [(condition._matched(company, today), condition.negate) for condition in conditions]
        if match == "any" and sets:
            query.add_where(
                SQL("%s IN (%s)", customer, SQL(" UNION ALL ").join(self._positive(*item) for item in sets))
            )
            return query
        for matched, negate in sets:
            if negate:
                query.add_where(
                    SQL("NOT EXISTS (SELECT 1 FROM (%s) matched WHERE matched.partner_id = %s)", matched, customer)
                )
            else:
                query.add_where(SQL("%s IN (%s)", customer, matched))
        return query

    @api.model
    def _positive(self, matched, negate):
        """Query of partner_id, the answer turned round where the condition says so."""
        if not negate:
            return matched
        return SQL(
            """SELECT id AS partner_id FROM res_partner turned WHERE turned.id = turned.commercial_partner_id
                  AND NOT EXISTS (SELECT 1 FROM (%s) matched WHERE matched.partner_id = turned.id)""",
            matched,
        )

    @contextmanager
    def _set_based(self):
        """Judge all customers together. PostgreSQL cannot know how many pass conditions joined freely, reckons with a
        few and would then look each customer up in each source. An error undoes the setting with the transaction.
        """
        self.env.cr.execute("SET LOCAL enable_nestloop TO off")
        yield
        self.env.cr.execute("SET LOCAL enable_nestloop TO DEFAULT")

    def _count_now(self):
        """How many partners belong as the rule stands, saved or not."""
        self.ensure_one()
        self.env.flush_all()
        query = self._partner_query()
        with self._set_based():
            return self.env.execute_query(SQL("SELECT COUNT(*) FROM (%s) found", query.select()))[0][0]
