import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_service import after_sales

DAYS = st.dates(datetime.date(1990, 1, 1), datetime.date(2060, 12, 31))


def test_wilson_known_values():
    assert after_sales.wilson_low(0, 0) is None
    assert after_sales.wilson_low(0, 10) == 0
    # Wilson 1927, the table everybody quotes: 1 of 10 and 50 of 100 at 95 %.
    assert after_sales.wilson_low(1, 10) == pytest.approx(0.0179, abs=5e-4)
    assert after_sales.wilson_low(50, 100) == pytest.approx(0.4038, abs=5e-4)


@given(st.integers(0, 500), st.integers(1, 500))
def test_wilson_is_below_the_share_and_grows_with_the_trials(hits, trials):
    hits = min(hits, trials)
    low = after_sales.wilson_low(hits, trials)
    assert 0 <= low <= hits / trials + 1e-12
    assert after_sales.wilson_low(hits * 4, trials * 4) >= low - 1e-12


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e6))
def test_free_to_return_is_within_the_delivery(delivered, back, asked):
    free = after_sales.free_to_return(delivered, back, asked)
    assert 0 <= free <= delivered


@given(st.lists(st.none() | st.datetimes(datetime.datetime(2020, 1, 1), datetime.datetime(2030, 1, 1)), max_size=6))
def test_step_days_are_never_negative_and_the_sum_is_the_whole(moments):
    days = after_sales.step_days(moments)
    assert len(days) == len(moments)
    assert all(item is None or item >= 0 for item in days)
    known = [moment for moment in moments if moment]
    if known and known == sorted(known):
        total = (known[-1] - known[0]).total_seconds() / 86400
        assert sum(item or 0 for item in days) == pytest.approx(total)


def test_anniversary_of_a_leap_day():
    start = datetime.date(2024, 2, 29)
    assert after_sales.anniversary(start, 2025) == datetime.date(2025, 2, 28)
    assert after_sales.anniversary(start, 2028) == datetime.date(2028, 2, 29)
    assert after_sales.anniversary(start, 2024) is None


@given(DAYS, DAYS, st.integers(0, 800))
def test_one_anniversary_a_year(start, first, length):
    last = first + datetime.timedelta(days=length)
    found = after_sales.anniversaries(start, first, last)
    assert found == sorted(set(found))
    assert len({day.year for day in found}) == len(found)
    assert all(first <= day <= last and day.year > start.year for day in found)


def test_limits_of_a_class():
    limits = {"a": 200, False: 50}
    assert after_sales.allowed_amount(limits, "a") == 200
    assert after_sales.allowed_amount(limits, "c") == 50
    assert after_sales.allowed_amount(limits, False) == 50
    assert after_sales.allowed_amount({"a": 200}, "c") is None


def test_answer_rate():
    assert after_sales.answer_rate(0, 0) is None
    assert after_sales.answer_rate(8, 2) == 25
