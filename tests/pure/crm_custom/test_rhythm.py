"""R018: a customer's own order rhythm."""

import doctest
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_custom import rhythm

DAYS = st.lists(st.dates(date(2020, 1, 1), date(2026, 12, 31)), max_size=30)


def test_examples_in_docstrings():
    result = doctest.testmod(rhythm)
    assert result.attempted > 0
    assert result.failed == 0


@given(DAYS, st.sampled_from(["mean", "median"]))
def test_order_of_the_days_and_repeats_do_not_matter(days, method):
    assert rhythm.interval(days, method) == rhythm.interval([*reversed(days), *days], method)


@given(DAYS)
def test_a_rhythm_needs_three_days(days):
    assert (rhythm.interval(days) is None) == (len(set(days)) < 3)


@given(DAYS, st.integers(1, 400), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_overdue_exactly_when_the_gap_exceeds_the_cycle(days, cycle, today):
    past = rhythm.days_past(days, today, cycle)
    if days:
        assert (past > 0) == ((today - max(days)).days > cycle)
    else:
        assert past is None


@given(st.dates(date(2025, 1, 1), date(2026, 6, 1)), st.floats(1, 200), st.integers(0, 400))
def test_expected_orders_lie_in_the_period_one_gap_apart(last, gap, length):
    start = date(2026, 1, 1)
    stop = start + timedelta(days=length)
    days = rhythm.expected(last, gap, start, stop)
    assert all(start <= day <= stop and day > last for day in days)
    assert all((after - before).days == rhythm.round_gap(gap) for before, after in zip(days, days[1:], strict=False))
    step = rhythm.round_gap(gap)
    assert len(days) == sum(1 for number in range(1, 1000) if start <= last + timedelta(days=number * step) <= stop)
