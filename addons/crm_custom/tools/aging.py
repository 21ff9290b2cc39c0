"""Aging of receivables: days overdue and buckets.

Units: days, counted between dates (no clock, no time zone). Sign: positive = overdue,
zero = due today, negative = not yet due.
"""

BUCKETS = ("not_due", "1_30", "31_60", "61_90", "91_180", "over_180")
"""Keys of the buckets, oldest last. The numbers in the keys are those of the default limits; a company
that sets other limits keeps the keys (first, second ... bucket) and sees its own limits in the labels."""

DEFAULT_LIMITS = (30, 60, 90, 180)
"""Days overdue: last day of the first four overdue buckets."""


def days_overdue(due_date, as_of):
    """Return the days between the due date and the day of judgement.

    >>> from datetime import date
    >>> days_overdue(date(2026, 1, 31), date(2026, 2, 1))
    1
    >>> days_overdue(date(2026, 1, 31), date(2026, 1, 31))
    0
    """
    return (as_of - due_date).days


def bucket(days, limits=DEFAULT_LIMITS):
    """Return the bucket of an item that is `days` overdue.

    >>> [bucket(days) for days in (-5, 0, 1, 30, 31, 90, 91, 180, 181)]
    ['not_due', 'not_due', '1_30', '1_30', '31_60', '61_90', '91_180', '91_180', 'over_180']
    """
    if days <= 0:
        return BUCKETS[0]
    for key, limit in zip(BUCKETS[1:], limits, strict=False):
        if days <= limit:
            return key
    return BUCKETS[-1]


def bucket_spans(limits=DEFAULT_LIMITS):
    """Return (first day, last day) of the overdue buckets; the last one is open (None).

    >>> bucket_spans()
    [(1, 30), (31, 60), (61, 90), (91, 180), (181, None)]
    """
    firsts = [1, *(limit + 1 for limit in limits)]
    return list(zip(firsts, [*limits, None], strict=True))
