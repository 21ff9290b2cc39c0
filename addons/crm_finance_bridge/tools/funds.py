"""Money in and out by period: pure rules. Amounts in one currency, in >= 0, out >= 0."""

import datetime
from collections.abc import Iterable

STEPS = {"month": 1, "quarter": 3, "year": 12}


def period_start(day: datetime.date, step: str) -> datetime.date:
    """First day of the month, quarter or year of `day`."""
    months = STEPS[step]
    return datetime.date(day.year, (day.month - 1) // months * months + 1, 1)


def next_start(start: datetime.date, step: str) -> datetime.date:
    """First day of the period after the one that starts at `start`."""
    month = start.month - 1 + STEPS[step]
    return datetime.date(start.year + month // 12, month % 12 + 1, 1)


def periods(first: datetime.date, last: datetime.date, step: str) -> list[tuple[datetime.date, datetime.date]]:
    """(first day, last day) of every period that meets first..last, cut to it. A reversed span has none."""
    spans: list[tuple[datetime.date, datetime.date]] = []
    if first > last:
        return spans
    start = period_start(first, step)
    while start <= last:
        following = next_start(start, step)
        spans.append((max(start, first), min(following - datetime.timedelta(days=1), last)))
        start = following
    return spans


def by_period(
    rows: Iterable[tuple[datetime.date, float, float]], first: datetime.date, last: datetime.date, step: str
) -> list[dict]:
    """Fold (day, in, out) into every period of the span, also those without money.

    `rows` may hold days outside of the span: they are left out.
    """
    found: dict[datetime.date, list[float]] = {}
    for day, money_in, money_out in rows:
        if first <= day <= last:
            sums = found.setdefault(period_start(day, step), [0.0, 0.0])
            sums[0] += money_in
            sums[1] += money_out
    return [
        {"start": start, "stop": stop, "in": sums[0], "out": sums[1], "net": sums[0] - sums[1]}
        for start, stop in periods(first, last, step)
        for sums in [found.get(period_start(start, step), [0.0, 0.0])]
    ]
