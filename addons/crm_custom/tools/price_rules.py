"""Whether a price is the one agreed for the customer's class, and what an item sold by weight costs. No Odoo.

Prices are net of discount, without conversion: one currency, one unit of measure, one tax basis.
"""

# Rounding of a discount of two decimals, as a share of the price before it.
DISCOUNT_STEP = 0.0001


def net_price(price, discount):
    """Unit price after a discount in percent.

    >>> net_price(80, 25)
    60.0
    """
    return price * (1 - discount / 100)


def deviation(expected, actual, digits=2, max_discount=0.0, strict=True):
    """How a net unit price departs from the expected one, in percent: negative is cheaper; 0 is as agreed.

    `max_discount`: percent below the expected price that need no approval. `strict`: a higher price departs too.
    Differences of rounding do not count: half a unit of the last digit, or of a discount with two decimals.

    >>> deviation(100, 90), deviation(100, 90, max_discount=10), deviation(100, 89, max_discount=10)
    (-10.0, 0.0, -11.0)
    >>> deviation(100, 105), deviation(100, 105, strict=False), deviation(66.667, 66.67)
    (5.0, 0.0, 0.0)
    >>> deviation(0, 5), deviation(0, -5)
    (100.0, -100.0)
    """
    tolerance = max(0.5 * 10**-digits, abs(expected) * DISCOUNT_STEP) + 1e-9
    difference = actual - expected
    if abs(difference) <= tolerance:
        return 0.0
    if difference > 0 and not strict:
        return 0.0
    if difference < 0 and -difference <= abs(expected) * max_discount / 100 + tolerance:
        return 0.0
    if not expected:
        return 100.0 if difference > 0 else -100.0
    return round(100 * difference / abs(expected), 2)


def unit_price_by_weight(price_per_kg, weight, quantity):
    """Unit price of `quantity` pieces that weigh `weight` kg together; without quantity: of nothing, 0.

    >>> unit_price_by_weight(12.5, 8, 2)
    50.0
    >>> unit_price_by_weight(12.5, 8, 0)
    0.0
    """
    return price_per_kg * weight / quantity if quantity else 0.0
