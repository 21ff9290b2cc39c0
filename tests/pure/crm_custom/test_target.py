"""The target rules: the parts sum to the whole, periods cover the days once."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_custom import target as rules

days = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(days, st.integers(0, 800), st.sampled_from(["month", "week"]))
def test_periods_cover_every_day_once(start, length, unit):
    stop = start + timedelta(length)
    spans = rules.periods(start, stop, unit)
    assert spans[0][0] == start and spans[-1][1] == stop
    assert all(one[1] + timedelta(1) == two[0] for one, two in zip(spans, spans[1:], strict=False))
    assert sum(rules.day_weights(spans)) == length + 1


@given(st.decimals(0, 10**9, places=2), st.lists(st.floats(0, 10**6), min_size=1, max_size=53), st.sampled_from([0, 2]))
def test_split_is_exact(amount, weights, digits):
    amount = amount.quantize(Decimal(1)) if digits == 0 else amount
    parts = rules.split(amount, [round(weight, 6) for weight in weights], digits)
    assert sum(parts) == amount
    assert all(part >= 0 for part in parts)


def test_season_gives_a_part_of_a_month_its_part():
    spans = rules.weeks(date(2026, 1, 26), date(2026, 2, 8))
    # 26 January to 1 February: 6 of 31 days of January and 1 of 28 of February.
    weights = rules.season_weights(spans, {1: 31, 2: 28})
    assert weights == [7.0, 7.0]
    assert rules.season_weights(spans, {}) == [7, 7]


def test_no_target_is_none():
    assert rules.attainment(10.0, 0.0) is None
    assert rules.gap(0.3, [0.1, 0.2]) == 0
