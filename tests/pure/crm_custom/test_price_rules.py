"""Departures from the price agreed, and prices by weight."""

import doctest
import importlib

from hypothesis import assume, given
from hypothesis import strategies as st

rules = importlib.import_module("suite_tools.crm_custom.price_rules")

PRICES = st.floats(0.01, 10**6)


def test_examples_in_docstrings():
    result = doctest.testmod(rules)
    assert result.attempted > 0
    assert result.failed == 0


@given(PRICES, st.floats(0, 100))
def test_a_discount_within_the_limit_never_needs_approval(price, discount):
    discount = round(discount, 2)
    assert rules.deviation(price, rules.net_price(price, discount), max_discount=discount) == 0


@given(PRICES, st.floats(0.1, 100))
def test_a_discount_above_the_limit_always_does(price, discount):
    assume(price * discount / 100 > 0.02)
    assert rules.deviation(price, rules.net_price(price, discount)) < 0


@given(PRICES, st.floats(0.01, 1000), st.integers(1, 1000))
def test_amount_of_a_line_is_price_times_weight(price, weight, quantity):
    amount = rules.unit_price_by_weight(price, weight, quantity) * quantity
    assert abs(amount - price * weight) <= 1e-9 * max(1, price * weight)
