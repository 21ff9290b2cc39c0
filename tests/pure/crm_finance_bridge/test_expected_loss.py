"""Expected loss: roll rates against counting by hand, the option model against published values and limits."""

import doctest
import importlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

rules = importlib.import_module("suite_tools.crm_finance_bridge.expected_loss")
Bill = importlib.import_module("suite_tools.crm_finance_bridge.payment_score").Bill
DAY = date(2026, 6, 1)
shares = st.tuples(*[st.floats(0, 1)] * rules.STEPS)


def bill(age, took, amount=100.0, customer="a"):
    """Due `age` days before DAY, paid `took` days after (None = never)."""
    due = DAY - timedelta(days=age)
    return Bill(customer, due - timedelta(30), due, None if took is None else due + timedelta(days=took), amount)


def test_doctests():
    result = doctest.testmod(rules)
    assert result.attempted > 0
    assert result.failed == 0


def test_roll_rates_by_hand():
    """R194: of 40 old bills 20 were late, 10 still open after 30 days, 4 for ever."""
    bills = [bill(400, 0)] * 20 + [bill(400, 10)] * 10 + [bill(400, 45)] * 6 + [bill(400, None)] * 4
    rates = rules.roll_rates(bills, DAY)
    assert rates.steps == (0.5, 0.5, 0.4, 1, 1, 1, 1)
    assert rates.fresh == pytest.approx(0.1)  # 4 of 40
    assert rates.ahead(5) == pytest.approx(0.2)  # late already: 4 of 20
    assert rates.ahead(31) == pytest.approx(0.4)  # 4 of 10
    assert rates.ahead(181) == 1
    assert rates.ahead(0, late=1.0) == pytest.approx(0.2)


def test_young_bills_tell_about_the_steps_they_passed():
    bills = [bill(400, 0)] * 20 + [bill(20, None)] * 20
    assert rules.roll_rates(bills, DAY).steps[0] == 0.5
    assert rules.roll_rates(bills[:19], DAY) is None


@given(shares, st.integers(-30, 400), st.integers(1, 60))
def test_older_is_never_safer(steps, days, more):
    rates = rules.Rates(50, steps)
    assert 0 <= rates.ahead(days) <= rates.ahead(days + more) + 1e-12 <= 1 + 1e-9


@given(shares, st.lists(st.tuples(st.integers(-60, 300), st.integers(1, 10**6)), max_size=20), st.integers(0, 10**6))
def test_loss_is_at_most_what_is_owed(steps, items, sales):
    open_loss, coming = rules.losses(items, sales, rules.Rates(50, steps))
    assert 0 <= open_loss <= sum(amount for _days, amount in items) + 1e-6
    assert 0 <= coming <= sales + 1e-6
    half = rules.losses(items, sales, rules.Rates(50, steps), share=0.5)
    assert half == (pytest.approx(open_loss / 2), pytest.approx(coming / 2))


@pytest.mark.parametrize(
    ("balance", "distance", "probability"),
    [((140, 100, 0.2), 1.5823611831, 0.0567838), ((100, 90, 0.3), 0.2012017189, 0.4202712)],
)
def test_option_probability(balance, distance, probability):
    """R194.1: distance to default (ln(V/D) - s^2/2) / s and N of its negative, rate zero."""
    found = rules.option(rules.Balance(*balance))
    assert found.distance == pytest.approx(distance, abs=1e-6)
    assert found.probability == pytest.approx(probability, abs=1e-5)


def test_option_obeys_put_call_parity():
    """R194.1: put = call - assets + debts, at rate zero."""
    found = rules.option(rules.Balance(100, 95, 0.5), years=0.25)
    d1 = found.distance + 0.25
    call = 100 * rules.normal(d1) - 95 * rules.normal(found.distance)
    assert found.loss * 95 == pytest.approx(call - 100 + 95, abs=1e-9)  # put-call parity


@given(st.floats(1, 1e6), st.floats(1, 1e6), st.floats(0.01, 2))
def test_option_limits(assets, debts, volatility):
    """R194.1: the share lost lies between what is missing today and all, and more assets never add to it."""
    found = rules.option(rules.Balance(assets, debts, volatility))
    assert max(1 - assets / debts, 0) - 1e-9 <= found.loss <= 1
    assert found.loss <= found.probability + 1e-9
    assert rules.option(rules.Balance(assets * 1.1, debts, volatility)).loss <= found.loss + 1e-9


@pytest.mark.parametrize("figures", [(0, 100, 0.2), (100, 0, 0.2), (100, 100, 0)])
def test_option_without_figures(figures):
    assert rules.option(rules.Balance(*figures)) is None
    assert rules.option_loss(rules.Balance(*figures), 1000) is None
    assert rules.option_loss(None, 1000) is None


def test_check_judges_by_what_was_known():
    """R194.1: methods are compared by what they would have said, on invoices whose end is known."""
    old = [bill(700, 0, customer="good")] * 20 + [bill(700, None, customer="bad")] * 20
    fresh = [bill(190, 5, customer="good")] * 5 + [bill(190, None, customer="bad")] * 5
    found = rules.check(old + fresh, DAY - timedelta(200), DAY, {"good": 0.0, "bad": 1.0})
    assert found["roll"].judged == found["behaviour"].judged == 10
    assert found["behaviour"].brier == pytest.approx(0)
    assert found["roll"].brier == pytest.approx(0.25)
    assert found["behaviour"].expected == found["behaviour"].lost == 500
    blind = rules.check(old, DAY - timedelta(900), DAY, {})
    assert blind["roll"].judged == 0
