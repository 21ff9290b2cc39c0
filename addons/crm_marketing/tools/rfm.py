"""RFM: recency, frequency and monetary value in fifths, ties never split; pure Python, no database.

A score is 1 (worst) to 5 (best): 1 + the whole fifths of the customers that are strictly worse. Equal values have
equally many customers below them, so they always share a score, whatever their order (`rank`, not row number).
Source: METHODS section 1; Chen, Sain, Guo 2012 (doi 10.1057/dbm.2012.17).
"""

from bisect import bisect_left

# Fewer customers have no fifths: 'not enough data'.
MIN_CUSTOMERS = 5
SCORES = range(1, 6)
GROUPS = ("champion", "loyal", "promising", "attention", "risk", "sleeping", "lost")


def quintile(worse, count):
    """Score of who does better than `worse` of `count` customers.

    >>> [quintile(worse, 5) for worse in range(5)], quintile(0, 1), quintile(59, 100), quintile(60, 100)
    ([1, 2, 3, 4, 5], 1, 3, 4)
    """
    return 1 + 5 * worse // count


def quintiles(values):
    """Scores of a list in which more is better; [] where there are too few values.

    >>> quintiles([1, 1, 1, 2, 9]), quintiles([7, 7, 7, 7, 7]), quintiles([1, 2])
    ([1, 1, 1, 4, 5], [1, 1, 1, 1, 1], [])
    """
    if len(values) < MIN_CUSTOMERS:
        return []
    ordered = sorted(values)
    return [quintile(bisect_left(ordered, value), len(values)) for value in values]


def group(recency, frequency, monetary):
    """Name of a cell: how lately they bought against how often and how much.

    >>> group(5, 5, 5), group(5, 1, 1), group(1, 5, 5), group(1, 1, 1), group(3, 3, 3)
    ('champion', 'promising', 'risk', 'lost', 'loyal')
    """
    worth = frequency + monetary
    if recency >= 4:
        return "champion" if worth >= 8 else "loyal" if worth >= 5 else "promising"
    if recency == 3:
        return "loyal" if worth >= 6 else "attention"
    if worth >= 7:
        return "risk"
    return "sleeping" if recency == 2 else "lost"


def cells():
    """All 125 cells: [(recency, frequency, monetary, group)]; what SQL joins, so that there is one rule."""
    return [(r, f, m, group(r, f, m)) for r in SCORES for f in SCORES for m in SCORES]
