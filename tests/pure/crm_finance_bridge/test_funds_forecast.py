"""The forecast of receipts: certain cases exactly, uncertain ones by their bounds."""

import doctest
import importlib
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

rules = importlib.import_module("suite_tools.crm_finance_bridge.funds_forecast")
Bill = importlib.import_module("suite_tools.crm_finance_bridge.payment_score").Bill
DAY = date(2026, 6, 1)
SURE = [0] * 20
amounts = st.integers(1, 10**6).map(lambda cents: cents / 100)


def test_doctests():
    result = doctest.testmod(rules)
    assert result.attempted > 0
    assert result.failed == 0


def test_certain_money_comes_in_its_week():
    """R200: who always pays on the due date pays in that week, whatever quantile is asked."""
    items = [rules.Expected("a", 100.0, DAY + timedelta(days=8)), rules.Expected("a", 40.0, DAY)]
    weeks = rules.forecast(items, DAY, {"a": SURE}, SURE, weeks=3)
    assert [(week.low, week.middle, week.high) for week in weeks] == [(40,) * 3, (100,) * 3, (0,) * 3]


def test_promise_comes_on_its_day():
    """R200: with promises always kept the money comes on the promised day, with none kept by behaviour."""
    item = rules.Expected("a", 100.0, DAY, promised=DAY + timedelta(days=15))
    weeks = [rules.forecast([item], DAY, {"a": SURE}, SURE, weeks=3, kept=kept) for kept in (1.0, 0.0)]
    assert [[week.mean for week in answer] for answer in weeks] == [[0, 0, 100], [100, 0, 0]]


def test_later_than_anyone_ever_was():
    item = rules.Expected("a", 100.0, DAY - timedelta(days=90))
    assert sum(week.high for week in rules.forecast([item], DAY, {"a": SURE}, SURE)) == 0


def test_opportunity_comes_or_not():
    items = [rules.Expected("a", 100.0, DAY, chance=0.3)]
    [week] = rules.forecast(items, DAY, {"a": SURE}, SURE, weeks=1, draws=2000)
    assert (week.low, week.middle, week.high) == (0, 0, 100)
    assert 25 < week.mean < 35


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), amounts, st.integers(-60, 90)), max_size=12),
    st.lists(st.integers(-20, 60), min_size=3, max_size=30),
    st.floats(1, 4),
)
def test_bounds(rows, delays, spread):
    """Quantiles are in order, never negative; without widening no week exceeds all the money; runs repeat."""
    items = [rules.Expected(customer, amount, DAY + timedelta(days=ahead)) for customer, amount, ahead in rows]
    pool = sorted(delays)
    weeks = rules.forecast(items, DAY, {"a": pool}, pool, draws=40)
    total = sum(item.amount for item in items)
    for week in weeks:
        assert 0 <= week.low <= week.middle <= week.high <= total + 0.01
    assert weeks == rules.forecast(items, DAY, {"a": pool}, pool, draws=40)
    for wide, week in zip(rules.forecast(items, DAY, {"a": pool}, pool, draws=40, spread=spread), weeks, strict=True):
        assert 0 <= wide.low <= week.low + 1e-9
        assert wide.high >= week.high - 1e-9


def test_spread_covers_eight_of_ten():
    rows = [(90.0, 100.0, 110.0, 100.0 + shift) for shift in range(0, 40, 2)]
    spread = rules.spread_of(rows)
    inside = sum(low - 10 * (spread - 1) <= actual <= 100 + 10 * spread for low, _mid, _high, actual in rows)
    assert inside / len(rows) >= 0.8
    assert rules.spread_of(rows[:5]) == 1.0


def test_backtest_knows_only_the_past():
    """R200: what is settled after the day of the forecast does not change what it said."""
    bills = [
        Bill("a", DAY + timedelta(7 * index), DAY + timedelta(7 * index + 30), DAY + timedelta(7 * index + 35))
        for index in range(30)
    ]
    day = DAY + timedelta(120)
    later = [Bill(bill.customer, bill.date, bill.due, None) if bill.settled >= day else bill for bill in bills]
    known = [row.week for row in rules.backtest(later, [day], weeks=4)]
    assert [row.week for row in rules.backtest(bills, [day], weeks=4)] == known
    inside, error, _bias = rules.summary(rules.backtest(bills, [day], weeks=4))
    assert inside == 1
    assert error < 0.01
