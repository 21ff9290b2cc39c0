"""Measures of product pairs and of loyalty."""

import importlib
from datetime import date
from math import comb, inf

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import assume, given
from hypothesis import strategies as st

affinity = importlib.import_module("suite_tools.crm_custom.affinity")
loyalty = importlib.import_module("suite_tools.crm_custom.loyalty")


@st.composite
def tables(draw):
    """(baskets, left, right, both) of a possible two-by-two table."""
    both = draw(st.integers(1, 300))
    left, right = both + draw(st.integers(0, 300)), both + draw(st.integers(0, 300))
    return left + right - both + draw(st.integers(0, 2000)), left, right, both


def fisher(baskets, left, right, both):
    """Exact one-sided chance of so many common baskets."""
    ways = range(both, min(left, right) + 1)
    return sum(comb(left, n) * comb(baskets - left, right - n) for n in ways) / comb(baskets, right)


@given(tables())
def test_measures_agree_with_their_definitions(counts):
    baskets, left, right, both = counts
    pair = affinity.measures(*counts)
    assert pair.support == both / baskets
    assert pair.lift == pytest.approx(pair.confidence / (right / baskets))
    assert pair.lift == pytest.approx(pair.confidence_back / (left / baskets))
    assert pair.leverage == pytest.approx(pair.support - left / baskets * right / baskets)
    assert 0 < pair.lift_low <= pair.lift * (1 + 1e-9)


@given(tables())
def test_order_of_the_products_does_not_matter(counts):
    baskets, left, right, both = counts
    one, two = affinity.measures(*counts), affinity.measures(baskets, right, left, both)
    assert (one.confidence, one.significant) == (two.confidence_back, two.significant)
    assert one.lift_low == pytest.approx(two.lift_low)


@given(tables())
def test_a_certain_pair_is_hardly_chance(counts):
    """What the bounds let pass, Fisher's exact test would not call chance either."""
    pair = affinity.measures(*counts)
    assume(pair.significant)
    assert fisher(*counts) < 0.05


def test_few_baskets_or_independence_prove_nothing():
    assert not affinity.measures(1000, 4, 4, 4).significant
    assert not affinity.measures(10000, 1000, 1000, 100).significant
    assert affinity.measures(10000, 1000, 1000, 200).significant


def test_known_pair():
    """Markers of the Online Retail file: 19,960 baskets, 221 with both."""
    pair = affinity.measures(19960, 240, 237, 221)
    assert (round(pair.confidence, 4), round(pair.confidence_back, 4), round(pair.lift, 2)) == (0.9208, 0.9325, 77.55)


@pytest.mark.parametrize("counts", [(10, 5, 5, 6), (10, 11, 5, 5), (10, 5, 5, 0)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match="impossible"):
        affinity.measures(*counts)


TODAY = date(2026, 6, 30)
DAYS = st.dates(date(2015, 1, 1), TODAY)
MONEY = st.floats(-1e6, 1e6)


@given(DAYS, DAYS, MONEY, MONEY, st.floats(0, 100))
def test_loyalty_has_one_state(first, last, now, before, change):
    first, last = sorted((first, last))
    state = loyalty.state(first, last, now, before, TODAY, change)
    assert state in loyalty.STATES
    year_ago = TODAY - relativedelta(months=12)
    assert (state == "new") == (first > year_ago)
    assert (state == "lapsed") == (last <= year_ago)


@given(DAYS, DAYS)
def test_months_count_both_ends(first, last):
    first, last = sorted((first, last))
    assert loyalty.months(first, last) >= 1
    assert loyalty.months(first, last + relativedelta(months=1)) == loyalty.months(first, last) + 1
    assert 0 < loyalty.degree(1, first, TODAY) <= 100


def test_trend_needs_a_base():
    assert loyalty.trend(100, 0) is None
    assert loyalty.trend(50, 100) == -50
    assert loyalty.trend(inf, 1) == inf
