"""Rules of a campaign's plan, without a database."""

import doctest

from hypothesis import assume, given
from hypothesis import strategies as st
from suite_tools.crm_marketing import plan

days = st.none() | st.integers(1, 60)
money = st.decimals(0, 10000, places=2, allow_nan=False)


def test_examples_of_the_docstrings():
    assert doctest.testmod(plan).failed == 0


@given(days, days, days, days)
def test_overlap_is_mutual_and_means_a_common_day(start, end, other_start, other_end):
    assume(not (start and end and end < start) and not (other_start and other_end and other_end < other_start))
    found = plan.overlaps(start, end, other_start, other_end)
    assert found == plan.overlaps(other_start, other_end, start, end)
    one = set(range(start, (end or 61) + 1)) if start else set()
    two = set(range(other_start, (other_end or 61) + 1)) if other_start else set()
    assert found == bool(one & two)


@given(money, money, money, st.integers(0, 100), st.integers(0, 150))
def test_more_is_never_judged_milder(used, extra, budget, warn, stop):
    order = [plan.FREE, plan.WARN, plan.STOP]
    first = plan.budget_decision(used, extra, budget, warn, stop)
    more = plan.budget_decision(used, extra + 1, budget, warn, stop)
    assert order.index(more) >= order.index(first)
    if stop and budget > 0 and extra > 0 and used + extra > budget * stop / 100:
        assert first == plan.STOP


traits = st.dictionaries(st.sampled_from("abc"), st.sets(st.integers(1, 4)))


@given(traits, traits)
def test_likeness_is_a_percentage_and_full_for_itself(one, other):
    weights = {"a": 1.0, "b": 2.0, "c": 3.0}
    score, shared = plan.likeness(one, other, weights)
    assert 0 <= score <= 100.0000001
    assert bool(shared) == (score > 0)
    same, _shared = plan.likeness(one, one, weights)
    assert same == 0 if not any(one.values()) else abs(same - 100) < 1e-9
