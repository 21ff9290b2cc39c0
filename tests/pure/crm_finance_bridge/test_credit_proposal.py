"""The proposed limit at its corners, and as properties."""

import doctest
import importlib
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

proposal = importlib.import_module("suite_tools.crm_finance_bridge.credit_proposal")
money = st.integers(min_value=1, max_value=10**12).map(lambda n: Decimal(n) / 100)


def test_doctests():
    result = doctest.testmod(proposal)
    assert result.attempted > 0
    assert result.failed == 0


def test_without_sales_nothing_is_proposed():
    assert proposal.propose(proposal.Need(Decimal(-5), 90)) is None


@given(money, money, st.sampled_from(["", "A", "B", "C", "D", "E"]), st.integers(0, 120))
def test_a_proposal_is_never_no_limit_and_never_above_the_cap(sales, cap, letter, term):
    found = proposal.propose(proposal.Need(sales, 90, Decimal(term), letter, cap))
    assert 0 < found.amount <= cap
    assert found.capped == (proposal.propose(proposal.Need(sales, 90, Decimal(term), letter)).amount > cap)


@given(money, st.integers(0, 120))
def test_who_pays_worse_gets_less(sales, term):
    amounts = [proposal.propose(proposal.Need(sales, 90, Decimal(term), letter)).amount for letter in "ABCDE"]
    assert amounts == sorted(amounts, reverse=True)


@given(money)
def test_rounding_up_is_at_most_a_tenth(amount):
    found = proposal.rounded(amount)
    assert found >= amount
    assert found <= max(amount * Decimal("1.1"), amount + 1)


@given(money, money, st.lists(money, max_size=5))
def test_blocked_is_what_the_rule_would_hold(exposure, limit, amounts):
    credit = importlib.import_module("suite_tools.crm_finance_bridge.credit")
    orders = dict(enumerate(amounts))
    held = [
        number
        for number, amount in orders.items()
        if credit.judge(credit.Position(receivable=exposure, order=amount), credit.Terms(amount_limit=limit)).holds
    ]
    assert proposal.blocked(exposure, limit, orders) == held
