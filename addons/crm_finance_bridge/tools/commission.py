"""Commission: which rate applies, tiers, splits over people, late money, claw-back. No Odoo.

Units: money in company currency as Decimals with the currency's digits; rates and shares in percent; days whole.
Signs: + = earned, - = taken back. A running figure is the base reached since the tier period began.
"""

from collections import namedtuple
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

Rule = namedtuple("Rule", "id products categories partner territories discount_from discount_to kind rate")
"""A line of the rate table; None = any. `kind`: rate (`rate` percent), tier (the plan's tiers) or none."""
Item = namedtuple("Item", "product category partner territory discount")
Part = namedtuple("Part", "source base amount")
"""What stands in the books of a person for one source: money, what the rate applied to, commission."""

HUNDRED = Decimal(100)


def rounded(amount, digits=2):
    """Half away from zero.

    >>> str(rounded(Decimal("0.125"))), str(rounded(Decimal("-0.125")))
    ('0.13', '-0.13')
    """
    return amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def first_match(rules, item):
    """The first rule that fits an item, else None.

    A discount band takes its lower limit, not its upper one, so that bands that touch never overlap.

    >>> goods = Rule(1, None, {7}, None, None, None, None, "rate", 5)
    >>> rest = Rule(2, None, None, None, None, None, None, "rate", 1)
    >>> first_match([goods, rest], Item(3, 7, 1, None, 0)).id, first_match([goods, rest], Item(3, 8, 1, None, 0)).id
    (1, 2)
    >>> first_match([goods], Item(3, 8, 1, None, 0)) is None
    True
    """
    return next((rule for rule in rules if _fits(rule, item)), None)


def _fits(rule, item):
    return (
        (rule.products is None or item.product in rule.products)
        and (rule.categories is None or item.category in rule.categories)
        and (rule.partner is None or item.partner == rule.partner)
        and (rule.territories is None or item.territory in rule.territories)
        and (rule.discount_from is None or item.discount >= rule.discount_from)
        and (rule.discount_to is None or item.discount < rule.discount_to)
    )


def tier_total(tiers, reached, progressive=True):
    """Commission on all that was reached in a period, not rounded.

    tiers: [(from, rate)] in order of `from`. Progressive: each slice earns its own rate. Else the rate of the
    highest tier reached applies to all. Below the first tier nothing is earned; below zero the rate at zero applies.

    >>> tiers = [(Decimal(0), Decimal(1)), (Decimal(1000), Decimal(3))]
    >>> str(tier_total(tiers, Decimal(1500))), str(tier_total(tiers, Decimal(1500), progressive=False))
    ('25', '45')
    """
    if not tiers:
        return Decimal(0)
    if reached <= 0:
        return reached * tier_rate(tiers, Decimal(0)) / HUNDRED
    if not progressive:
        return reached * tier_rate(tiers, reached) / HUNDRED
    total = Decimal(0)
    for index, (start, rate) in enumerate(tiers):
        stop = tiers[index + 1][0] if index + 1 < len(tiers) else reached
        total += max(Decimal(0), min(reached, stop) - start) * rate / HUNDRED
    return total


def tier_rate(tiers, reached):
    """Rate of the highest tier reached; 0 below the first."""
    return next((rate for start, rate in reversed(tiers) if reached >= start), Decimal(0))


def tier_step(tiers, before, base, progressive=True, digits=2):
    """Commission of one more `base` after `before`: differences of rounded totals, so that steps sum to the total.

    >>> tiers = [(Decimal(0), Decimal(1)), (Decimal(1000), Decimal(3))]
    >>> [str(tier_step(tiers, Decimal(before), Decimal(500))) for before in (0, 500, 1000)]
    ['5.00', '5.00', '15.00']
    """
    after = rounded(tier_total(tiers, before + base, progressive), digits)
    return after - rounded(tier_total(tiers, before, progressive), digits)


def target_tiers(tiers, target):
    """Tiers given in percent of a target, in money; without a target only what starts at zero counts.

    >>> [(str(start), str(rate)) for start, rate in target_tiers([(Decimal(0), 1), (Decimal(80), 2)], Decimal(500))]
    [('0', '1'), ('400', '2')]
    """
    if not target:
        return [(start, rate) for start, rate in tiers if start <= 0]
    return [(start * target / HUNDRED, rate) for start, rate in tiers]


def late_share(days_late, limit, percent):
    """Percent of the commission still paid for money that came `days_late` after its due date; limit 0 = always all.

    >>> late_share(61, 60, 0), late_share(60, 60, 0), late_share(400, 0, 0)
    (0, 100, 100)
    """
    return percent if limit and (days_late or 0) > limit else 100


def receivers(shares, people, fallback):
    """Who gets what percent: [(user, percent)], one row a user; a role without a person falls to `fallback`.

    shares: [(role, percent)]; people: {role: user or None}. Without shares `fallback` gets all.

    >>> receivers([("document", 70), ("customer", 30)], {"document": 1, "customer": None}, 1)
    [(1, 100)]
    """
    result = {}
    for role, percent in shares or [("document", 100)]:
        user = people.get(role) or fallback
        result[user] = result.get(user, 0) + percent
    return list(result.items())


