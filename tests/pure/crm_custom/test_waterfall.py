"""The change of the pipeline balances to the cent, in total and for whoever answers for a deal."""

import doctest
import importlib
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

waterfall = importlib.import_module("suite_tools.crm_custom.waterfall")
snapshots = importlib.import_module("suite_tools.crm_custom.snapshots")

UNITS = st.tuples(st.sampled_from(("c1", "c2")), st.sampled_from(("A", "B", False)))
STATES = st.none() | st.builds(
    waterfall.State,
    st.sampled_from(("open", "won", "lost", "parked", "gone")),
    st.integers(-(10**9), 10**9),
    UNITS,
    st.booleans(),
)


def test_examples_in_docstrings():
    for module in (waterfall, snapshots):
        result = doctest.testmod(module)
        assert result.attempted > 0
        assert result.failed == 0


@given(st.lists(st.tuples(STATES, STATES), max_size=30))
def test_start_and_changes_make_the_end_in_every_unit(deals):
    balance, starts, ends = Counter(), Counter(), Counter()
    for before, after in deals:
        for step, amount, unit, _reason in waterfall.steps(before, after):
            if step == "9_end":
                ends[unit] += amount
                balance[unit] -= amount
            else:
                balance[unit] += amount
            if step == "1_start":
                starts[unit] += amount
    assert not any(balance.values())
    for side, totals in ((0, starts), (1, ends)):
        held = Counter()
        for pair in deals:
            if pair[side] is not None and pair[side].is_open:
                held[pair[side].unit] += pair[side].amount
        assert {unit: cents for unit, cents in held.items() if cents} == {
            unit: cents for unit, cents in totals.items() if cents
        }


@given(STATES, STATES)
def test_no_step_twice(before, after):
    codes = [row[0] for row in waterfall.steps(before, after)]
    assert len(codes) == len(set(codes))


@given(STATES)
def test_nothing_happens_to_a_deal_that_stays(state):
    assert {row[0] for row in waterfall.steps(state, state)} <= {"1_start", "9_end"}
