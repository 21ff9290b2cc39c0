"""Parts, levels and value of customers: every part counts once, and levels add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_finance_bridge import profit

amounts = st.dictionaries(st.sampled_from(list(profit.PARTS)), st.integers(-(10**9), 10**9))


@given(amounts)
def test_levels_are_a_waterfall(parts):
    found = profit.levels(parts)
    assert found["net"] == sum(parts.values())
    assert found["total"] == found["marginal"] - profit.cost_to_serve(parts)
    assert found["net"] - found["total"] == sum(parts.get(part, 0) for part in profit.of("net"))


@given(amounts)
def test_lifetime_as_stated_leaves_out_the_goods_only(parts):
    stated = sum(parts.get(part, 0) for part in profit.PURCHASES + profit.MARKETING + profit.ADMINISTRATION)
    assert stated == profit.levels(parts)["net"] - parts.get("goods", 0)


def test_each_part_has_one_place():
    sets = [profit.PURCHASES, profit.MARKETING, profit.ADMINISTRATION, ("goods",)]
    assert sorted(part for group in sets for part in group) == sorted(profit.PARTS)


def test_return_has_a_state_without_cost():
    assert profit.return_on(50, 200) == 25
    assert profit.return_on(50, 0) is None


def test_value_of_the_base():
    assert profit.base_value(100, None, 0.1) is None
    assert profit.base_value(100, 0.0, 0.1) == 0
    assert profit.base_value(100, 0.8, 0.1) == pytest.approx(266.67, abs=0.01)
    # The same as adding up the years one by one.
    years = sum(100 * (0.8 / 1.1) ** year for year in range(1, 400))
    assert profit.base_value(100, 0.8, 0.1) == pytest.approx(years)


def test_goal():
    assert profit.goal_state(5, None, None) == "none"
    assert [profit.goal_state(value, 10, 11) for value in (9, 10, 10.5, 11)] == ["below", "below", "better", "reached"]
