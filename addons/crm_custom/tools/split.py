"""Splitting money so that the parts add up to the whole."""

from decimal import ROUND_FLOOR, Decimal


def largest_remainder(amount, weights, digits=2):
    """Split `amount` in proportion to `weights`, exact to the last digit.

    Units: `amount` is a Decimal (or a string or int) in any currency with `digits` decimals; weights are
    numbers of one unit. The result is a list of Decimals, in the order of the weights.
    Rule: each part is rounded towards minus infinity; the units left over go to the largest remainders,
    of equal remainders to the earlier one. A negative amount is split like the positive and negated.
    Edge cases: without weights there are no parts; weights that sum to zero give all to the first.

    >>> [str(part) for part in largest_remainder("100.00", [1, 1, 1])]
    ['33.34', '33.33', '33.33']
    >>> [str(part) for part in largest_remainder("-0.05", [1, 3])]
    ['-0.01', '-0.04']
    """
    amount = Decimal(amount)
    weights = [Decimal(weight) for weight in weights]
    if not weights:
        return []
    sign = -1 if amount < 0 else 1
    scale = Decimal(10) ** digits
    units = abs(amount) * scale
    total = sum(weights)
    exact = [units * weight / total for weight in weights] if total else [units] + [Decimal(0)] * (len(weights) - 1)
    parts = [share.to_integral_value(ROUND_FLOOR) for share in exact]
    left = int(units - sum(parts))
    order = sorted(range(len(weights)), key=lambda index: (parts[index] - exact[index], index))
    for index in order[:left]:
        parts[index] += 1
    return [sign * part / scale for part in parts]
