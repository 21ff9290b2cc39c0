"""Free time of technicians and what they can do. Times are naive UTC datetimes, lengths timedeltas."""

from datetime import datetime, timedelta

from .intervals import normalize, subtract

STEP = timedelta(minutes=15)  # visits begin on a quarter of an hour
START = datetime(2000, 1, 1)


def round_up(moment, step=STEP):
    """The first full step at or after `moment`."""
    rest = (moment - START) % step
    return moment + (step - rest) if rest else moment


def free_slots(work, busy, length, travel=timedelta(0), limit=3):
    """Return up to `limit` starts of visits that fit, the earliest first; they do not overlap each other.

    `work`: working time, `busy`: what is planned, both any intervals. Each visit needs `travel` before its start and
    `length` from it within one stretch of free working time.
    """
    result = []
    if length <= timedelta(0):
        return result
    for left, right in subtract(normalize(work), normalize(busy)):
        start = round_up(left + travel)
        while start + length <= right and len(result) < limit:
            result.append(start)
            start = round_up(start + length + travel)
    return result[:limit]


def skills(text):
    """The skills in a text, separated by commas or semicolons; capitals do not matter.

    >>> sorted(skills("Gas, electricity;  gas "))
    ['electricity', 'gas']
    """
    return {part.strip().casefold() for part in (text or "").replace(";", ",").split(",")} - {""}


def lacking(needed, known):
    """The skills needed that are not known, sorted; empty: the technician can do it."""
    return sorted(skills(needed) - skills(known))
