"""The figures of collection, concentration and roll rates, at their edges and as properties."""

import doctest
import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

kpi = importlib.import_module("suite_tools.crm_finance_bridge.receivable_kpi")
concentration = importlib.import_module("suite_tools.crm_finance_bridge.concentration")
roll_rate = importlib.import_module("suite_tools.crm_finance_bridge.roll_rate")
money = st.integers(min_value=0, max_value=10**11).map(lambda cents: cents / 100)


@pytest.mark.parametrize("module", [kpi, concentration, roll_rate])
def test_doctests(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def test_formula_trap():
    """R171: the published sample gives two CEI values; ours is that of the whole window, the other takes a month."""
    assert round(kpi.effectiveness(6200, 10890, 6340, 3590), 1) == 79.6
    assert round(kpi.effectiveness(6200, 10890 / 3, 6340, 3590), 1) == 55.9


@given(money, money, money, st.integers(min_value=1, max_value=365))
def test_delinquent_days_are_the_difference(current, late, sales, days):
    """R171: DSO is best-possible DSO and the delinquent days; without sales none of them is said."""
    found = kpi.figures(kpi.Inputs(0, current + late, current, sales, days))
    if sales <= 0:
        assert found["dso"] is found["bpdso"] is found["add"] is None
    else:
        assert found["add"] == pytest.approx(late / sales * days, abs=1e-6 * (1 + found["dso"]))
        assert found["bpdso"] <= found["dso"]


@given(st.lists(st.tuples(st.integers(1, 31), st.floats(min_value=1, max_value=1e6)), min_size=1, max_size=24))
def test_countback_of_whole_months(months):
    """R171: receivables worth exactly the sales of all months are worth all their days."""
    whole = sum(sales for _days, sales in months)
    assert kpi.countback(whole * 0.999999, months) <= sum(days for days, _sales in months)
    assert kpi.countback(whole * 1.01, months) is None


@given(st.dictionaries(st.integers(), st.floats(min_value=-1e9, max_value=1e9, allow_nan=False)))
def test_shares_add_up(amounts):
    """R177: the shares of those who owe add up to 100; the index is 10,000 at most."""
    found = concentration.shares(amounts)
    owed = sum(amount for amount in amounts.values() if amount > 0)
    assert sum(found.values()) == pytest.approx(100 if owed else 0)
    assert 0 <= concentration.summary(list(found.values()), 10)["index"] <= 10000.0001


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["a", "b", "settled"]), st.floats(0.01, 1e6)),
        max_size=20,
    )
)
def test_outcomes_add_up(moves):
    """R171: what was in a bucket is settled, stays or rolls: the shares add up to 1."""
    for row in roll_rate.rates(moves).values():
        assert sum(row.values()) == pytest.approx(1)
