"""R091: next response, milestones, warnings and positions; every clock beside a count minute by minute."""

import doctest
import importlib
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

intervals = importlib.import_module("suite_tools.crm_service.intervals")
sla = importlib.import_module("suite_tools.crm_service.sla")
policies = importlib.import_module("suite_tools.crm_service.policies")
Event, Terms, Rule = sla.Event, sla.Terms, sla.Rule

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MONDAY = datetime(2026, 3, 2, 9)
HOLIDAY = (datetime(2026, 3, 4), datetime(2026, 3, 5))
LUNCH = ((8, 12), (13, 17))
OFFICE = intervals.WorkingTime([intervals.Attendance(d, *h) for d in range(5) for h in LUNCH], [HOLIDAY])
ALWAYS = intervals.WorkingTime(None)


def at(hours):
    return MONDAY + hours * HOUR


def terms(hours, since=MONDAY, working=OFFICE):
    return Terms(since, hours * HOUR, working)


@pytest.mark.parametrize("module", [sla, policies])
def test_examples_in_docstrings(module):
    assert doctest.testmod(module).failed == 0


def test_customer_who_writes_again_starts_the_next_response():
    events = [
        Event(MONDAY, "open"),
        Event(at(0.5), "customer"),  # before the first answer: the first response's affair
        Event(at(1), "response"),
        Event(at(2), "customer"),
        Event(at(2.5), "customer"),  # the same question
        Event(at(5), "response"),
        Event(at(6), "customer"),
    ]
    first, second = sla.read_next_responses(events, [terms(1.5)], at(6.5))
    # 11:00 to 14:00 holds two working hours.
    assert (first.started, first.stopped, first.elapsed, first.state) == (at(2), at(5), 2 * HOUR, "breached")
    assert first.breached_at == at(4.5)
    assert (second.started, second.stopped, second.elapsed, second.state) == (at(6), None, HOUR / 2, "running")
    assert second.deadline == at(7.5)


def test_next_response_rests_while_we_wait_and_stops_at_the_solution():
    events = [Event(MONDAY, "open"), Event(MONDAY, "response"), Event(at(1), "customer"), Event(at(1.5), "pause")]
    [reading] = sla.read_next_responses(events, [terms(1)], at(3))
    assert (reading.state, reading.paused_since, reading.deadline, reading.slack) == ("paused", at(1.5), None, HOUR / 2)
    [reading] = sla.read_next_responses([*events, Event(at(2), "solve")], [terms(1)], at(9))
    assert (reading.state, reading.stopped, reading.elapsed) == ("met", at(2), HOUR / 2)


def test_milestone_runs_from_stage_to_stage_once_or_each_time():
    events = [
        Event(MONDAY, "open", 1),
        Event(at(1), "stage", 7),
        Event(at(2), "stage", 8),
        Event(at(5), "stage", 7),
        Event(at(6), "solve", 9),
    ]
    [once] = sla.read_milestone(Rule("stage:7", "stage:8"), events, [terms(2)], at(9))
    assert (once.started, once.stopped, once.state) == (at(1), at(2), "met")
    again = sla.read_milestone(Rule("stage:7", "stage:8", True), events, [terms(2)], at(9))
    assert [item.started for item in again] == [at(1), at(5)]
    assert again[1].state == "paused", "a solved ticket rests"
    [owner] = sla.read_milestone(Rule("open", "assign"), events, [terms(1)], at(9))
    assert (owner.state, owner.breached_at) == ("breached", at(1))


def test_warnings_are_moments_of_the_promised_time():
    reading = sla.read_clock(sla.RESOLUTION, [Event(MONDAY, "open")], [terms(8)], at(1))
    # 9-12 and 13-14 is half of eight hours, 16:00 three quarters, 7.2 hours are over at 8:12 the next day.
    assert reading.warnings == (at(5), at(7), at(23.2))
    assert [reading.next_warning(share) for share in (0, 50, 75, 90)] == [at(5), at(7), at(23.2), None]
    paused = sla.read_clock(sla.RESOLUTION, [Event(MONDAY, "open"), Event(at(1), "pause")], [terms(8)], at(2))
    assert paused.warnings == ()
    assert paused.next_warning(0) is None


