"""Distributions that Python's standard library lacks: Student t and chi-square, in pure Python.

Method: regularised incomplete beta by continued fraction (Lentz) and incomplete gamma by series or continued
fraction; about 12 correct digits. The normal distribution is `statistics.NormalDist`.
"""

import math
from statistics import NormalDist

NORMAL = NormalDist()
TINY = 1e-300
STEPS = 500
EXACT = 1e-14


def normal_two_sided(z):
    """Probability of a normal value at least as far from zero as z.

    >>> round(normal_two_sided(1.959964), 6)
    0.05
    """
    return math.erfc(abs(z) / math.sqrt(2))


def normal_quantile(confidence):
    """Half width of the central interval, in standard errors; `confidence` as a share (0.95).

    >>> round(normal_quantile(0.95), 6)
    1.959964
    """
    return NORMAL.inv_cdf(0.5 + confidence / 2)


def _lentz(first, terms):
    """Value of a continued fraction 1 / (first-term form) by the modified Lentz method."""
    value = first or TINY
    upper, lower = value, 0.0
    for a, b in terms:
        lower = b + a * lower or TINY
        upper = b + a / upper or TINY
        lower = 1.0 / lower
        change = upper * lower
        value *= change
        if abs(change - 1.0) < EXACT:
            break
    return value


def incomplete_beta(a, b, x):
    """Regularised incomplete beta function I_x(a, b).

    >>> round(incomplete_beta(2, 1, 0.5), 10)
    0.25
    """
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - incomplete_beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))

    def terms():
        for step in range(1, STEPS):
            half = step // 2
            if step % 2:
                yield -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1)), 1.0
            else:
                yield half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half)), 1.0

    return front / (a * _lentz(1.0, terms()))


def student_two_sided(t, freedom):
    """Probability of a Student value at least as far from zero as t.

    >>> round(student_two_sided(2.228139, 10), 6)
    0.05
    """
    if math.isinf(freedom):
        return normal_two_sided(t)
    return incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t))


def student_quantile(confidence, freedom):
    """Half width of the central interval in standard errors, by bisection.

    >>> round(student_quantile(0.95, 30), 4)
    2.0423
    """
    low, high = 0.0, 1e6
    for _step in range(200):
        middle = (low + high) / 2
        if student_two_sided(middle, freedom) > 1 - confidence:
            low = middle
        else:
            high = middle
        if high - low < 1e-10 * max(1.0, high):
            break
    return (low + high) / 2


def chi_square_tail(value, freedom):
    """Probability that a chi-square value is at least this large.

    >>> round(chi_square_tail(3.841459, 1), 6), round(chi_square_tail(11.070498, 5), 6)
    (0.05, 0.05)
    """
    if value <= 0:
        return 1.0
    a, x = freedom / 2, value / 2
    front = math.exp(-x + a * math.log(x) - math.lgamma(a))
    if x < a + 1:
        term = total = 1.0 / a
        for step in range(1, STEPS):
            term *= x / (a + step)
            total += term
            if term < total * EXACT:
                break
        return max(0.0, 1.0 - front * total)
    terms = ((-step * (step - a), x + 2 * step + 1 - a) for step in range(1, STEPS))
    return front / _lentz(x + 1 - a, terms)
