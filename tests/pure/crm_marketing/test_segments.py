"""R142.1, R142.2: buying patterns, payer classes and the layout of a budget."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_marketing import segments

MONEY = st.integers(0, 10**7).map(lambda cents: cents / 100)
NEEDS = st.lists(st.tuples(MONEY, MONEY), max_size=12).map(
    lambda pairs: [segments.Need(key, cost, margin) for key, (cost, margin) in enumerate(pairs)]
)


@pytest.mark.parametrize(
    ("orders", "gap", "days", "expected"),
    [
        (0, None, None, "none"),
        (1, None, 5, "single"),
        (2, None, 5, "few"),
        (3, 14, 28, "frequent"),
        (3, 14, 29, "dormant"),
        (3, 31, 1, "frequent"),
        (3, 32, 1, "regular"),
        (3, 90, 1, "regular"),
        (3, 91, 1, "seldom"),
    ],
)
def test_pattern(orders, gap, days, expected):
    """R142.1: each limit of the rule."""
    assert segments.pattern(orders, gap, days) == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [(None, "none"), (-3, "prompt"), (0, "prompt"), (0.1, "slow"), (30, "slow"), (30.1, "late")],
)
def test_payer(days, expected):
    assert segments.payer(days) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("555, 54*", ["555", "54*"]), ("5**;111", ["5**", "111"]), ("", []), (None, []), ("556,55", []), ("555 abc", [])],
)
def test_cells(text, expected):
    assert segments.cells(text) == expected


@given(MONEY, NEEDS)
def test_allocate(budget, needs):
    """R142.2: never more than the budget or a need; a better ratio is served in full before the next gets anything."""
    given_money = segments.allocate(budget, needs)
    assert sum(given_money.values()) <= budget + 0.01
    ranked = [need for need in segments.rank(needs) if need.ratio >= 1]
    for better, worse in zip(ranked, ranked[1:], strict=False):
        assert better.ratio >= worse.ratio
        if given_money[worse.key]:
            assert given_money[better.key] == pytest.approx(better.cost, abs=0.01)
    assert all(0 <= given_money[need.key] <= need.cost + 0.01 for need in segments.rank(needs))
    assert all(not given_money[need.key] for need in segments.rank(needs) if need.ratio < 1)


def test_no_cost_is_no_rank():
    """R142.2: without a cost there is no ratio, hence no place and no money."""
    assert segments.rank([segments.Need(1, 0, 50)]) == []
    assert segments.allocate(100, [segments.Need(1, 0, 50)]) == {}