@pytest.mark.parametrize(
    ("pauses", "party", "held"),
    [
        ("customer", "customer", True),
        ("customer", "supplier", False),
        ("outside", "supplier", True),
        ("outside", "colleague", False),
        ("all", "colleague", True),
        ("never", "customer", False),
    ],
)
def test_whom_the_clocks_wait_for_is_a_term_of_the_policy(pauses, party, held):
    before, after = sla.Position("open", False, pauses), sla.Position("open", party, pauses)
    assert sla.move_events(before, after) == (["pause"] if held else [])
    assert sla.Position("waiting", False, pauses).held == (pauses != "never")


def test_longer_and_shorter_policies_in_a_row_keep_the_time_used():
    used = [Event(MONDAY, "open")]
    reading = sla.read_clock(sla.RESOLUTION, used, [terms(8), terms(4, at(2)), terms(6, at(3))], at(5))
    assert (reading.elapsed, reading.slack, reading.state) == (4 * HOUR, 2 * HOUR, "running")


def test_daylight_saving_night_counts_the_hours_that_passed():
    brussels = intervals.WorkingTime(
        [intervals.Attendance(d, 0, 24) for d in range(7)], [], "Europe/Brussels"
    )  # 29 March 2026 has 23 hours
    reading = sla.read_clock(
        sla.RESOLUTION,
        [Event(datetime(2026, 3, 28, 23), "open")],
        [Terms(datetime(2026, 3, 28, 23), 24 * HOUR, brussels)],
        datetime(2026, 3, 29, 22),
    )
    assert reading.elapsed == 23 * HOUR
    assert reading.deadline == datetime(2026, 3, 29, 23)


# === BESIDE A COUNT MINUTE BY MINUTE ===

KINDS = ["pause", "resume", "solve", "reopen", "response", "customer", "assign"]
lives = st.lists(st.tuples(st.integers(0, 5000), st.sampled_from(KINDS)), max_size=9)


def life(moves):
    return [Event(MONDAY, "open")] + [Event(MONDAY + m * MINUTE, kind) for m, kind in sorted(moves, key=lambda x: x[0])]


def works(moment):
    return moment.weekday() < 5 and moment.hour in {8, 9, 10, 11, 13, 14, 15, 16} and moment.date() != HOLIDAY[0].date()


def rests(events, now):
    """Return for each minute from MONDAY to `now` whether the ticket rests, by walking through them."""
    result, waiting, solved, left = [], False, False, list(events)
    for minute in range(int((now - MONDAY) / MINUTE)):
        while left and left[0].at <= MONDAY + minute * MINUTE:
            kind = left.pop(0).kind
            if kind in ("pause", "resume"):
                waiting = kind == "pause"
            elif kind in ("solve", "reopen"):
                solved, waiting = kind == "solve", False
        result.append(waiting or solved)
    return result


def count(resting, span, target, now):
    """Walk from the start of a span minute by minute; return (minutes used, breached at), as the clock should say."""
    used, due, broken = 0, None, None
    start, end = (int((moment - MONDAY) / MINUTE) for moment in (span[0], span[1] or now))
    for minute in range(start, end):
        if resting[minute]:
            continue
        if due and not broken:
            broken = due
        if works(MONDAY + minute * MINUTE):
            used += 1
            if used == target and not due:
                due = MONDAY + (minute + 1) * MINUTE
    return used, broken


def spans_of(clock, events, now):
    """Find the runs of a clock in plain loops over the events."""
    events = [event for event in events if event.at <= now]
    answers = [event.at for event in events if event.kind in ("response", "solve")]
    if clock == "response":
        return [(MONDAY, answers[0] if answers else None)]
    if clock == "resolution":
        last = [event for event in events if event.kind in ("solve", "reopen")][-1:]
        solves = [event.at for event in events if event.kind == "solve"]
        return [(MONDAY, solves[-1] if last and last[0].kind == "solve" else None)]
    runs, since, answered = [], None, False
    for event in events:
        if event.kind in ("response", "solve"):
            answered = True
            if since is not None:
                runs.append((since, event.at))
                since = None
        elif event.kind == "customer" and answered and since is None:
            since = event.at
    return runs if since is None else [*runs, (since, None)]


