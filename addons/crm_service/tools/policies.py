"""Which service level policy is promised for a ticket: the first of a list of rules that fits it."""

from typing import NamedTuple


class Rule(NamedTuple):
    """When a policy is taken. Empty sets and an empty class mean: any. `reserved`: only by its class's own promise."""

    policy: int
    name: str
    teams: frozenset = frozenset()
    categories: frozenset = frozenset()
    priority_from: str = "0"
    customer_class: str | bool = False
    reserved: bool = False


class Facts(NamedTuple):
    """What the choice looks at. 0 or empty: the ticket has none."""

    team: int = 0
    category: int = 0
    priority: str = "0"
    customer_class: str | bool = False


def fits(rule, facts):
    """Say whether a rule takes such a ticket.

    >>> fits(Rule(1, "Gold", customer_class="a"), Facts(customer_class="b"))
    False
    >>> fits(Rule(1, "Urgent", priority_from="2"), Facts(priority="3"))
    True
    """
    return (
        (not rule.teams or facts.team in rule.teams)
        and (not rule.categories or facts.category in rule.categories)
        and (facts.priority or "0") >= rule.priority_from
        and (not rule.customer_class or rule.customer_class == facts.customer_class)
    )


def choose(rules, facts):
    """Return (the first rule that fits or None, number of rules asked); reserved rules are left out.

    >>> choose([Rule(1, "Gold", reserved=True), Rule(2, "All")], Facts())[0].name
    'All'
    >>> choose([], Facts())
    (None, 0)
    """
    open_rules = [rule for rule in rules if not rule.reserved]
    return next((rule for rule in open_rules if fits(rule, facts)), None), len(open_rules)
