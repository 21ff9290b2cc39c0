"""R131, R136: return, payback and budget rules, by example and by law."""

import doctest
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_marketing import roi

cents = st.decimals(min_value=-100000, max_value=100000, places=2)
positive = st.decimals(min_value=Decimal("0.01"), max_value=100000, places=2)
days = st.dates(min_value=date(2024, 1, 1), max_value=date(2024, 3, 31))
movements = st.lists(st.tuples(days, cents, cents), max_size=25)


def test_doctests_of_the_rules():
    result = doctest.testmod(roi)
    assert result.attempted >= 9
    assert result.failed == 0


@given(cents, positive)
def test_both_readings_differ_by_exactly_one(collected, cost):
    """R136: return = output/input - 1; they are two names for one fact."""
    difference = roi.output_input(collected, cost) - roi.campaign_return(collected, cost)
    assert difference == pytest.approx(1, abs=1e-9)


@given(cents, st.decimals(min_value=-1000, max_value=0, places=2))
def test_without_cost_there_is_no_number_but_a_state(collected, cost):
    """R136: no cost posted is 'no cost yet', never a division by zero."""
    assert roi.campaign_return(collected, cost) is None
    assert roi.output_input(collected, cost) is None
    assert roi.return_state(collected, cost) == roi.NO_COST


@given(cents, positive)
def test_state_agrees_with_the_sign_of_the_return(collected, cost):
    value = roi.campaign_return(collected, cost)
    state = roi.return_state(collected, cost)
    assert (state == roi.PAID_BACK) == (value >= 0)
    assert (state == roi.NOTHING_COLLECTED) == (collected <= 0)


@given(positive, positive, st.integers(1, 100))
def test_budget_state_rises_with_spending(spent, budget, warn):
    order = {roi.WITHIN: 0, roi.WARN: 1, roi.OVER: 2}
    lower = roi.budget_state(spent, budget, warn)
    higher = roi.budget_state(spent + 1, budget, warn)
    assert order[lower] <= order[higher]


@pytest.mark.parametrize(
    ("spent", "expected"),
    [("79.99", "within"), ("80.00", "warn"), ("100.00", "warn"), ("100.01", "over"), ("0", "within"), ("-5", "within")],
)
def test_budget_state_at_the_borders(spent, expected):
    """R131: the warning starts at 80 %, 'over' one cent above the budget."""
    assert roi.budget_state(Decimal(spent), Decimal(100), 80) == expected


def test_no_budget_is_a_state_and_not_zero_percent():
    assert roi.budget_state(50, 0, 80) == roi.NO_BUDGET
    assert roi.budget_share(50, 0) is None


@given(movements)
def test_payback_is_the_last_turn_to_the_good(moves):
    """R136: covered on the payback day and every day after; not covered on the day before (if any entry)."""

    def covered(until):
        collected = sum((c for d, c, _k in moves if d <= until), Decimal(0))
        cost = sum((k for d, _c, k in moves if d <= until), Decimal(0))
        return cost > 0 and collected >= cost

    payback = roi.payback_date(moves)
    last = max((d for d, _c, _k in moves), default=None)
    if payback is None:
        assert last is None or not covered(last)
        return
    assert all(covered(d) for d, _c, _k in moves if d >= payback)
    assert not covered(payback - timedelta(days=1))


@given(movements, st.randoms(use_true_random=False))
def test_payback_does_not_depend_on_the_order_of_entries(moves, random):
    shuffled = list(moves)
    random.shuffle(shuffled)
    assert roi.payback_date(shuffled) == roi.payback_date(moves)


def test_response_rate_needs_deliveries():
    assert roi.response_rate(3, 0) is None
    assert roi.response_rate(3, 60) == 5.0
