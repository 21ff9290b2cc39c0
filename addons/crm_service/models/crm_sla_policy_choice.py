from odoo import api, models
from odoo.tools import ormcache

from ..tools import policies


class CrmSlaPolicy(models.Model):
    """The choice of a policy, and why. What it reads of the policies is kept between requests: tickets come often."""

    _inherit = "crm.sla.policy"

    @api.model
    def _choose(self, tickets):
        """Return {ticket: (policy, sentence)}; the policy is empty when none fits.

        The agreement with the customer comes first, then the policy of his class, where it fits. Else the order of
        the policies decides; within a company the first that fits team, category, priority and class of the customer
        wins. A policy that belongs to a class is for that class only.
        """
        agreed = tickets._sla_agreements()
        result = {ticket: agreed[ticket] for ticket in tickets if ticket in agreed}
        for company, group in (tickets - tickets.browse([item.id for item in agreed])).grouped("company_id").items():
            rules, promised = self._rules(company.id)
            classes = self._customer_classes(group, rules, promised)
            for ticket in group:
                result[ticket] = self._choose_one(ticket, rules, promised, classes.get(ticket, False))
        return result

    def _choose_one(self, ticket, rules, promised, letter):
        facts = policies.Facts(ticket.team_id.id, ticket.category_id.id, ticket.priority, letter)
        own = next((rule for rule in rules if rule.policy == promised.get(letter)), None)
        if own and policies.fits(own, facts):
            return self.browse(own.policy), self._class_sentence(own, letter)
        rule, count = policies.choose(rules, facts)
        return self.browse(rule and rule.policy), self._sentence(rule, ticket, count, letter)

    @api.model
    @ormcache("company_id", "self.env.lang")
    def _rules(self, company_id):
        """Return (rules of the company in order, {class: policy that its class policy promises})."""
        promising = (
            self.env["crm.customer.class.policy"]
            .sudo()
            .search([("company_id", "=", company_id), ("sla_policy_id.active", "=", True)])
        )
        promised = {item.customer_class: item.sla_policy_id.id for item in promising}
        return [
            policies.Rule(
                policy=policy.id,
                name=policy.name,
                teams=frozenset(policy.team_ids.ids),
                categories=frozenset(policy.category_ids.ids),
                priority_from=policy.priority_from,
                customer_class=policy.customer_class,
                reserved=policy.id in promised.values(),
            )
            for policy in self.sudo().search([("company_id", "=", company_id)])
        ], promised

    @api.model
    @ormcache("policy_id")
    def _terms_of(self, policy_id):
        """Return the `_terms` of a policy, kept between requests; not to be changed."""
        return self.sudo().browse(policy_id)._terms()

    @api.model
    @ormcache("policy_id")
    def _pauses_of(self, policy_id):
        return self.sudo().browse(policy_id).pauses

    @api.model
    def _customer_classes(self, tickets, rules, promised):
        """{ticket: class of its customer}; empty, and without a query, where no policy asks for the class."""
        if not promised and not any(rule.customer_class for rule in rules):
            return {}
        cards = (
            self.env["crm.scorecard"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "=", tickets.company_id.id),
                    ("is_latest", "=", True),
                    ("partner_id", "in", tickets.sudo().commercial_partner_id.ids),
                ],
                ["partner_id", "customer_class"],
            )
        )
        classes = {card.partner_id.id: card.customer_class for card in cards}
        return {ticket: classes.get(ticket.sudo().commercial_partner_id.id, False) for ticket in tickets}

    def _class_name(self, letter):
        classes = dict(self._fields["customer_class"]._description_selection(self.env))
        return self.env._("Class %(name)s", name=classes.get(letter, ""))

    def _class_sentence(self, rule, letter):
        return self.env._(
            "'%(policy)s' is promised to customers of %(class_name)s.",
            policy=rule.name,
            class_name=self._class_name(letter),
        )

    def _sentence(self, rule, ticket, count, letter):
        facts = {
            "team": ticket.team_id.name or self.env._("no team"),
            "category": ticket.category_id.name or self.env._("no category"),
            "priority": dict(ticket._fields["priority"]._description_selection(self.env)).get(ticket.priority, ""),
            "count": count,
        }
        if not rule:
            return self.env._(
                "None of %(count)s policies fits team %(team)s, category %(category)s, priority %(priority)s.", **facts
            )
        if rule.customer_class:
            return self.env._(
                "'%(policy)s' is the first of %(count)s policies that fits team %(team)s, category %(category)s, "
                "priority %(priority)s, customers of %(class_name)s.",
                policy=rule.name,
                class_name=self._class_name(letter),
                **facts,
            )
        return self.env._(
            "'%(policy)s' is the first of %(count)s policies that fits team %(team)s, category %(category)s, "
            "priority %(priority)s.",
            policy=rule.name,
            **facts,
        )
