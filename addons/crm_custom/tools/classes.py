"""The rule of the customer classes A, B and C, without a database.

Class A: the customer's role is always A (agent), or the customer is in the top
share of its role by annual sales. Class B: sales grew by at least `growth_pct`
in each of the last two full years, and the loyalty and co-operation scores reach
their thresholds. Class C: everybody else. Priority A, B, C.

`crm.scorecard._run` applies the same rule to all customers in one SQL statement;
`judge` is its specification (a test compares the two on every row) and explains
one stored result. Units: amounts in company currency or units of the basis,
shares and growth in percent (0-100), scores 0-100.
"""

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal

ALWAYS, RANKED, NEVER = "always", "ranked", "none"


def exact(number):
    """A float as the decimal number that it prints, None stays None.

    >>> exact(0.1) + exact(0.2)
    Decimal('0.3')
    """
    return None if number is None else Decimal(str(number))


@dataclass(frozen=True)
class Policy:
    """Settings of one company at the time of a run."""

    share_pct: float = 20.0
    growth_pct: float = 10.0
    loyalty_min: float = 50.0
    cooperation_min: float = 50.0
    # role -> ALWAYS, RANKED or NEVER
    role_rules: dict = field(default_factory=lambda: {"agent": ALWAYS, "franchisee": RANKED})
    # False: nobody has a role in this company, so all customers are ranked together.
    roles_used: bool = True


@dataclass(frozen=True)
class Facts:
    """What is known of one customer; None = not enough data."""

    role: str = None
    basis_value: float = 0.0
    # place among the customers of the same role, 1 = largest; None when not ranked
    rank: int = None
    ranked: int = 0
    cut_off: float = None
    # sales of the last three full years, newest first
    years: tuple = (None, None, None)
    loyalty: float = None
    cooperation: float = None


@dataclass(frozen=True)
class Verdict:
    customer_class: str
    # always, top_share, growth, rest
    rule: str
    # criteria of B that fail, in order: history, growth, loyalty, cooperation
    failing: tuple = ()


def top_count(ranked, share_pct):
    """How many of `ranked` customers make the top share; a fraction counts as one more.

    >>> top_count(40, 20), top_count(41, 20), top_count(3, 20), top_count(0, 20), top_count(10, 0)
    (8, 9, 1, 0, 0)
    """
    return int((exact(share_pct) * ranked / 100).to_integral_value(rounding=ROUND_CEILING))


def growth_pct(new, old):
    """Growth in percent; None when there is no positive base to compare with.

    >>> growth_pct(110.0, 100.0), growth_pct(5, 0), growth_pct(5, None)
    (Decimal('10.0'), None, None)
    """
    new, old = exact(new), exact(old)
    if new is None or old is None or old <= 0:
        return None
    return (new - old) / old * 100


def growths(years):
    """Growth of the last year and of the year before, newest first."""
    return growth_pct(years[0], years[1]), growth_pct(years[1], years[2])


def _grew(new, old, pct):
    """Compared by multiplication: no rounding decides."""
    new, old = exact(new), exact(old)
    return new * 100 >= old * (100 + exact(pct))


def failing_criteria(facts, policy):
    """The criteria of class B that the customer fails, in the order in which they are told."""
    failing = []
    if None in growths(facts.years):
        failing.append("history")
    elif not (
        _grew(facts.years[0], facts.years[1], policy.growth_pct)
        and _grew(facts.years[1], facts.years[2], policy.growth_pct)
    ):
        failing.append("growth")
    if facts.loyalty is None or facts.loyalty < policy.loyalty_min:
        failing.append("loyalty")
    if facts.cooperation is None or facts.cooperation < policy.cooperation_min:
        failing.append("cooperation")
    return tuple(failing)


def judge(facts, policy):
    """The class of a customer and the rule that gave it.

    >>> judge(Facts(role="agent"), Policy()).customer_class
    'a'
    >>> judge(Facts(role="franchisee", basis_value=9.0, rank=8, ranked=40), Policy())
    Verdict(customer_class='a', rule='top_share', failing=())
    >>> judge(Facts(role="direct", years=(121, 110, 100), loyalty=50, cooperation=50), Policy())
    Verdict(customer_class='b', rule='growth', failing=())
    >>> judge(Facts(role="direct", years=(121, 110, None), loyalty=10, cooperation=50), Policy())
    Verdict(customer_class='c', rule='rest', failing=('history', 'loyalty'))
    """
    if policy.roles_used and policy.role_rules.get(facts.role) == ALWAYS:
        return Verdict("a", "always")
    if facts.rank and facts.basis_value > 0 and facts.rank <= top_count(facts.ranked, policy.share_pct):
        return Verdict("a", "top_share")
    failing = failing_criteria(facts, policy)
    if not failing:
        return Verdict("b", "growth")
    return Verdict("c", "rest", failing)
