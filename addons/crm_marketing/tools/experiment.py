"""What a split test shows: rates and means with their intervals, and when it shows nothing yet.

Units: rates as shares (0.05 = 5 %), money in one currency, confidence and power as shares. Counts are of independent
units (customers), each in one cell. Nothing here knows the clock: the decision date is the caller's.

Sources: pooled two-proportion z test; Wilson 1927 (interval of a rate, as tabulated by Newcombe 1998); exact
probability that one Beta posterior exceeds another (Miller, "Formulas for Bayesian A/B testing"), uniform prior;
Welch's t interval for means; chi-square test of the cells' sizes. Several variants against one control: the allowed
error is divided by the number of comparisons (Bonferroni).
"""

import math
from typing import NamedTuple

from .statistics_basic import (
    NORMAL,
    chi_square_tail,
    normal_quantile,
    normal_two_sided,
    student_quantile,
    student_two_sided,
)

# Cells of a fair draw differ this much once in a thousand tests.
MISMATCH_LEVEL = 0.001
# Fewer units or events in a cell are no basis for a test.
LEAST_UNITS = 10
LEAST_EVENTS = 5
BEYOND_EXACT = 20000

NOT_ENOUGH = "not_enough"
MISMATCH = "mismatch"
UNDECIDED = "undecided"
BETTER = "better"
WORSE = "worse"
VERDICTS = (NOT_ENOUGH, MISMATCH, UNDECIDED, BETTER, WORSE)


class Cell(NamedTuple):
    """One cell: units in it, sum and sum of squares of the measure; for a rate both are the successes."""

    units: int
    total: float
    squares: float

    @property
    def mean(self):
        return self.total / self.units if self.units else 0.0

    @property
    def variance(self):
        """Sample variance (n - 1)."""
        if self.units < 2:
            return 0.0
        return max(0.0, (self.squares - self.total * self.total / self.units) / (self.units - 1))


class Comparison(NamedTuple):
    """A variant against the control: difference of rates or means with interval, and what it says."""

    difference: float
    low: float
    high: float
    p_value: float
    chance: float  # that the variant is better
    verdict: str
    needed: int  # more units in each of the two cells; 0 where decided


def rate_cell(successes, units):
    """A cell whose measure is yes or no."""
    return Cell(units, successes, successes)


def two_proportions(success_a, units_a, success_b, units_b):
    """Return (z, two-sided p) for rate B against rate A, pooled; (0, 1) where nothing varies.

    >>> z, p = two_proportions(189, 11034, 104, 11037)  # Physicians' Health Study: chi-square 25.01
    >>> round(z * z, 2), p < 1e-6
    (25.01, True)
    """
    if not units_a or not units_b:
        return 0.0, 1.0
    pooled = (success_a + success_b) / (units_a + units_b)
    error = math.sqrt(pooled * (1 - pooled) * (1 / units_a + 1 / units_b))
    if not error:
        return 0.0, 1.0
    z = (success_b / units_b - success_a / units_a) / error
    return z, normal_two_sided(z)


def wilson(successes, units, confidence=0.95):
    """Interval of a rate; (0, 1) without units.

    >>> [tuple(round(x, 4) for x in wilson(*case)) for case in ((81, 263), (15, 148), (0, 20), (1, 29))]
    [(0.2553, 0.3662), (0.0624, 0.1605), (0.0, 0.1611), (0.0061, 0.1718)]
    """
    if not units:
        return 0.0, 1.0
    z = normal_quantile(confidence)
    rate = successes / units
    scale = 1 + z * z / units
    centre = (rate + z * z / (2 * units)) / scale
    half = z * math.sqrt(rate * (1 - rate) / units + z * z / (4 * units * units)) / scale
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == units else centre + half
    return max(0.0, low), min(1.0, high)


