"""When a customer is reminded and of what: the rule at its edges and as properties."""

import datetime
import doctest
import importlib
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

dunning = importlib.import_module("suite_tools.crm_finance_bridge.dunning")
TODAY = datetime.date(2026, 6, 30)
amounts = st.integers(1, 50).map(lambda number: Decimal(number * 10))
dues = st.integers(0, 200).map(lambda days: TODAY - datetime.timedelta(days=days))


def test_doctests():
    assert not doctest.testmod(dunning).failed


@given(st.lists(st.tuples(dues, amounts), max_size=8), st.lists(amounts, max_size=6))
def test_receipts_cover_no_more_and_no_less_than_they_are(debts, receipts):
    debts = [dunning.Debt(key, *debt) for key, debt in enumerate(debts)]
    left = dunning.uncovered(debts, receipts)
    owed = sum(debt.amount for debt in debts)
    assert all(0 <= left[debt.key] <= debt.amount for debt in debts)
    assert sum(left.values()) == max(owed - sum(receipts), 0)


@given(st.lists(st.tuples(dues, amounts), min_size=1, max_size=8), st.data())
def test_a_receipt_of_the_exact_amount_covers_its_invoice(debts, data):
    debts = [dunning.Debt(key, *debt) for key, debt in enumerate(debts)]
    paid = data.draw(st.sampled_from(debts))
    left = dunning.uncovered(debts, [paid.amount])
    assert sorted(key for key in left if not left[key]) == [
        min((debt for debt in debts if debt.amount == paid.amount), key=lambda debt: (debt.due, debt.key)).key
    ]


@given(st.integers(0, 40), st.integers(0, 60), st.sets(st.integers(0, 6), max_size=6))
def test_working_days_are_counted_one_by_one(days, later, off):
    def is_working(day):
        return day.weekday() not in off

    today = TODAY + datetime.timedelta(days=later)
    cutoff = dunning.latest_due(today, days, is_working)
    if not is_working(today):
        assert cutoff is None
        return

    def passed(due):
        return sum(is_working(due + datetime.timedelta(days=step)) for step in range(1, (today - due).days + 1))

    assert passed(cutoff) >= days
    assert cutoff == today or passed(cutoff + datetime.timedelta(days=1)) < days


@given(st.integers(1, 10**9), st.integers(1, 9), st.floats(0, 99), st.floats(0.01, 1))
def test_a_larger_share_holds_out_the_same_customers_and_more(partner, rank, share, more):
    assert dunning.held_out(partner, rank, share) <= dunning.held_out(partner, rank, share + more)


@given(dues, st.integers(1, 5))
def test_levels_come_one_at_a_time(due, number):
    cutoffs = [TODAY - datetime.timedelta(days=10 * step) for step in range(number)]
    last = 0
    while rank := dunning.next_rank(due, last, cutoffs):
        assert rank == last + 1
        last = rank
    assert last == sum(due <= cutoff for cutoff in cutoffs)
