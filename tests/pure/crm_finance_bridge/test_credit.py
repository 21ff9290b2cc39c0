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


@given(st.sampled_from(("none", "warn", "hold", "prepaid", "one_invoice")), limits, cents)
def test_unlimited_holds_no_amount(rule, limit, exposure):
    """R193: terms are unlimited where no amount of a first order is held."""
    terms = credit.Terms(rule=rule, amount_limit=limit)
    if terms.unlimited:
        assert not credit.judge(position(order=exposure), terms).holds
    elif rule == "hold":
        assert credit.judge(position(order=limit + 1), terms).holds
    else:
        assert rule in ("prepaid", "one_invoice")


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


RULES = st.sampled_from(["none", "warn", "hold", "prepaid", "one_invoice"])
STAGES = st.sampled_from([credit.ANY, credit.ORDER, credit.INCREASE, credit.DELIVERY])


@pytest.mark.parametrize("rule", ["none", "warn", "hold", "prepaid", "one_invoice"])
@pytest.mark.parametrize(
    ("stop", "stopped"),
    [
        ("orders", {"order", "increase", "any"}),
        ("deliveries", {"delivery", "any"}),
        ("all", {"order", "increase", "delivery", "any"}),
    ],
)
def test_a_stop_goes_before_any_rule(rule, stop, stopped):
    """R193: what is stopped is stopped under every rule, and nothing else is."""
    terms = credit.Terms(rule=rule, stop=stop)
    for stage in ("any", "order", "increase", "delivery"):
        verdict = credit.judge(credit.Position(), terms, stage)
        if stage in stopped:
            assert (verdict.state, [reason.code for reason in verdict.reasons]) == ("stop", ["stopped"])
        else:
            assert not verdict.holds


@pytest.mark.parametrize(("unpaid", "state"), [("0.01", "hold"), ("0", "prepaid")])
def test_prepaid_delivers_when_paid(unpaid, state):
    """R195: a cent unpaid holds the delivery; the order itself is never held."""
    terms = credit.Terms(rule=credit.PREPAID, amount_limit=Decimal(1))
    found = position(order="1000", unpaid=unpaid)
    assert credit.judge(found, terms, credit.DELIVERY).state == state
    assert credit.judge(found, terms, credit.ORDER).state == "prepaid"


def test_one_invoice_at_a_time():
    terms = credit.Terms(rule=credit.ONE_INVOICE)
    assert credit.judge(position(order="10"), terms).state == "one_invoice"
    assert credit.judge(position(order="10", draft="0.01"), terms).state == "hold"
    assert credit.judge(position(order="10", receivable="5", unapplied="-5"), terms).state == "one_invoice"
    assert not credit.judge(position(order="10", uninvoiced="5"), terms, credit.INCREASE).holds
    assert not credit.judge(position(uninvoiced="5"), terms, credit.DELIVERY).holds


def test_paid_goods_leave_whatever_else_is_open():
    """R193: a delivery that is paid in full is no risk; a cent unpaid is."""
    terms = credit.Terms(overdue_limit=Decimal(1))
    assert not credit.judge(position(overdue="2", unpaid="0"), terms, credit.DELIVERY).holds
    assert credit.judge(position(overdue="2", unpaid="0.01"), terms, credit.DELIVERY).holds
    assert credit.judge(position(overdue="2"), terms, credit.DELIVERY).holds


@given(RULES, STAGES, cents, cents, limits, st.integers(0, 99))
def test_every_hold_says_why(rule, stage, receivable, unpaid, limit, days):
    terms = credit.Terms(rule=rule, amount_limit=limit, max_days_overdue=days)
    found = credit.Position(receivable=receivable, unpaid=max(unpaid, Decimal(0)), days_overdue=40)
    verdict = credit.judge(found, terms, stage)
    assert not verdict.holds or verdict.reasons
