"""Price rewards for volume or long co-operation: which rule a customer meets and what it costs. No Odoo.

Units: discounts in percent, money in one currency, tenure in full years.
"""

from typing import NamedTuple

VOLUME = "volume"
TENURE = "tenure"


class Rule(NamedTuple):
    key: int
    basis: str
    threshold: float
    discount: float


def full_years(first, today):
    """Full years from the first invoice to today; 0 without an invoice or for one in the future.

    >>> from datetime import date
    >>> full_years(date(2020, 3, 2), date(2026, 3, 1)), full_years(date(2020, 3, 1), date(2026, 3, 1))
    (5, 6)
    >>> full_years(None, date(2026, 3, 1))
    0
    """
    if not first or first > today:
        return 0
    return today.year - first.year - ((today.month, today.day) < (first.month, first.day))


def best(rules, volume, years):
    """The rule met with the largest discount, of equal ones the first; None where none is met. Rewards do not add up.

    >>> rules = [Rule(1, VOLUME, 1000, 2), Rule(2, VOLUME, 5000, 4), Rule(3, TENURE, 3, 3)]
    >>> [getattr(best(rules, *facts), "key", None) for facts in ((999, 2), (1000, 2), (1000, 3), (5000, 9))]
    [None, 1, 3, 2]
    """
    met = [rule for rule in rules if (volume if rule.basis == VOLUME else years) >= rule.threshold]
    return max(met, key=lambda rule: rule.discount, default=None)


def combined(discount, reward):
    """One discount for two that apply after each other.

    >>> combined(10, 5), combined(0, 5), combined(10, 0)
    (14.5, 5.0, 10.0)
    """
    return round(100 * (1 - (1 - discount / 100) * (1 - reward / 100)), 6)


def cost(net, reward):
    """What a reward of so many percent costs on a net amount from which it has been taken already.

    >>> cost(95, 5), cost(95, 0), cost(0, 100)
    (5.0, 0.0, 0.0)
    """
    if not 0 < reward < 100:
        return 0.0
    return round(net * reward / (100 - reward), 6)
