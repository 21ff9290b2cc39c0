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


used = st.none() | st.floats(-2, 9)


@given(invoices, st.floats(0, 1), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), used)
def test_bounds(found, prior, kept, broken, disputes, used):
    """R194.1: 0 to 100, and the parts account for every point taken off."""
    verdict = rules.score(found, prior, rules.Conduct(kept, broken, disputes, used))
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


@pytest.mark.parametrize(
    ("used", "points"), [(-1.0, 0), (0.0, 0), (0.5, 0), (0.51, 0.2), (0.75, 5), (0.99, 9.8), (1.0, 10), (3.0, 10)]
)
def test_credit_limit_costs_points(used, points):
    """R194.1: half of the limit is free, all of it and more costs ten points."""
    verdict = rules.score([Paid(-1)] * 10, conduct=rules.Conduct(used=used))
    assert dict(verdict.parts)["limit"] == points


def test_without_limit_the_other_parts_share_its_points():
    """R194.1: no limit is no part; the worst of all is 0 with and without one."""
    worst = [Paid(0)] * 5 + [Paid(400)] * 55
    conduct = {"broken": 1, "disputes": 3}
    without = rules.score(worst, 1.0, rules.Conduct(**conduct))
    whole = rules.score(worst, 1.0, rules.Conduct(**conduct, used=1.0))
    assert "limit" not in dict(without.parts)
    assert len(whole.parts) == len(without.parts) + 1
    assert without.score == whole.score <= 1
    for code, taken in without.parts:
        assert abs(dict(whole.parts)[code] - 0.9 * taken) <= 0.1
    unused = rules.score(worst, 1.0, rules.Conduct(**conduct, used=0.0))
    assert unused.score == pytest.approx(whole.score + 10, abs=1)


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