def take_back(parts, wanted, digits=2):
    """What to book so that a source whose money was `sum(source)` ends at `wanted`, at the rates that were paid.

    parts: [(is_override, Part)] as booked. Returns a Part to add for each. With nothing left the reversal is exact;
    else base and commission shrink or grow in proportion, and the money of those who share it sums to `wanted`.

    >>> paid = [(False, Part(Decimal(100), Decimal(100), Decimal(5)))]
    >>> [str(value) for value in take_back(paid, Decimal(40))[0]]
    ['-60.00', '-60.00', '-3.00']
    """
    total = sum((part.source for override, part in parts if not override), Decimal(0))
    if not wanted or not total:
        return [Part(-part.source, -part.base, -part.amount) for _override, part in parts]
    result = [Part(*(rounded(value * wanted / total, digits) - value for value in part)) for _override, part in parts]
    shared = [index for index, (override, _part) in enumerate(parts) if not override]
    rest = wanted - total - sum(result[index].source for index in shared)
    if rest:
        biggest = max(shared, key=lambda index: abs(parts[index][1].source))
        result[biggest] = result[biggest]._replace(source=result[biggest].source + rest)
    return result


def scaled(values, share, digits=2):
    """Each value times `share`, in cents that sum to the rounded sum: cents left over go to the largest remainders.

    >>> [str(value) for value in scaled([Decimal(5), Decimal(5), Decimal("0.01")], Decimal(1) / 3)]
    ['1.67', '1.67', '0.00']
    """
    exact = [value * share for value in values]
    parts = [value.quantize(Decimal(1).scaleb(-digits), ROUND_FLOOR) for value in exact]
    left = int((rounded(sum(exact, Decimal(0)), digits) - sum(parts, Decimal(0))).scaleb(digits))
    for index in sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))[:left]:
        parts[index] += Decimal(1).scaleb(-digits)
    return parts


def undo(parts, amount, share, digits=2):
    """What to book for money (`amount`) that undoes a share, 0 to 1, of what stands in the books of a sale.

    parts: [(is_override, Part)] as booked. Returns a Part to add for each: same people, at the rates that were paid.
    The money of those who share the sale sums to `amount`; what goes beyond it bears no commission. Share 1 is exact.

    >>> paid = [(False, Part(Decimal(60), Decimal(50), Decimal(3))), (False, Part(Decimal(40), Decimal(0), Decimal(0)))]
    >>> [[str(value) for value in part] for part in undo(paid, Decimal(-10), Decimal("0.1"))]
    [['-6.00', '-5.00', '-0.30'], ['-4.00', '0.00', '0.00']]
    """
    result = [None] * len(parts)
    shared = [index for index, (override, _part) in enumerate(parts) if not override]
    own = sum((parts[index][1].source for index in shared), Decimal(0))
    ratio = min(Decimal(1), -amount / own) if own * amount < 0 else Decimal(0)
    for indexes in [shared, *([index] for index, (override, _part) in enumerate(parts) if override)]:
        olds = [parts[index][1] for index in indexes]
        columns = [
            scaled([-old[place] for old in olds], factor, digits) for place, factor in enumerate((ratio, share, share))
        ]
        for index, *values in zip(indexes, *columns, strict=True):
            result[index] = Part(*values)
    rest = amount - sum((result[index].source for index in shared), Decimal(0))
    if rest:
        biggest = max(shared, key=lambda index: abs(parts[index][1].source))
        result[biggest] = result[biggest]._replace(source=result[biggest].source + rest)
    return result


def over_cap(amount, cap):
    """What a cap takes away, as a negative figure; 0 = no cap.

    >>> str(over_cap(Decimal(120), Decimal(100))), str(over_cap(Decimal(120), Decimal(0)))
    ('-20', '0')
    """
    return min(Decimal(0), cap - amount) if cap else Decimal(0)


def cap_steps(origin, months, cap):
    """What a cap takes (-) or gives back (+) of what was earned in the month `origin`: [(month, amount)].

    months: {month: (earned, capped, is_open)}: commission of `origin` booked in that month (later ones: what was taken
    back of it), cap booked there. A closed origin keeps the cap of its day; only open months are booked in.

    >>> cap_steps(1, {1: (Decimal(1500), Decimal(-500), False), 2: (Decimal(-1500), Decimal(0), True)}, Decimal(1000))
    [(2, Decimal('500'))]
    """
    steps, earned, had, limit = [], Decimal(0), Decimal(0), cap
    for month, (amount, capped, is_open) in sorted(months.items()):
        earned, had = earned + amount, had + capped
        if month == origin and not is_open and (capped or earned > cap):
            limit = earned + capped if capped else Decimal(0)
        change = over_cap(earned, limit) - had
        if is_open and change:
            steps.append((month, change))
            had += change
    return steps
