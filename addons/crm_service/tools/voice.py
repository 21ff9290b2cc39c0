"""Rules for what customers say: scales, intervals, goals and the four quadrants. No Odoo, no clock."""

from math import sqrt

Z95 = 1.96
"""Two-sided 95 % of the normal distribution."""
SATISFIED = 4.0
"""From this value on the 1-5 scale on, an answer is positive."""
VERY_SATISFIED = 4.5
BALANCED = "balanced"
UNDERSOLD = "undersold"
OVERPROMISED = "overpromised"
WEAK = "weak"
NO_DATA = "no_data"


def wilson(hits, number, z=Z95):
    """Return the Wilson interval (low, high) of a share as two numbers from 0 to 1, None without observations."""
    if not number:
        return None
    share = hits / number
    base = 1 + z * z / number
    middle = (share + z * z / (2 * number)) / base
    half = z * sqrt(share * (1 - share) / number + z * z / (4 * number * number)) / base
    return max(0.0, middle - half), min(1.0, middle + half)


def scale5(value, low, high):
    """Return an answer on a scale from low to high as a value on the scale from 1 to 5, None for an empty scale."""
    if high <= low:
        return None
    value = min(max(value, low), high)
    return 1 + 4 * (value - low) / (high - low)


def index100(value):
    """Return a value of the scale 1-5 as an index from 0 to 100."""
    return (value - 1) * 25


def band(value):
    """Return how satisfied an average of the scale 1-5 is."""
    if value >= VERY_SATISFIED:
        return "very"
    if value >= SATISFIED - 0.5:
        return "satisfied"
    if value > 2.5:
        return "neutral"
    return "unsatisfied"


def goal(baseline, percent):
    """Return the share to reach: the baseline raised by so many percent of itself, at most 100 (all in percent)."""
    return min(100.0, baseline * (1 + percent / 100))


def quadrant(expectation, experience, sales, repurchase, limits):
    """Return the quadrant of a product.

    expectation and experience: means of the scale 1-5 or None; sales: amount; repurchase: share 0-100 or None.
    limits: (middle sales, middle repurchase) of the products compared. Expected too little: satisfied but few sales.
    Expected too much: dissatisfied and few repurchases.
    """
    if expectation is None or experience is None:
        return NO_DATA
    middle_sales, middle_repurchase = limits
    if experience >= expectation:
        return UNDERSOLD if sales < middle_sales else BALANCED
    return OVERPROMISED if (repurchase or 0) <= middle_repurchase else WEAK


def decline(before, after):
    """Return the fall from before to after in percent (negative = growth), None when there was nothing before."""
    if before <= 0:
        return None
    return 100 * (before - after) / before
