"""Targets: periods, the split over them, attainment and the sentence about it, without a database.

Units: money in company currency with two (or the currency's) digits, counts in whole units, quantities in two
digits; attainment in percent. Dates are inclusive. `None` = no target set, never 0 %.
"""

from calendar import monthrange
from datetime import date, timedelta

from .split import largest_remainder

PROFILES = ("even", "days", "season", "own")


def months(start, stop):
    """(first, last) of each month or part of a month from start to stop.

    >>> [(str(a), str(b)) for a, b in months(date(2026, 1, 15), date(2026, 2, 28))]
    [('2026-01-15', '2026-01-31'), ('2026-02-01', '2026-02-28')]
    """
    periods, first = [], start
    while first <= stop:
        last = min(date(first.year, first.month, monthrange(first.year, first.month)[1]), stop)
        periods.append((first, last))
        first = last + timedelta(1)
    return periods


def weeks(start, stop):
    """(Monday, Sunday) of each week or part of a week from start to stop.

    >>> [(str(a), str(b)) for a, b in weeks(date(2026, 1, 1), date(2026, 1, 11))]
    [('2026-01-01', '2026-01-04'), ('2026-01-05', '2026-01-11')]
    """
    periods, first = [], start
    while first <= stop:
        last = min(first + timedelta(6 - first.weekday()), stop)
        periods.append((first, last))
        first = last + timedelta(1)
    return periods


def periods(start, stop, unit):
    return {"month": months, "week": weeks}[unit](start, stop)


def day_weights(spans):
    """Days of each period: a part of a week or month gets its part.

    >>> day_weights([(date(2026, 1, 1), date(2026, 1, 4))])
    [4]
    """
    return [(last - first).days + 1 for first, last in spans]


def season_weights(spans, monthly):
    """Weights by the sales of each calendar month: {1..12: value}; a period takes its days' share of its months.

    Without any sales the days decide; a month without sales weighs nothing.

    >>> season_weights([(date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 2, 1), date(2026, 2, 28))], {1: 3, 2: 1})
    [3.0, 1.0]
    """
    known = {month: max(value, 0) for month, value in monthly.items()}
    if not any(known.values()):
        return day_weights(spans)
    weights = []
    for first, last in spans:
        weight, day = 0.0, first
        for part_first, part_last in months(day, last):
            share = ((part_last - part_first).days + 1) / monthrange(part_first.year, part_first.month)[1]
            weight += known.get(part_first.month, 0) * share
        weights.append(round(weight, 9))
    return weights if any(weights) else day_weights(spans)


def split(amount, weights, digits=2):
    """The target of each period, exact to the last digit: the parts sum to the whole.

    >>> [str(part) for part in split("100.00", [31, 28, 31])]
    ['34.45', '31.11', '34.44']
    """
    return largest_remainder(str(amount), [str(weight) for weight in weights], digits)


def attainment(actual, target):
    """Percent of the target reached; None without a target.

    >>> attainment(83.0, 100.0), attainment(5.0, 0), attainment(None, 10)
    (83.0, None, 0.0)
    """
    return 100.0 * (actual or 0.0) / target if target else None


def gap(parent, children, digits=2):
    """Parent less the sum of its children, rounded; 0 = they agree.

    >>> gap(100.0, [33.33, 33.33, 33.34]), gap(100.0, [50.0])
    (0.0, 50.0)
    """
    return round(parent - sum(children), digits) + 0.0
