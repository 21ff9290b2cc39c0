"""R164: price rewards, by example and by law."""

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from suite_tools.crm_marketing import rewards

percents = st.integers(0, 9900).map(lambda value: value / 100)
rules = st.lists(
    st.builds(rewards.Rule, st.integers(), st.sampled_from(["volume", "tenure"]), st.integers(1, 50), percents),
    max_size=6,
)


def test_doctests_of_the_rules():
    result = doctest.testmod(rewards)
    assert result.attempted >= 6
    assert result.failed == 0


@settings(deadline=None)
@given(percents, percents, st.integers(1, 100000))
def test_price_after_both_and_cost_make_the_price_before(discount, reward, price):
    """R164: net price + cost of the reward = the price without the reward."""
    net = price * (1 - rewards.combined(discount, reward) / 100)
    before = price * (1 - discount / 100)
    assert net + rewards.cost(net, reward) == pytest.approx(before, abs=0.01)


@settings(deadline=None)
@given(rules, st.integers(0, 60), st.integers(0, 60), st.integers(0, 20))
def test_more_volume_or_years_never_earn_less(found, volume, years, more):
    """R164: who buys more or stays longer has at least the reward of before."""
    now = rewards.best(found, volume, years)
    later = rewards.best(found, volume + more, years + more)
    assert (later.discount if later else 0) >= (now.discount if now else 0)
