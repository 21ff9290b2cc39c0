"""R021: the visit plan keeps frequency, working days and capacity."""

import doctest
from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_custom import visit_plan

START, STOP = date(2026, 1, 1), date(2026, 12, 31)
YEAR = [START + timedelta(days=number) for number in range(365)]
WORKING = [day for day in YEAR if day.weekday() < 5]
CUSTOMERS = st.lists(
    st.builds(
        visit_plan.Customer,
        key=st.integers(1, 10**6),
        visits=st.integers(0, 24),
        last_order=st.none() | st.dates(date(2024, 1, 1), date(2025, 12, 31)),
        gap=st.none() | st.floats(1, 400),
        last_visit=st.none() | st.dates(date(2024, 1, 1), date(2025, 12, 31)),
    ),
    max_size=12,
    unique_by=lambda customer: customer.key,
)


def test_examples_in_docstrings():
    result = doctest.testmod(visit_plan)
    assert result.attempted > 0
    assert result.failed == 0


@given(CUSTOMERS, st.integers(1, 4))
def test_every_visit_of_the_class_on_working_days_within_capacity(customers, capacity):
    placed, left = visit_plan.plan(customers, START, STOP, WORKING, capacity)
    wanted = {customer.key: customer.visits for customer in customers}
    assert Counter(key for key, _number in [*placed, *left]) == Counter(
        {key: count for key, count in wanted.items() if count}
    )
    assert set(placed.values()) <= set(WORKING)
    assert all(count <= capacity for count in Counter(placed.values()).values())
    room = capacity * len(WORKING)
    assert bool(left) == (sum(wanted.values()) > room)


@given(CUSTOMERS, st.integers(1, 4))
def test_a_second_run_makes_nothing(customers, capacity):
    placed, left = visit_plan.plan(customers, START, STOP, WORKING, capacity)
    done = {}
    for key, number in placed:
        done.setdefault(key, set()).add(number)
    again, still = visit_plan.plan(customers, START, STOP, WORKING, capacity, Counter(placed.values()), done)
    assert not again
    assert sorted(still) == sorted(left)


@given(st.integers(1, 24), st.floats(0, 1))
def test_even_days_are_spread_over_the_whole_year(count, share):
    days = visit_plan.even_days(count, START, STOP, share=share)
    gaps = [(after - before).days for before, after in zip(days, days[1:], strict=False)]
    assert len(days) == count
    assert all(START <= day <= STOP for day in days)
    assert all(abs(gap - 365 / count) <= 1 for gap in gaps)


@given(st.integers(1, 20), st.dates(START, STOP), st.dates(START, STOP))
def test_quarters_sum_to_the_year_within_rounding(visits, one, two):
    start, stop = min(one, two), max(one, two)
    assert 0 <= visit_plan.visits_in(visits, start, stop) <= visits
