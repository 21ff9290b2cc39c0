"""Commission rules at their boundaries, and as properties."""

import doctest
import importlib
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

commission = importlib.import_module("suite_tools.crm_finance_bridge.commission")
cents = st.integers(-(10**8), 10**8).map(lambda n: Decimal(n) / 100)
rates = st.integers(0, 2000).map(lambda n: Decimal(n) / 100)
tier_lists = st.lists(
    st.tuples(st.integers(0, 10**6).map(Decimal), rates), min_size=1, max_size=5, unique_by=lambda tier: tier[0]
).map(sorted)


def test_examples_in_docstrings():
    result = doctest.testmod(commission)
    assert result.attempted > 0
    assert result.failed == 0


@given(tier_lists, st.lists(cents, max_size=20), st.booleans())
def test_steps_sum_to_the_total(tiers, bases, progressive):
    reached, paid = Decimal(0), Decimal(0)
    for base in bases:
        paid += commission.tier_step(tiers, reached, base, progressive)
        reached += base
    assert paid == commission.rounded(commission.tier_total(tiers, reached, progressive))


@given(tier_lists, st.integers(0, 10**6).map(Decimal))
def test_progressive_is_the_integral_of_the_rates(tiers, reached):
    """Brute force: unit by unit at the rate of the unit, on a thousandth of the scale."""
    small = [(start / 1000, rate) for start, rate in tiers]
    units = int(reached / 1000)
    starts = sorted({int(start) for start, _rate in small} | {0, units})
    slow = Decimal(0)
    whole = [(Decimal(int(start)), rate) for start, rate in small]
    merged = sorted(dict(whole).items())
    for low, high in zip(starts, starts[1:], strict=False):
        if low < units:
            slow += (min(high, units) - low) * commission.tier_rate(merged, Decimal(low)) / 100
    assert commission.tier_total(merged, Decimal(units)) == slow


@given(st.lists(st.tuples(st.booleans(), cents, cents, cents), min_size=1, max_size=6), cents)
def test_take_back_ends_at_what_is_wanted(rows, wanted):
    parts = [(override, commission.Part(source, base, amount)) for override, source, base, amount in rows]
    parts.append((False, commission.Part(Decimal("1.01"), Decimal(1), Decimal(1))))
    total = sum(part.source for override, part in parts if not override)
    booked = commission.take_back(parts, wanted)
    shared = sum(part.source for (override, _old), part in zip(parts, booked, strict=True) if not override)
    assert shared == (wanted - total if total and wanted else -total)


@given(st.lists(st.tuples(st.booleans(), cents, cents, cents), min_size=1, max_size=6))
def test_a_full_reversal_is_exact(rows):
    parts = [(override, commission.Part(*values)) for override, *values in rows]
    for (_override, old), back in zip(parts, commission.take_back(parts, Decimal(0)), strict=True):
        assert (old.source + back.source, old.base + back.base, old.amount + back.amount) == (0, 0, 0)


@given(
    st.lists(st.tuples(st.sampled_from(["document", "customer", "a"]), st.integers(1, 100)), max_size=4),
    st.dictionaries(st.sampled_from(["document", "customer", "a"]), st.integers(1, 3)),
)
def test_shares_lose_nothing_and_name_each_user_once(shares, people):
    result = commission.receivers(shares, people, 9)
    assert sum(percent for _user, percent in result) == (sum(percent for _role, percent in shares) or 100)
    assert len({user for user, _percent in result}) == len(result)


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_bands_that_touch_do_not_overlap(low, middle, discount):
    low, middle = min(low, middle), max(low, middle)
    first = commission.Rule(1, None, None, None, None, low, middle, "rate", 1)
    second = commission.Rule(2, None, None, None, None, middle, None, "rate", 2)
    item = commission.Item(1, 1, 1, 1, discount)
    found = [rule.id for rule in (first, second) if commission.first_match([rule], item)]
    assert found == ([1] if low <= discount < middle else [2] if discount >= middle else [])


@given(cents, st.integers(0, 10**6).map(Decimal))
def test_a_cap_only_takes_away(amount, cap):
    after = amount + commission.over_cap(amount, cap)
    assert after == (min(amount, cap) if cap else amount)


@given(st.lists(cents, max_size=6), st.fractions(0, 1))
def test_scaled_values_sum_to_the_scaled_sum(values, share):
    share = Decimal(share.numerator) / share.denominator
    parts = commission.scaled(values, share)
    assert sum(parts, Decimal(0)) == commission.rounded(sum(values, Decimal(0)) * share)
    assert all(abs(part - value * share) < Decimal("0.01") for part, value in zip(parts, values, strict=True))
    assert commission.scaled(values, Decimal(1)) == values


amounts = st.integers(0, 10**7).map(lambda n: Decimal(n) / 100)


@given(
    st.lists(st.tuples(st.booleans(), amounts, amounts, amounts), max_size=5),
    st.lists(st.integers(1, 10**6), min_size=1, max_size=5),
)
def test_refunds_that_sum_to_the_sale_leave_nothing(rows, cuts):
    """Refund by refund the money is exact; once all is refunded nobody keeps or owes a cent."""
    parts = [(override, commission.Part(*values)) for override, *values in rows]
    parts.append((False, commission.Part(Decimal("1.01"), Decimal(1), Decimal("0.05"))))
    total = sum(part.source for override, part in parts if not override)
    whole = Decimal(sum(cuts))
    for refund in commission.scaled([total * cut / whole for cut in cuts], Decimal(1)):
        left = sum(part.source for override, part in parts if not override)
        if not refund:
            continue
        changes = commission.undo(parts, -refund, refund / left)
        assert sum(change.source for (over, _old), change in zip(parts, changes, strict=True) if not over) == -refund
        parts = [
            (over, commission.Part(*(a + b for a, b in zip(old, change, strict=True))))
            for (over, old), change in zip(parts, changes, strict=True)
        ]
    assert all(not any(part) for _override, part in parts)


@given(
    amounts,
    st.lists(st.integers(-(10**7), 10**7).map(lambda n: Decimal(n) / 100), max_size=5),
    st.integers(1, 10**5).map(Decimal),
)
def test_a_cap_month_by_month_ends_at_the_cap_of_the_sum(first, changes, cap):
    """Whether each month was closed before the next or all are open, what is paid is the capped sum."""
    months = {0: (first, Decimal(0), True)}
    for month, change in enumerate(changes, 1):
        months[month] = (change, Decimal(0), True)
    steps = dict(commission.cap_steps(0, months, cap))
    assert sum([first, *changes, *steps.values()]) == min(cap, sum([first, *changes]))
    for last in months:
        closed = {
            month: (amount, steps.get(month, Decimal(0)) if month <= last else Decimal(0), month > last)
            for month, (amount, _capped, _open) in months.items()
        }
        assert commission.cap_steps(0, closed, cap) == [step for step in steps.items() if step[0] > last]
