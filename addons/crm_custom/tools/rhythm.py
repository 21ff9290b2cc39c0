"""A customer's own order rhythm: the usual gap between orders, and when the next one is due.

Units: days between calendar dates (no clock). `days` of orders: the distinct days on which the customer ordered.
"""

from datetime import timedelta
from statistics import median

MIN_ORDERS = 3
"""Days with an order below which there is no rhythm: one gap is not a habit."""


def interval(days, method="mean", minimum=MIN_ORDERS):
    """Return the usual gap between orders in days; None = not enough data.

    mean: from the first to the last order over the number of gaps; median: the middle gap, which one long pause
    does not move.

    >>> from datetime import date
    >>> days = [date(2026, 1, 1), date(2026, 1, 11), date(2026, 1, 21), date(2026, 3, 2)]
    >>> interval(days), interval(days, "median")
    (20.0, 10.0)
    >>> interval(days[:2]) is None
    True
    """
    days = sorted(set(days))
    if len(days) < max(minimum, 2):
        return None
    gaps = [(after - before).days for before, after in zip(days, days[1:], strict=False)]
    return float(median(gaps)) if method == "median" else sum(gaps) / len(gaps)


def next_order(days, cycle=0, method="mean", minimum=MIN_ORDERS):
    """Return the day on which the next order is due; None = no order yet, or no rhythm.

    `cycle`: a gap in days that somebody has set for the customer; it stands above the measured one (0 = not set).

    >>> from datetime import date
    >>> next_order([date(2026, 1, 1), date(2026, 1, 31), date(2026, 3, 2)])
    datetime.date(2026, 4, 1)
    >>> next_order([date(2026, 1, 1)], cycle=14)
    datetime.date(2026, 1, 15)
    >>> next_order([date(2026, 1, 1)]) is None
    True
    """
    if not days:
        return None
    gap = cycle or interval(days, method, minimum)
    return max(days) + timedelta(days=round_gap(gap)) if gap else None


def round_gap(gap):
    """Whole days of a gap: the part of a day is dropped, so that a customer is overdue as soon as the gap is exceeded.

    >>> [round_gap(gap) for gap in (10.0, 10.4, 10.9)]
    [10, 10, 10]
    """
    return max(1, int(gap))


def days_past(days, today, cycle=0, method="mean", minimum=MIN_ORDERS):
    """Return the days since the next order was due: positive = overdue, 0 = due today; None = no rhythm.

    >>> from datetime import date
    >>> days_past([date(2026, 1, 1), date(2026, 1, 11), date(2026, 1, 21)], date(2026, 2, 3))
    3
    """
    due = next_order(days, cycle, method, minimum)
    return (today - due).days if due else None


def expected(last, gap, start, stop):
    """Return the days from `start` to `stop` (both included) on which orders are expected after the order of `last`.

    >>> from datetime import date
    >>> [day.day for day in expected(date(2025, 12, 20), 10, date(2026, 1, 1), date(2026, 1, 31))]
    [9, 19, 29]
    """
    step = timedelta(days=round_gap(gap))
    missed = max(0, -((last - start).days // step.days))
    day = last + step * max(1, missed)
    found = []
    while day <= stop:
        if day >= start:
            found.append(day)
        day += step
    return found