def difference_interval(success_a, units_a, success_b, units_b, confidence=0.95):
    """Interval of rate B - rate A by Newcombe's hybrid of the two Wilson intervals.

    >>> tuple(round(x, 4) for x in difference_interval(48, 80, 56, 70))  # Newcombe 1998: 0.0524 to 0.3339
    (0.0524, 0.3339)
    """
    if not units_a or not units_b:
        return -1.0, 1.0
    rate_a, rate_b = success_a / units_a, success_b / units_b
    low_a, high_a = wilson(success_a, units_a, confidence)
    low_b, high_b = wilson(success_b, units_b, confidence)
    difference = rate_b - rate_a
    low = difference - math.hypot(rate_b - low_b, high_a - rate_a)
    high = difference + math.hypot(high_b - rate_b, rate_a - low_a)
    return low, high


def _log_beta(a, b):
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def chance_better(success_a, units_a, success_b, units_b):
    """Probability that the rate of B exceeds that of A, both with a uniform prior.

    Exact up to 20,000 successes in the smaller cell, beyond it the normal approximation of both posteriors.

    >>> round(chance_better(0, 0, 1, 1), 10)  # P(Beta(2, 1) > Beta(1, 1)) = 2/3
    0.6666666667
    """
    alpha_a, beta_a = success_a + 1, units_a - success_a + 1
    alpha_b, beta_b = success_b + 1, units_b - success_b + 1
    # The sum runs over the successes of one cell: take the shorter one.
    if alpha_a < alpha_b:
        return 1.0 - chance_better(success_b, units_b, success_a, units_a)
    if alpha_b > BEYOND_EXACT:
        return _chance_normal((alpha_a, beta_a), (alpha_b, beta_b))
    base = _log_beta(alpha_a, beta_a)
    total = math.fsum(
        math.exp(_log_beta(alpha_a + i, beta_a + beta_b) - math.log(beta_b + i) - _log_beta(1 + i, beta_b) - base)
        for i in range(alpha_b)
    )
    return min(1.0, max(0.0, total))


def _chance_normal(first, second):
    means, variances = [], []
    for alpha, beta in (first, second):
        total = alpha + beta
        means.append(alpha / total)
        variances.append(alpha * beta / (total * total * (total + 1)))
    return NORMAL.cdf((means[1] - means[0]) / math.sqrt(sum(variances)))


def sample_size(base, lift, confidence=0.95, power=0.8):
    """Units needed in each cell to see the rate `base` change by the relative `lift`; None where it cannot be asked.

    >>> sample_size(0.10, 0.20)
    3839
    """
    other = base * (1 + lift)
    if not 0 < base < 1 or not 0 < other < 1 or not lift:
        return None
    z = normal_quantile(confidence) + NORMAL.inv_cdf(power)
    return math.ceil(z * z * (base * (1 - base) + other * (1 - other)) / (other - base) ** 2)


def sample_size_mean(deviation, difference, confidence=0.95, power=0.8):
    """Units needed in each cell to see a mean change by `difference` where units vary by `deviation` (same unit).

    >>> sample_size_mean(10, 2)
    393
    """
    if not difference or deviation <= 0:
        return None
    z = normal_quantile(confidence) + NORMAL.inv_cdf(power)
    return math.ceil(2 * (z * deviation / difference) ** 2)


def ratio_mismatch(sizes, shares):
    """Return (chi-square, p) of the cells' sizes against their planned shares; (0, 1) for fewer than two cells.

    >>> [round(x, 4) for x in ratio_mismatch([5000, 5200], [1, 1])]
    [3.9216, 0.0477]
    """
    pairs = [(size, share) for size, share in zip(sizes, shares, strict=True) if share > 0]
    units, weight = sum(size for size, _share in pairs), sum(share for _size, share in pairs)
    if len(pairs) < 2 or not units:
        return 0.0, 1.0
    value = sum((size - units * share / weight) ** 2 / (units * share / weight) for size, share in pairs)
    return value, chi_square_tail(value, len(pairs) - 1)


def mean_interval(cell, confidence=0.95):
    """Interval of a cell's mean (Student); the mean itself where fewer than two units say nothing about spread."""
    if cell.units < 2:
        return cell.mean, cell.mean
    half = student_quantile(confidence, cell.units - 1) * math.sqrt(cell.variance / cell.units)
    return cell.mean - half, cell.mean + half


