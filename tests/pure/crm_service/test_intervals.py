"""R091: working time is counted once, in one place: properties of the interval arithmetic."""

import doctest
import importlib
from datetime import datetime, timedelta

import pytest
import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

intervals = importlib.import_module("suite_tools.crm_service.intervals")
Attendance, WorkingTime = intervals.Attendance, intervals.WorkingTime

OFFICE = [Attendance(day, *hours) for day in range(5) for hours in ((8, 12), (13, 17))]
HOUR = timedelta(hours=1)

moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda d: d.replace(microsecond=0))
spans = st.tuples(moments, st.timedeltas(timedelta(0), timedelta(days=9))).map(lambda p: (p[0], p[0] + p[1]))
zones = st.sampled_from(["UTC", "Europe/Brussels", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"])


@st.composite
def calendars(draw):
    stretches = draw(
        st.lists(
            st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(1, 24), st.sampled_from([None, None, 0, 1])),
            min_size=1,
            max_size=12,
        )
    )
    attendances = [Attendance(day, start, min(start + length, 24), week) for day, start, length, week in stretches]
    return WorkingTime(attendances, draw(st.lists(spans, max_size=4)), draw(zones))


def utc(zone, *args):
    return pytz.timezone(zone).localize(datetime(*args)).astimezone(pytz.utc).replace(tzinfo=None)


def test_examples_in_docstrings():
    result = doctest.testmod(intervals)
    assert result.attempted >= 3
    assert result.failed == 0


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60))),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60))),
)
def test_subtract_equals_a_set_of_points(left, right):
    def points(pairs):
        return {point for start, stop in pairs for point in range(start, stop)}

    result = intervals.subtract(intervals.normalize(left), intervals.normalize(right))
    assert points(result) == points(left) - points(right)
    assert all(start < stop for start, stop in result)


@given(calendars(), moments, moments, moments)
@settings(deadline=None)
def test_elapsed_is_monotone_and_additive(calendar, one, two, three):
    first, middle, last = sorted((one, two, three))
    whole = calendar.elapsed(first, last)
    assert whole == calendar.elapsed(first, middle) + calendar.elapsed(middle, last)
    assert timedelta(0) <= calendar.elapsed(first, middle) <= whole <= last - first


@given(calendars(), moments, st.timedeltas(timedelta(minutes=1), timedelta(hours=200)), st.lists(spans, max_size=4))
@settings(max_examples=60, deadline=None)
def test_deadline_is_the_first_moment_with_that_much_elapsed(calendar, start, amount, pauses):
    deadline = calendar.deadline(start, amount, pauses)
    if deadline is None:
        return
    assert calendar.elapsed(start, deadline, pauses) == amount
    assert calendar.elapsed(start, deadline - timedelta(microseconds=1), pauses) < amount


@given(calendars(), spans)
@settings(max_examples=60, deadline=None)
def test_deadline_of_elapsed_is_never_later(calendar, span):
    start, stop = span
    assert calendar.deadline(start, calendar.elapsed(start, stop)) <= max(start, stop)


@given(calendars(), moments, st.timedeltas(timedelta(minutes=1), timedelta(hours=100)), st.lists(spans, max_size=3))
@settings(max_examples=60, deadline=None)
def test_a_pause_outside_working_time_changes_nothing(calendar, start, amount, pauses):
    idle = intervals.subtract(
        intervals.normalize(pauses), calendar.intervals(datetime(2025, 12, 1), datetime(2027, 6, 1))
    )
    assert calendar.deadline(start, amount, idle) == calendar.deadline(start, amount)
    for _left, right in idle:
        assert calendar.elapsed(start, right, idle) == calendar.elapsed(start, right)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        # Monday 11:00 + 2 h: one hour before lunch, one after it.
        ((2026, 3, 2, 11), 2, (2026, 3, 2, 14)),
        # Friday 16:00 + 2 h: one hour on Friday, one on Monday.
        ((2026, 3, 6, 16), 2, (2026, 3, 9, 9)),
        # Born in the lunch break, on a Sunday, before work.
        ((2026, 3, 2, 12, 30), 1, (2026, 3, 2, 14)),
        ((2026, 3, 8, 10), 1, (2026, 3, 9, 9)),
        ((2026, 3, 2, 3), 8, (2026, 3, 2, 17)),
        # Over the change to summer time (29 March 2026): the wall clock decides, 16 h = Fri 1, Mon 8, Tue 7.
        ((2026, 3, 27, 16), 16, (2026, 3, 31, 16)),
        # And back (25 October 2026).
        ((2026, 10, 23, 16), 2, (2026, 10, 26, 9)),
    ],
)
def test_office_hours_with_lunch_in_brussels(start, hours, due):
    calendar = WorkingTime(OFFICE, tz="Europe/Brussels")
    assert calendar.deadline(utc("Europe/Brussels", *start), hours * HOUR) == utc("Europe/Brussels", *due)


def test_born_on_a_holiday_starts_the_next_working_day():
    easter = (utc("Europe/Brussels", 2026, 4, 6), utc("Europe/Brussels", 2026, 4, 7))
    calendar = WorkingTime(OFFICE, [easter], "Europe/Brussels")
    start = utc("Europe/Brussels", 2026, 4, 6, 10)
    assert calendar.deadline(start, 2 * HOUR) == utc("Europe/Brussels", 2026, 4, 7, 10)
    assert calendar.elapsed(start, utc("Europe/Brussels", 2026, 4, 7, 9)) == HOUR


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 5, 3), 24)])
def test_a_day_round_the_clock_has_the_hours_of_the_real_day(day, hours):
    calendar = WorkingTime([Attendance(weekday, 0, 24) for weekday in range(7)], tz="Europe/Brussels")
    year, month, number = day
    start, stop = utc("Europe/Brussels", *day), utc("Europe/Brussels", year, month, number + 1)
    assert calendar.elapsed(start, stop) == hours * HOUR


def test_no_working_time_has_no_deadline():
    assert WorkingTime([]).deadline(datetime(2026, 1, 1), HOUR) is None
    endless = WorkingTime(OFFICE, [(datetime(2025, 1, 1), datetime(2099, 1, 1))])
    assert endless.deadline(datetime(2026, 1, 1), HOUR) is None
    assert endless.elapsed(datetime(2026, 1, 1), datetime(2026, 6, 1)) == timedelta(0)


def test_without_a_calendar_time_never_stops():
    assert WorkingTime(None).deadline(datetime(2026, 3, 7, 23), 2 * HOUR) == datetime(2026, 3, 8, 1)
