import doctest
import importlib

from hypothesis import given
from hypothesis import strategies as st

order_to_cash = importlib.import_module("suite_tools.crm_custom.order_to_cash")
money = st.integers(0, 10**7).map(lambda cents: cents / 100)
ORDER = ["none", "to_ship", "part_shipped", "shipped", "part_invoiced", "invoiced", "part_paid", "paid"]


def test_examples():
    """R009: the examples in the rule's own text hold."""
    result = doctest.testmod(order_to_cash)
    assert result.attempted and not result.failed


@given(st.lists(money, min_size=4, max_size=4), money)
def test_more_money_never_goes_back_a_stage(amounts, more):
    """R009: collecting more never moves the status backwards."""
    ordered, delivered, invoiced, collected = amounts
    before = order_to_cash.stage(ordered, delivered, invoiced, collected)
    after = order_to_cash.stage(ordered, delivered, invoiced, collected + more)
    assert ORDER.index(after) >= ORDER.index(before)
