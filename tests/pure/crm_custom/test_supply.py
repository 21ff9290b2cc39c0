"""Dated supply against dated demand."""

import datetime
import doctest
import importlib

from hypothesis import given
from hypothesis import strategies as st

supply = importlib.import_module("suite_tools.crm_custom.supply")

TODAY = datetime.date(2026, 3, 1)
DAYS = st.dates(datetime.date(2026, 2, 1), datetime.date(2026, 4, 30))
EVENTS = st.lists(st.tuples(DAYS, st.integers(-20, 20)), max_size=15)
AMOUNTS = st.integers(0, 30)
SUPPLIES = st.lists(st.tuples(DAYS, AMOUNTS, st.text(max_size=2)), max_size=6)
DEMANDS = st.lists(st.integers(1, 20), max_size=8)


def test_examples_in_docstrings():
    result = doctest.testmod(supply)
    assert result.attempted > 0
    assert result.failed == 0


@given(st.integers(-5, 40), EVENTS)
def test_shortage_is_the_first_day_below_zero(on_hand, events):
    """The plain definition, day by day."""
    expected = TODAY if on_hand < 0 else None
    for offset in range(90):
        day = TODAY + datetime.timedelta(days=offset)
        level = on_hand + sum(quantity for when, quantity in events if max(when, TODAY) <= day)
        if expected is None and level < 0:
            expected = day
    assert supply.shortage_day(on_hand, events, TODAY) == expected


@given(AMOUNTS, SUPPLIES, DEMANDS)
def test_no_unit_is_given_twice_and_none_is_kept_back(on_hand, supplies, demands):
    served = supply.allocate(on_hand, supplies, list(enumerate(demands)), TODAY)
    missing = sum(promise.missing for promise in served.values())
    assert missing == max(0, sum(demands) - on_hand - sum(quantity for _day, quantity, _source in supplies))


@given(AMOUNTS, SUPPLIES, DEMANDS)
def test_who_stands_first_is_served_no_later(on_hand, supplies, demands):
    days = [
        promise.day or datetime.date.max
        for promise in supply.allocate(on_hand, supplies, list(enumerate(demands)), TODAY).values()
    ]
    assert days == sorted(days)
    assert all(day >= TODAY for day in days)


@given(AMOUNTS, SUPPLIES, DEMANDS)
def test_a_promise_is_the_first_day_that_covers_all_before_it(on_hand, supplies, demands):
    served = supply.allocate(on_hand, supplies, list(enumerate(demands)), TODAY)
    for index in range(len(demands)):
        need = sum(demands[: index + 1])
        days = [TODAY, *(max(day, TODAY) for day, _quantity, _source in supplies)]
        enough = [
            day
            for day in sorted(days)
            if on_hand + sum(quantity for when, quantity, _source in supplies if max(when, TODAY) <= day) >= need
        ]
        assert served[index].day == (enough[0] if enough else None)
