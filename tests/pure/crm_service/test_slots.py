"""R089: free times of technicians: inside working time, beside what is planned, after the travel."""

import doctest
import importlib
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

slots = importlib.import_module("suite_tools.crm_service.slots")

DAY = datetime(2026, 3, 2)
minutes = st.integers(0, 3 * 24 * 60)
spans = st.tuples(minutes, st.integers(1, 600)).map(
    lambda pair: (DAY + timedelta(minutes=pair[0]), DAY + timedelta(minutes=sum(pair)))
)
lengths = st.integers(1, 300).map(lambda number: timedelta(minutes=number))
travels = st.integers(0, 90).map(lambda number: timedelta(minutes=number))


@given(st.lists(spans, max_size=6), st.lists(spans, max_size=6), lengths, travels, st.integers(1, 6))
def test_every_slot_fits(work, busy, length, travel, limit):
    """R089: travel and visit lie in one stretch of work, touch nothing planned, and slots do not overlap."""
    found = slots.free_slots(work, busy, length, travel, limit)
    assert len(found) <= limit
    stretches = slots.normalize(work)
    for start in found:
        first, last = start - travel, start + length
        assert any(left <= first and last <= right for left, right in stretches)
        assert all(last <= left or first >= right for left, right in busy)
        assert start == slots.round_up(start)
    assert all(two - travel >= one + length for one, two in zip(found, found[1:], strict=False))


@given(st.lists(spans, min_size=1, max_size=4), lengths)
def test_a_free_stretch_is_found(work, length):
    """R089: where a stretch of work has room for the visit on a full step, something is offered."""
    room = any(slots.round_up(left) + length <= right for left, right in slots.normalize(work))
    assert bool(slots.free_slots(work, [], length)) == room


def test_skills_are_compared_as_words():
    """R089: what is needed and not known is named."""
    assert slots.lacking("Gas, Laser", "gas; steam") == ["laser"]
    assert slots.lacking("", None) == []
    assert doctest.testmod(slots).failed == 0