def mean_difference(control, variant, confidence=0.95):
    """Return (difference, low, high, p) of the means, by Welch.

    >>> a, b = Cell(10, 200, 4090), Cell(10, 230, 5380)
    >>> [round(x, 3) for x in mean_difference(a, b)]
    [3.0, 0.029, 5.971, 0.048]
    """
    difference = variant.mean - control.mean
    if control.units < 2 or variant.units < 2:
        return difference, -math.inf, math.inf, 1.0
    parts = control.variance / control.units, variant.variance / variant.units
    error = math.sqrt(sum(parts))
    if not error:
        return difference, difference, difference, 1.0 if not difference else 0.0
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (control.units - 1) + parts[1] ** 2 / (variant.units - 1))
    half = student_quantile(confidence, freedom) * error
    return difference, difference - half, difference + half, student_two_sided(difference / error, freedom)


def compare_rates(control, variant, confidence=0.95, power=0.8, comparisons=1, planned=0):
    """Judge a variant's rate against the control's; cells by `rate_cell`.

    `comparisons`: variants tested against this control. `planned`: units a cell that the plan asked for.
    """
    level = 1 - (1 - confidence) / comparisons
    counts = control.total, control.units, variant.total, variant.units
    _z, p_value = two_proportions(*counts)
    low, high = difference_interval(*counts, level)
    chance = chance_better(*(int(count) for count in counts))
    difference = variant.mean - control.mean
    events = control.total + variant.total
    verdict = _verdict(control, variant, events >= LEAST_EVENTS, p_value, difference, level)
    needed = 0
    if verdict in (NOT_ENOUGH, UNDECIDED):
        lift = difference / control.mean if control.mean else 0.0
        asked = sample_size(control.mean, lift, level, power)
        needed = _missing(asked, planned, control, variant)
    return Comparison(difference, low, high, p_value, chance, verdict, needed)


def compare_means(control, variant, confidence=0.95, power=0.8, comparisons=1, planned=0):
    """Judge a variant's mean (money a customer) against the control's; the chance is the normal approximation."""
    level = 1 - (1 - confidence) / comparisons
    difference, low, high, p_value = mean_difference(control, variant, level)
    spread = math.sqrt((control.variance + variant.variance) / 2)
    error = math.sqrt(
        sum(cell.variance / cell.units for cell in (control, variant)) if control.units and variant.units else 0.0
    )
    chance = NORMAL.cdf(difference / error) if error else 0.5
    verdict = _verdict(control, variant, spread > 0, p_value, difference, level)
    needed = 0
    if verdict in (NOT_ENOUGH, UNDECIDED):
        needed = _missing(sample_size_mean(spread, difference, level, power), planned, control, variant)
    return Comparison(difference, low, high, p_value, chance, verdict, needed)


def _verdict(control, variant, enough, p_value, difference, level):
    if min(control.units, variant.units) < LEAST_UNITS or not enough:
        return NOT_ENOUGH
    if p_value >= 1 - level:
        return UNDECIDED
    return BETTER if difference > 0 else WORSE


def _missing(asked, planned, control, variant):
    """Units a cell still missing: to the size planned; once that is reached, to what the seen difference needs."""
    smallest = min(control.units, variant.units)
    if planned > smallest:
        return planned - smallest
    return max(1, (asked or 0) - smallest, LEAST_UNITS - smallest)


def incremental(holdout, treated, confidence=0.95):
    """Return (gain, low, high) of the whole treated group over what the holdout says it would have done anyway.

    Units: the measure's own (money). None where one of the cells has fewer than two units.

    >>> incremental(Cell(10, 200, 4090), Cell(10, 230, 5380))[0]
    30.0
    """
    if holdout.units < 2 or treated.units < 2:
        return None
    difference, low, high, _p = mean_difference(holdout, treated, confidence)
    return difference * treated.units, low * treated.units, high * treated.units
