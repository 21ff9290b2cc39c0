"""Promises: no cent keeps two promises, none is given late, and what is spread is what was promised."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_finance_bridge import promise as rules

DAY = date(2026, 1, 1)
days = st.integers(0, 20).map(lambda number: DAY + timedelta(days=number))
promised = st.lists(st.tuples(days, st.integers(1, 100), st.integers(0, 6)), max_size=5).map(
    lambda rows: [rules.Promised(key, *row) for key, row in enumerate(rows)]
)
settled = st.lists(st.tuples(days, st.integers(1, 100)), max_size=6).map(
    lambda rows: [rules.Settlement(number, *row) for number, row in enumerate(rows, 1)]
)


@given(promised, settled)
def test_share_out(promises, settlements):
    parts = rules.share_out(promises, settlements)
    by_key = {item.key: item for item in promises}
    by_number = {item.number: item for item in settlements}
    assert len({part[:2] for part in parts}) == len(parts)
    for key, number, amount in parts:
        assert amount > 0
        assert by_number[number].date <= by_key[key].deadline
        assert number > by_key[key].known
    for key, item in by_key.items():
        assert sum(part[2] for part in parts if part[0] == key) <= item.amount
    for number, item in by_number.items():
        given_out = sum(part[2] for part in parts if part[1] == number)
        assert given_out <= item.amount
        if given_out < item.amount:  # nothing is left over that an unkept promise could have had
            for one in promises:
                if number > one.known and item.date <= one.deadline:
                    assert sum(part[2] for part in parts if part[0] == one.key) == one.amount


@given(st.integers(1, 100), st.integers(0, 120), st.integers(0, 120), days, days)
def test_outcome(amount, paid, money, deadline, today):
    state = rules.outcome(amount, paid, min(paid, money), deadline, today)
    if paid >= amount:
        assert state in (rules.KEPT, rules.CANCELLED)
    elif today <= deadline:
        assert state == rules.OPEN
    else:
        assert state == (rules.PART if paid else rules.BROKEN)


@given(st.integers(0, 500), st.lists(st.integers(0, 100), max_size=6))
def test_spread(amount, residuals):
    shares = rules.spread(amount, list(enumerate(residuals)))
    assert sum(share for _key, share in shares) == min(amount, sum(residuals))
    assert all(0 < share <= residuals[key] for key, share in shares)
