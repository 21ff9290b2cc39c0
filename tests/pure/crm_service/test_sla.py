"""R091: a clock is a function of the ticket's events."""

import importlib
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

intervals = importlib.import_module("suite_tools.crm_service.intervals")
sla = importlib.import_module("suite_tools.crm_service.sla")
Event, Terms, read_clock = sla.Event, sla.Terms, sla.read_clock

OFFICE = intervals.WorkingTime([intervals.Attendance(d, *h) for d in range(5) for h in ((8, 12), (13, 17))])
MONDAY = datetime(2026, 3, 2, 9)
HOUR = timedelta(hours=1)


def at(hours):
    return MONDAY + hours * HOUR


def terms(hours, since=MONDAY, working=OFFICE):
    return Terms(since, hours * HOUR, working)


def test_running_clock_shows_what_is_left():
    reading = read_clock(sla.RESOLUTION, [Event(MONDAY, "open")], [terms(4)], at(2))
    assert (reading.state, reading.elapsed, reading.slack) == ("running", 2 * HOUR, 2 * HOUR)
    # 9 to 12 is three hours, the fourth ends at 14.
    assert reading.deadline == at(5)
    assert reading.breached_at is None


def test_stopping_at_the_deadline_meets_it_and_a_second_later_breaks_it():
    for late, state in ((timedelta(0), "met"), (timedelta(seconds=1), "breached")):
        events = [Event(MONDAY, "open"), Event(at(2) + late, "solve")]
        reading = read_clock(sla.RESOLUTION, events, [terms(2)], at(9))
        assert reading.state == state
        assert reading.slack == -late
        assert reading.breached_at == (at(2) if late else None)


def test_first_response_stops_at_the_answer_or_at_the_solution():
    events = [Event(MONDAY, "open"), Event(at(1), "response"), Event(at(2), "response")]
    assert read_clock(sla.FIRST_RESPONSE, events, [terms(2)], at(9)).stopped == at(1)
    events = [Event(MONDAY, "open"), Event(at(1), "solve"), Event(at(2), "reopen")]
    reading = read_clock(sla.FIRST_RESPONSE, events, [terms(2)], at(9))
    assert (reading.state, reading.stopped) == ("met", at(1))


def test_answer_does_not_stop_the_resolution():
    events = [Event(MONDAY, "open"), Event(at(1), "response")]
    assert read_clock(sla.RESOLUTION, events, [terms(2)], at(1.5)).state == "running"


def test_waiting_for_the_customer_holds_the_clock():
    events = [Event(MONDAY, "open"), Event(at(1), "pause")]
    reading = read_clock(sla.RESOLUTION, events, [terms(2)], at(30))
    assert (reading.state, reading.elapsed, reading.deadline, reading.paused_since) == ("paused", HOUR, None, at(1))
    reading = read_clock(sla.RESOLUTION, events + [Event(at(2), "resume")], [terms(2)], at(2))
    assert (reading.state, reading.deadline, reading.slack) == ("running", at(3), HOUR)


def test_pause_after_the_deadline_leaves_the_breach():
    events = [Event(MONDAY, "open"), Event(at(3), "pause")]
    reading = read_clock(sla.RESOLUTION, events, [terms(2)], at(9))
    assert (reading.state, reading.breached_at, reading.slack, reading.deadline) == ("breached", at(2), -HOUR, at(2))


def test_reopening_does_not_count_the_time_it_was_solved():
    events = [Event(MONDAY, "open"), Event(at(1), "solve"), Event(at(2), "reopen")]
    reading = read_clock(sla.RESOLUTION, events, [terms(2)], at(2.5))
    assert (reading.state, reading.stopped, reading.elapsed) == ("running", None, 1.5 * HOUR)
    assert reading.deadline == at(3)


def test_solved_while_waiting_counts_the_wait_as_a_pause():
    events = [Event(MONDAY, "open"), Event(at(1), "pause"), Event(at(2), "solve")]
    reading = read_clock(sla.RESOLUTION, events, [terms(1.5)], at(9))
    assert (reading.state, reading.stopped, reading.elapsed) == ("met", at(2), HOUR)


def test_another_policy_keeps_the_time_already_used():
    events = [Event(MONDAY, "open")]
    reading = read_clock(sla.RESOLUTION, events, [terms(8), terms(2, at(1))], at(1))
    assert (reading.elapsed, reading.slack, reading.deadline) == (HOUR, HOUR, at(2))
    # Round the clock from ten o'clock on: lunch counts now.
    always = intervals.WorkingTime(None)
    reading = read_clock(sla.RESOLUTION, events, [terms(8), terms(5, at(1), always)], at(4))
    assert (reading.elapsed, reading.deadline) == (4 * HOUR, at(5))


def test_a_breach_is_not_forgiven_by_a_longer_policy():
    reading = read_clock(sla.RESOLUTION, [Event(MONDAY, "open")], [terms(1), terms(8, at(2))], at(2.5))
    assert (reading.state, reading.breached_at, reading.slack) == ("breached", at(1), 5.5 * HOUR)


def test_a_shorter_policy_already_used_up_is_broken_when_it_starts():
    reading = read_clock(sla.RESOLUTION, [Event(MONDAY, "open")], [terms(8), terms(1, at(2))], at(2.5))
    assert (reading.state, reading.breached_at) == ("breached", at(2))


def test_calendar_without_work_never_breaks():
    reading = read_clock(sla.RESOLUTION, [Event(MONDAY, "open")], [terms(1, working=intervals.WorkingTime([]))], at(99))
    assert (reading.state, reading.deadline, reading.slack) == ("running", None, HOUR)


steps = st.lists(
    st.tuples(st.integers(0, 4000), st.sampled_from(["pause", "resume", "solve", "reopen", "response"])), max_size=8
)


@given(steps, st.integers(1, 40), st.integers(0, 6000), st.integers(0, 3000))
@settings(max_examples=80, deadline=None)
def test_reading_is_monotone_and_consistent(moves, target, minute, later):
    moves = sorted(moves, key=lambda move: move[0])
    events = [Event(MONDAY, "open")] + [Event(MONDAY + timedelta(minutes=m), kind) for m, kind in moves]
    for clock in (sla.FIRST_RESPONSE, sla.RESOLUTION):
        now = MONDAY + timedelta(minutes=minute)
        early = read_clock(clock, events, [terms(target)], now)
        late = read_clock(clock, events, [terms(target)], now + timedelta(minutes=later))
        assert early.elapsed <= late.elapsed
        assert early.elapsed + early.slack == target * HOUR
        assert early.slack >= timedelta(0) or early.state == "breached"
        assert early.breached_at is None or late.breached_at == early.breached_at
        assert early.state != "met" or early.stopped is not None
        assert early.state != "paused" or early.deadline is None
        if early.breached_at:
            assert early.slack <= timedelta(0)


@given(st.integers(0, 3000), st.integers(0, 600), st.integers(1, 30))
@settings(max_examples=50, deadline=None)
def test_a_pause_at_night_changes_nothing(begin, length, target):
    # 17:00 to 24:00 on any day is outside the office hours of this calendar.
    night = datetime(2026, 3, 2, 17) + timedelta(days=begin % 10)
    stop = night + timedelta(minutes=min(length, 420))
    plain = [Event(MONDAY, "open")]
    paused = plain + [Event(night, "pause"), Event(stop, "resume")]
    now = datetime(2026, 3, 16)
    assert read_clock(sla.RESOLUTION, paused, [terms(target)], now) == read_clock(
        sla.RESOLUTION, plain, [terms(target)], now
    )