@given(lives, st.integers(1, 900), st.integers(0, 6000))
@settings(max_examples=60, deadline=None)
def test_every_clock_equals_a_count_minute_by_minute(moves, target, minute):
    events, now = life(moves), MONDAY + minute * MINUTE
    promise = [Terms(MONDAY, target * MINUTE, OFFICE)]
    found = {
        "response": [sla.read_clock("response", events, promise, now)],
        "resolution": [sla.read_clock("resolution", events, promise, now)],
        "next_response": sla.read_next_responses(events, promise, now),
    }
    resting = rests([event for event in events if event.at <= now], now)
    for clock, readings in found.items():
        spans = spans_of(clock, events, now)
        assert [(item.started, item.stopped) for item in readings] == spans, clock
        for reading, span in zip(readings, spans, strict=True):
            used, broken = count(resting, span, target, now)
            assert reading.elapsed == used * MINUTE, clock
            assert (reading.breached_at is not None) == (broken is not None), clock
            if broken:
                assert reading.breached_at == broken, clock


@given(lives, st.integers(1, 60), st.integers(0, 6000), st.integers(0, 3000))
@settings(max_examples=60, deadline=None)
def test_next_responses_are_monotone_and_a_breach_stays(moves, target, minute, later):
    events, now = life(moves), MONDAY + minute * MINUTE
    early = sla.read_next_responses(events, [terms(target)], now)
    late = sla.read_next_responses(events, [terms(target)], now + later * MINUTE)
    assert len(early) <= len(late)
    for before, after in zip(early, late, strict=False):
        assert before.elapsed <= after.elapsed
        assert before.breached_at is None or before.breached_at == after.breached_at
        assert before.stopped is None or before == after, "a run that is over does not change"


@given(st.integers(0, 4000), st.integers(0, 400), st.integers(0, 400), st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_time_used_is_additive_over_two_policies(first, second, third, target):
    """Cutting the time in two policies of the same hours uses as much as one of them."""
    change, now = MONDAY + first * MINUTE, MONDAY + (first + second + third) * MINUTE
    events = [Event(MONDAY, "open")]
    whole = sla.read_clock("resolution", events, [terms(target)], now)
    cut = sla.read_clock("resolution", events, [terms(target), terms(target, change)], now)
    assert (cut.elapsed, cut.slack, cut.breached_at) == (whole.elapsed, whole.slack, whole.breached_at)
    assert whole.breached_at or cut.deadline == whole.deadline


@given(st.integers(0, 30), st.integers(0, 840), st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_a_pause_outside_working_time_changes_nothing_for_any_clock(day, length, target):
    night = datetime(2026, 3, 2, 17, 30) + timedelta(days=day)
    pause = [Event(night, "pause"), Event(night + length * MINUTE, "resume")]  # over at 7:30 at the latest
    events = [Event(MONDAY, "open"), Event(MONDAY, "response"), Event(at(0.5), "customer")]
    now = datetime(2026, 4, 6)
    assert sla.read_next_responses(events + pause, [terms(target)], now) == sla.read_next_responses(
        events, [terms(target)], now
    )


@given(st.integers(0, 1439), st.integers(1, 40))
@settings(max_examples=40, deadline=None)
def test_born_on_a_holiday_is_due_as_if_born_the_next_morning(minute, target):
    born, morning = HOLIDAY[0] + minute * MINUTE, datetime(2026, 3, 5, 8)
    readings = [
        sla.read_clock("resolution", [Event(moment, "open")], [terms(target, moment)], datetime(2026, 3, 5, 9))
        for moment in (born, morning)
    ]
    assert readings[0].deadline == readings[1].deadline
    assert readings[0].elapsed == readings[1].elapsed == HOUR
