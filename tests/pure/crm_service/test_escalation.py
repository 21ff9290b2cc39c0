"""When a step of a ladder fires, and when a ticket had no owner."""

from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_service.escalation import fire_time, ownerless_spans

KINDS = ("open", "response", "pause", "resume", "solve", "reopen")
MOVES = st.lists(st.tuples(st.integers(0, 30), st.sampled_from(KINDS))).map(sorted)


def test_fires_when_due_unless_solved():
    """R094: at the deadline; a ticket solved before never climbs."""
    assert fire_time(5, [(1, "open")]) == 5
    assert fire_time(5, [(1, "open"), (5, "solve")]) is None
    assert fire_time(5, [(1, "open"), (6, "solve")]) == 5
    assert fire_time(5, [(1, "open"), (3, "solve"), (8, "reopen")]) == 8


def test_waits_while_the_customer_has_the_ball():
    assert fire_time(5, [(1, "open"), (4, "pause"), (9, "resume")]) == 9
    assert fire_time(5, [(1, "open"), (4, "pause")]) is None
    assert fire_time(5, [(1, "open"), (2, "pause"), (3, "resume")]) == 5
    assert fire_time(5, [(1, "open"), (4, "pause"), (6, "solve"), (7, "reopen")]) == 7


def test_stopped_clock_and_halts():
    assert fire_time(5, [(1, "open")], stopped=5) is None
    assert fire_time(5, [(1, "open")], stopped=6) == 5
    assert fire_time(5, [(1, "open")], halts=[4]) is None
    assert fire_time(5, [(1, "open")], halts=[5, 9]) == 5


@given(st.integers(0, 30), MOVES)
def test_never_early_and_never_on_a_solved_ticket(due, moves):
    at = fire_time(due, moves)
    if at is not None:
        assert at >= due
        last = [kind for moment, kind in moves if moment <= at and kind in ("solve", "reopen")]
        assert not last or at == due or last[-1] != "solve"


def test_spans_without_owner():
    assert ownerless_spans(0, [], 7) == []
    assert ownerless_spans(0, [], False) == [(0, None)]
    assert ownerless_spans(0, [(3, False, 7)], 7) == [(0, 3)]
    assert ownerless_spans(0, [(3, 7, False), (5, False, 8)], 8) == [(3, 5)]
    assert ownerless_spans(0, [(2, False, False), (3, False, 7), (9, 7, False)], False) == [(0, 3), (9, None)]
