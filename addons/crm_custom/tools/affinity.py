"""How strongly two products belong together, from four counts of baskets.

A basket is one invoice or one order; `baskets` is how many there are, `left` and `right` how many hold each
product, `both` how many hold both. Shares and confidences run from 0 to 1. The same formulas stand in SQL in
`models/crm_product_affinity_run.py`; a test compares both.
"""

from dataclasses import dataclass
from math import exp, sqrt

MIN_COUNT = 5  # fewer baskets than this prove nothing
Z_99 = 2.5758  # two-sided 99 %: a lower bound of lift above 1 is chance in one pair of two hundred
CHI2_99 = 6.6349  # chi-square, one degree of freedom, 99 %


@dataclass(frozen=True)
class Pair:
    """Measures of one pair of products."""

    support: float  # share of the baskets that hold both
    confidence: float  # of the baskets with the left product, the share that also holds the right one
    confidence_back: float  # the same from right to left
    lift: float  # how many times more often together than by chance
    lift_low: float  # lower bound of lift at 99 %
    leverage: float  # share of the baskets above what chance would give
    chi2: float
    significant: bool


def measures(baskets, left, right, both, min_count=MIN_COUNT):
    """Return the Pair of the counts; `0 < both <= left, right <= baskets` is required."""
    if not 0 < both <= min(left, right) <= max(left, right) <= baskets:
        raise ValueError(f"impossible counts: {both} of {left} and {right} in {baskets} baskets")
    lift = both * baskets / (left * right)
    low = lift * exp(-Z_99 * sqrt(max(_log_lift_variance(baskets, left, right, both), 0.0)))
    chi2 = chi_square(baskets, left, right, both)
    return Pair(
        support=both / baskets,
        confidence=both / left,
        confidence_back=both / right,
        lift=lift,
        lift_low=low,
        leverage=both / baskets - left * right / baskets**2,
        chi2=chi2,
        significant=both >= min_count and low > 1 and chi2 >= CHI2_99,
    )


def _log_lift_variance(baskets, left, right, both):
    """Variance of ln(lift) by the delta method over the four cells of the table."""
    lift = both * baskets / (left * right)
    return 1 / both - 1 / left - 1 / right + (2 * lift - 1) / baskets


def chi_square(baskets, left, right, both):
    """Pearson's chi-square of the two-by-two table; 0 where a product is in every basket."""
    rest = left * right * (baskets - left) * (baskets - right)
    return baskets * (both * baskets - left * right) ** 2 / rest if rest else 0.0
