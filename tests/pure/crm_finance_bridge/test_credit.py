"""The credit rule at its boundaries, and as properties."""

import doctest
import importlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

credit = importlib.import_module("suite_tools.crm_finance_bridge.credit")
cents = st.integers(min_value=-(10**9), max_value=10**9).map(lambda n: Decimal(n) / 100)
limits = st.integers(min_value=0, max_value=10**9).map(lambda n: Decimal(n) / 100)


def position(**values):
    return credit.Position(**{key: Decimal(value) if key != "days_overdue" else value for key, value in values.items()})


def test_doctests():
    result = doctest.testmod(credit)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize(
    ("exposure", "state"),
    [("0", "ok"), ("899.99", "ok"), ("900.00", "watch"), ("1000.00", "watch"), ("1000.01", "hold")],
)
def test_amount_limit_boundaries(exposure, state):
    """R193: equal to the limit passes, one cent over holds, 90 % is watched."""
    verdict = credit.judge(position(order=exposure), credit.Terms(amount_limit=Decimal(1000)))
    assert verdict.state == state
    assert bool(verdict.reasons) == (state == "hold")


@pytest.mark.parametrize(("overdue", "holds"), [("500.00", False), ("500.01", True)])
def test_overdue_limit_boundaries(overdue, holds):
    """R178: the overdue total may equal its limit."""
    assert credit.judge(position(overdue=overdue), credit.Terms(overdue_limit=Decimal(500))).holds is holds


@pytest.mark.parametrize(("days", "holds"), [(30, False), (31, True)])
def test_days_overdue_boundaries(days, holds):
    """R179: as old as allowed passes, a day more holds."""
    assert credit.judge(position(days_overdue=days), credit.Terms(max_days_overdue=30)).holds is holds


def test_parts_add_up_and_receipts_are_netted():
    """R193: exposure is the sum of its parts, unapplied receipts lower it."""
    found = position(receivable="700.10", unapplied="-200.05", uninvoiced="300", draft="50", order="149.95")
    assert found.exposure == Decimal("1000.00")
    assert not credit.judge(found, credit.Terms(amount_limit=Decimal(1000))).holds


def test_zero_limits_check_nothing():
    assert credit.judge(position(order="1000000", overdue="9", days_overdue=900), credit.Terms()).state == "none"


def test_every_reason_is_named():
    terms = credit.Terms(amount_limit=Decimal(10), overdue_limit=Decimal(5), max_days_overdue=1)
    verdict = credit.judge(position(order="11", overdue="6", days_overdue=2), terms)
    assert [reason.code for reason in verdict.reasons] == ["over_limit", "overdue", "too_old"]
    assert [reason.excess for reason in verdict.reasons] == [Decimal(1), Decimal(1), Decimal(1)]


@given(cents, cents, limits, limits, st.integers(0, 999), st.integers(0, 999))
def test_only_the_rule_tells_warn_from_hold(order, overdue, amount_limit, overdue_limit, days, max_days):
    found = credit.Position(order=order, overdue=overdue, days_overdue=days)
    limited = {"amount_limit": amount_limit, "overdue_limit": overdue_limit, "max_days_overdue": max_days}
    hold = credit.judge(found, credit.Terms(rule="hold", **limited))
    warn = credit.judge(found, credit.Terms(rule="warn", **limited))
    assert hold.reasons == warn.reasons
    assert hold.holds == bool(hold.reasons)
    assert not warn.holds
    assert credit.judge(found, credit.Terms(rule="none", **limited)).state == "none"


@given(cents, limits.filter(bool), limits)
def test_more_debt_never_frees_an_order(order, amount_limit, more):
    terms = credit.Terms(amount_limit=amount_limit)
    before = credit.judge(credit.Position(order=order), terms)
    after = credit.judge(credit.Position(order=order + more), terms)
    assert not before.holds or after.holds
