"""The payment score at its edges, as properties, and walk-forward on real-looking invoices."""

import csv
import doctest
import importlib
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

rules = importlib.import_module("suite_tools.crm_finance_bridge.payment_score")
Paid, Bill = rules.Paid, rules.Bill
DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "receivables.csv"
DAY = date(2026, 1, 1)
invoices = st.lists(
    st.builds(Paid, st.integers(-60, 400), st.integers(1, 10**6).map(float), st.booleans()), min_size=3, max_size=80
)


def test_doctests():
    result = doctest.testmod(rules)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize(("settled", "has"), [(0, False), (2, False), (3, True)])
def test_no_history_under_three(settled, has):
    """R194.1: under three settled invoices there is no score, however many are overdue."""
    found = rules.score([Paid(-1)] * settled + [Paid(40, settled=False)] * 5)
    assert (found.score is not None) is has
    assert (found.letter is not None) is has
    assert found.settled == settled


@given(invoices, st.floats(0, 1), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_bounds(found, prior, kept, broken, disputes):
    """R194.1: 0 to 100, and the parts account for every point taken off."""
    verdict = rules.score(found, prior, rules.Conduct(kept, broken, disputes))
    if verdict.score is None:
        return
    assert 0 <= verdict.score <= 100
    assert 0 <= verdict.late_probability <= 1
    assert verdict.letter in "ABCDE"
    assert abs(100 - sum(points for _code, points in verdict.parts) - verdict.score) <= 1
    assert min(one.days for one in found[-60:]) <= verdict.expected_delay <= max(one.days for one in found[-60:])


@given(invoices, st.floats(0, 1))
def test_one_more_late_invoice_never_helps(found, prior):
    before = rules.late_probability(found, prior)
    assert rules.late_probability([*found, Paid(5)], prior) >= min(before, 1.0) - 1e-9


def test_shrinks_to_the_company():
    """Three late invoices of a new customer are less sure than twenty."""
    few, many = (rules.late_probability([Paid(3)] * count, 0.2) for count in (3, 20))
    assert 0.2 < few < many < 1


def test_newer_invoices_count_more():
    worse = rules.score([Paid(-5)] * 10 + [Paid(20)] * 5)
    better = rules.score([Paid(20)] * 5 + [Paid(-5)] * 10)
    assert worse.late_probability > better.late_probability
    assert worse.trend == 25
    assert dict(worse.parts)["trend"] > dict(better.parts)["trend"] == 0


def test_conduct_costs_points():
    history = [Paid(-1)] * 10
    plain = rules.score(history).score
    assert rules.score(history, conduct=rules.Conduct(1, 1)).score == plain - 5
    assert rules.score(history, conduct=rules.Conduct(disputes=9)).score == plain - 5


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(-20, 90)), min_size=1, max_size=30), st.integers(0, 400))
def test_nothing_of_the_future_is_known(rows, offset):
    """Cutting away what happens on or after the day changes nothing that is known on the day."""
    day = DAY + timedelta(days=offset)
    bills = [
        Bill("c", DAY + timedelta(start), DAY + timedelta(start + 30), DAY + timedelta(start + 30 + late))
        for start, late in rows
        if late >= -30
    ]
    cut = [
        Bill(bill.customer, bill.date, bill.due, bill.settled if bill.settled < day else None)
        for bill in bills
        if bill.date < day
    ]
    assert rules.known_at(bills, day) == rules.known_at(cut, day)


def test_walk_forward_on_invoices():
    """R194.1: 0.80 right on late or on time, 6.3 days of mean error."""
    if not DATA.is_file():
        pytest.skip(f"{DATA} is not there")

    def day(text):
        return datetime.strptime(text, "%m/%d/%Y").date()

    with open(DATA, newline="") as lines:
        bills = [
            Bill(
                row["customerID"],
                day(row["InvoiceDate"]),
                day(row["DueDate"]),
                day(row["SettledDate"]),
                float(row["InvoiceAmount"]),
            )
            for row in csv.DictReader(lines)
        ]
    check = rules.walk_forward(bills)
    assert check.judged > 2000
    assert check.right >= 0.80
    assert check.error <= 6.3
    assert check.right > check.naive
