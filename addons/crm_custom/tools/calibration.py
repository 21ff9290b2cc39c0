"""Does a probability of 70 % come true in 70 % of the deals? Reliability bins and Brier score.

Probabilities and rates in percent (0 to 100), outcomes True (won) or False (lost).
Source: Brier, G. W. (1950), Verification of forecasts expressed in terms of probability.
"""

from typing import NamedTuple

MIN_EACH = 40
"""Won deals, and lost deals, below which nothing is said."""

WIDTH = 10
"""Width of a bin in percent; the last bin includes 100."""


class Bin(NamedTuple):
    low: int
    deals: int
    mean: float
    actual: float


def bin_of(probability):
    """Return the lower bound of the bin, in percent.

    >>> [bin_of(value) for value in (0, 9.99, 10, 99, 100)]
    [0, 0, 10, 90, 90]
    """
    return min(int(probability // WIDTH) * WIDTH, 100 - WIDTH)


def bins(deals):
    """Return the reliability bins of [(probability, won)], lowest first, empty ones left out.

    >>> bins([(10.0, False), (20.0, True), (22.0, False)])
    [Bin(low=10, deals=1, mean=10.0, actual=0.0), Bin(low=20, deals=2, mean=21.0, actual=50.0)]
    """
    found = {}
    for probability, won in deals:
        found.setdefault(bin_of(probability), []).append((probability, won))
    return [
        Bin(
            low,
            len(rows),
            sum(probability for probability, _won in rows) / len(rows),
            100.0 * sum(1 for _probability, won in rows if won) / len(rows),
        )
        for low, rows in sorted(found.items())
    ]


def brier(deals):
    """Return the Brier score: mean squared distance, 0 = always right, 1 = always wrong; None without deals.

    >>> brier([(100.0, True), (50.0, False)])
    0.125
    """
    if not deals:
        return None
    return sum((probability / 100.0 - (1.0 if won else 0.0)) ** 2 for probability, won in deals) / len(deals)


def reference(deals):
    """Return the Brier score of whoever gives every deal the overall win rate: to be beaten.

    >>> reference([(1, True), (1, False)])
    0.25
    """
    if not deals:
        return None
    rate = sum(1 for _probability, won in deals if won) / len(deals)
    return rate * (1 - rate)


def enough(won, lost):
    """Return whether there is enough to judge.

    >>> enough(40, 40), enough(39, 400)
    (True, False)
    """
    return won >= MIN_EACH and lost >= MIN_EACH
