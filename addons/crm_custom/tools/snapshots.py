"""Which day a snapshot of the pipeline stands for, and which days are still to be taken. Dates of one time zone."""

import datetime

CLOSING_HOURS = 6
"""A run up to six hours after midnight still counts for the day that has just ended: crons run at night."""

MONTHS_BACK = 12
"""Month ends that the first run rebuilds from the history."""


def day_of(local_time):
    """Return the day whose end a snapshot taken at the local time shows.

    >>> day_of(datetime.datetime(2026, 6, 2, 1, 30))
    datetime.date(2026, 6, 1)
    >>> day_of(datetime.datetime(2026, 6, 2, 23, 30))
    datetime.date(2026, 6, 2)
    """
    return (local_time - datetime.timedelta(hours=CLOSING_HOURS)).date()


def missed_days(last, today):
    """Return the days before today that must be rebuilt: those after the last one, or the past month ends.

    >>> [str(day) for day in missed_days(datetime.date(2026, 5, 30), datetime.date(2026, 6, 2))]
    ['2026-05-31', '2026-06-01']
    >>> found = missed_days(None, datetime.date(2026, 6, 2))
    >>> len(found), str(found[0]), str(found[-1])
    (12, '2025-06-30', '2026-05-31')
    """
    if last is not None:
        return [last + datetime.timedelta(days=number) for number in range(1, (today - last).days)]
    ends, day = [], today
    for _number in range(MONTHS_BACK):
        day = day.replace(day=1) - datetime.timedelta(days=1)
        ends.append(day)
    return ends[::-1]
