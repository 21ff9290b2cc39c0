"""Interval arithmetic and the working time of one calendar.

An interval is a half-open pair `(start, stop)` of datetimes, `start < stop`. A set of intervals is a list of pairs,
sorted and disjoint, as `normalize` returns it. Every datetime here is naive UTC, as Odoo stores it; local time
appears only inside `WorkingTime`, which turns a week of attendances in a time zone into UTC intervals day by day,
so that a day of 23 or 25 hours counts what the clock on the wall really showed.
"""

from bisect import bisect_left
from datetime import datetime, timedelta
from typing import NamedTuple

import pytz

ZERO = timedelta(0)
# A deadline is looked for in steps that grow to this many days, so that a short target never walks a whole year.
FIRST_STEP_DAYS = 2
STEP_DAYS = 32
# As many days keep their intervals: tickets of one batch ask for the same ones.
KEPT_DAYS = 2000
# A calendar that yields less than the target within this many days is taken to have no working time.
HORIZON_DAYS = 3 * 366


def normalize(intervals):
    """Return the union of any intervals as a sorted list of disjoint ones; empty ones vanish, touching ones merge.

    >>> normalize([(3, 5), (1, 3), (7, 7), (4, 6)])
    [(1, 6)]
    """
    result = []
    for start, stop in sorted(pair for pair in intervals if pair[0] < pair[1]):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(stop, result[-1][1]))
        else:
            result.append((start, stop))
    return result


def subtract(intervals, holes):
    """Return what is left of `intervals` without `holes`; both normalized.

    >>> subtract([(1, 10)], [(0, 2), (4, 5), (9, 12)])
    [(2, 4), (5, 9)]
    """
    result = []
    index = 0
    for start, stop in intervals:
        while index < len(holes) and holes[index][1] <= start:
            index += 1
        position = index
        while position < len(holes) and holes[position][0] < stop:
            if start < holes[position][0]:
                result.append((start, holes[position][0]))
            start = max(start, holes[position][1])
            position += 1
        if start < stop:
            result.append((start, stop))
    return result


def clip(intervals, start, stop):
    """Return the part of `intervals` inside [start, stop).

    >>> clip([(1, 4), (6, 9)], 2, 7)
    [(2, 4), (6, 7)]
    """
    return [(max(left, start), min(right, stop)) for left, right in intervals if right > start and left < stop]


def total(intervals):
    """Return the summed length of disjoint datetime intervals as a timedelta."""
    return sum((stop - start for start, stop in intervals), ZERO)


class Attendance(NamedTuple):
    """One stretch of work in a week.

    Units: `weekday` 0 = Monday; hours are local wall-clock hours, 24.0 is the end of the day; `week` is None for every
    week, else 0 or 1 as Odoo's two-week calendars number them (ordinal of the day, in sevens, modulo 2).
    """

    weekday: int
    hour_from: float
    hour_to: float
    week: int | None = None


class WorkingTime:
    """Working time of one calendar in one time zone: the single source of deadlines and of elapsed time.

    `attendances` None means work without a break, round the clock. Breaks (lunch) are simply absent from the
    attendances; holidays come as UTC intervals in `leaves`.
    """

    def __init__(self, attendances, leaves=(), tz="UTC"):
        self.always = attendances is None
        self.zone = pytz.timezone(tz)
        self.leaves = normalize(leaves)
        self._leave_stops = [stop for _start, stop in self.leaves]
        self._days = {}
        self._week = {}
        for item in attendances or ():
            self._week.setdefault(item.weekday, []).append(item)

    def intervals(self, start, stop):
        """Return the working intervals inside [start, stop), naive UTC."""
        if start >= stop:
            return []
        if self.always:
            work = [(start, stop)]
        else:
            first = self._local_date(start) - timedelta(days=1)
            days = (self._local_date(stop) - first).days + 1
            raw = [pair for offset in range(days) for pair in self._day(first + timedelta(days=offset))]
            work = clip(normalize(raw), start, stop)
        return subtract(work, self.leaves[bisect_left(self._leave_stops, start) :])

    def elapsed(self, start, stop, pauses=()):
        """Return the working time between two moments, less the pauses, as a timedelta; 0 when stop <= start."""
        return total(subtract(self.intervals(start, stop), normalize(pauses)))

    def deadline(self, start, amount, pauses=()):
        """Return the first moment at which `amount` (timedelta) of unpaused working time has passed since `start`.

        Edge cases: an amount of zero or less is due at `start`; None when the calendar has not that much working time
        in the next three years (no attendances, one endless leave).
        """
        return self.deadlines(start, [amount], pauses)[0]

    def deadlines(self, start, amounts, pauses=()):
        """Return the `deadline` of each of several amounts, which must ascend, in one walk through the calendar."""
        found = [start for amount in amounts if amount <= ZERO]
        left = list(amounts[len(found) :])
        if not self.always and not self._week:
            return found + [None] * len(left)
        pauses = normalize(pauses)
        horizon = start + timedelta(days=HORIZON_DAYS)
        passed, step = ZERO, FIRST_STEP_DAYS
        while left and start < horizon:
            stop = start + timedelta(days=step)
            for begin, end in subtract(self.intervals(start, stop), pauses):
                while left and left[0] - passed <= end - begin:
                    found.append(begin + left.pop(0) - passed)
                passed += end - begin
            start, step = stop, min(2 * step, STEP_DAYS)
        return found + [None] * len(left)

    def _local_date(self, moment):
        return pytz.utc.localize(moment).astimezone(self.zone).date()

    def _day(self, day):
        """Return the working intervals of one local calendar day in UTC, as Odoo's resource calendar localizes them."""
        kept = self._days.get(day)
        if kept is None:
            week = (day.toordinal() - 1) // 7 % 2
            midnight = datetime(day.year, day.month, day.day)
            kept = [
                (self._utc(midnight, item.hour_from), self._utc(midnight, item.hour_to))
                for item in self._week.get(day.weekday(), ())
                if item.week is None or item.week == week
            ]
            if len(self._days) >= KEPT_DAYS:
                self._days.clear()
            self._days[day] = kept
        return kept

    def _utc(self, midnight, hours):
        local = self.zone.localize(midnight + timedelta(seconds=round(hours * 3600)))
        return local.astimezone(pytz.utc).replace(tzinfo=None)
