"""Conjoint analysis by ratings: which attribute of an offer matters how much to a group.

Respondents rate whole offers (profiles) on one scale. The rating is taken apart into a constant for each respondent
(people use scales differently) and a part-worth for each level, by least squares (Green and Srinivasan 1978, additive
model). Part-worths of an attribute sum to zero. Importance of an attribute = range of its part-worths / sum of the
ranges, in percent; the importances of all attributes sum to 100.

A profile is a tuple of level keys, one for each attribute, in the order of `attributes`: a list of lists of level keys.
"""

import itertools
import math
import random
from typing import NamedTuple

LARGEST_FULL = 16
MOST_CANDIDATES = 600
ROUNDING = 1e-9


class Result(NamedTuple):
    """`worths`: a dict {level: part-worth} for each attribute; `importance` in percent; `fit` = R squared, 0 to 1."""

    worths: list
    importance: list
    fit: float
    respondents: int
    ratings: int


def estimate(attributes, answers):
    """Return the Result of `answers`, (respondent, profile, rating), or None where they do not tell.

    None: fewer ratings than unknowns, levels that were never separated from each other, or ratings all alike.

    >>> answers = [("a", (size, price), 2 * (size == "L") + 6 * (price == "low"))
    ...            for size in "LS" for price in ("low", "high")]
    >>> result = estimate([["S", "L"], ["low", "high"]], answers)
    >>> [round(share) for share in result.importance], round(result.worths[1]["low"], 6), round(result.fit, 6)
    ([25, 75], 3.0, 1.0)
    """
    rows = _centred(attributes, answers)
    unknowns = sum(len(levels) - 1 for levels in attributes)
    people = len({respondent for respondent, _profile, _rating in answers})
    if not rows or len(rows) - people < unknowns:
        return None
    solution = _least_squares(rows, unknowns)
    if solution is None:
        return None
    worths, position = [], 0
    for levels in attributes:
        free = solution[position : position + len(levels) - 1]
        position += len(levels) - 1
        worths.append(dict(zip(levels, [*free, -sum(free)], strict=True)))
    ranges = [max(worth.values()) - min(worth.values()) for worth in worths]
    spread = sum(rating * rating for _codes, rating in rows)
    if sum(ranges) < ROUNDING or spread < ROUNDING:
        return None
    left = sum(
        (rating - sum(code * value for code, value in zip(codes, solution, strict=True))) ** 2 for codes, rating in rows
    )
    importance = [100 * part / sum(ranges) for part in ranges]
    return Result(worths, importance, max(0.0, 1 - left / spread), people, len(rows))


def _codes(attributes, profile):
    """Effect codes: 1 for the level, -1 in each column for the last level."""
    codes = []
    for levels, level in zip(attributes, profile, strict=True):
        if level == levels[-1]:
            codes += [-1.0] * (len(levels) - 1)
        else:
            codes += [1.0 if level == other else 0.0 for other in levels[:-1]]
    return codes


def _centred(attributes, answers):
    """Rows of (codes, rating), each less the respondent's own mean: the constants need no columns of their own."""
    grouped = {}
    for respondent, profile, rating in answers:
        grouped.setdefault(respondent, []).append((_codes(attributes, profile), float(rating)))
    rows = []
    for own in grouped.values():
        mean = sum(rating for _code, rating in own) / len(own)
        means = [sum(column) / len(own) for column in zip(*(codes for codes, _rating in own), strict=True)]
        rows += [
            ([code - middle for code, middle in zip(codes, means, strict=True)], rating - mean) for codes, rating in own
        ]
    return rows


def _least_squares(rows, unknowns):
    """Solve the normal equations by elimination with pivots; None where the columns do not stand apart."""
    matrix = [[0.0] * (unknowns + 1) for _row in range(unknowns)]
    for codes, rating in rows:
        for i in range(unknowns):
            for j in range(unknowns):
                matrix[i][j] += codes[i] * codes[j]
            matrix[i][unknowns] += codes[i] * rating
    for column in range(unknowns):
        pivot = max(range(column, unknowns), key=lambda row: abs(matrix[row][column]))
        if abs(matrix[pivot][column]) < ROUNDING * max(1, len(rows)):
            return None
        matrix[column], matrix[pivot] = matrix[pivot], matrix[column]
        lead = matrix[column][column]
        matrix[column] = [value / lead for value in matrix[column]]
        for row in range(unknowns):
            if row != column and matrix[row][column]:
                factor = matrix[row][column]
                matrix[row] = [value - factor * other for value, other in zip(matrix[row], matrix[column], strict=True)]
    return [row[unknowns] for row in matrix]


def design(attributes, size=LARGEST_FULL):
    """Profiles to be rated: all combinations up to `size`; else a choice of at least `size` of them.

    Greedy and repeatable: each next profile is the one about whose rating those before it say least (largest
    variance of its prediction), so that every level appears and every attribute can be told from the others.

    >>> len(design([["a", "b"], ["c", "d"]])), len(design([list("abc")] * 4, 12))
    (4, 12)
    """
    count = math.prod(len(levels) for levels in attributes)
    if count <= size:
        return list(itertools.product(*attributes))
    size = min(count, max(size, sum(len(levels) - 1 for levels in attributes) + 3))
    candidates = _candidates(attributes, count)
    codes = {profile: [1.0, *_codes(attributes, profile)] for profile in candidates}
    inverse = [[1e4 * (i == j) for j in range(len(codes[candidates[0]]))] for i in range(len(codes[candidates[0]]))]
    chosen = []
    while candidates and len(chosen) < size:
        best = max(candidates, key=lambda profile: _spread(inverse, codes[profile]))
        candidates.remove(best)
        chosen.append(best)
        inverse = _learn(inverse, codes[best])
    return chosen


def _candidates(attributes, count):
    """All combinations in a fixed mixed order; of very many, a fixed draw."""
    draw = random.Random(count)
    if count <= MOST_CANDIDATES:
        profiles = list(itertools.product(*attributes))
        draw.shuffle(profiles)
        return profiles
    return list(dict.fromkeys(tuple(draw.choice(levels) for levels in attributes) for _index in range(MOST_CANDIDATES)))


def _spread(inverse, row):
    return sum(a * sum(b * c for b, c in zip(line, row, strict=True)) for a, line in zip(row, inverse, strict=True))


def _learn(inverse, row):
    """The inverse after one more rated profile (Sherman and Morrison)."""
    moved = [sum(a * b for a, b in zip(line, row, strict=True)) for line in inverse]
    scale = 1 + sum(a * b for a, b in zip(moved, row, strict=True))
    return [
        [value - a * b / scale for value, b in zip(line, moved, strict=True)]
        for line, a in zip(inverse, moved, strict=True)
    ]
