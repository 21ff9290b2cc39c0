"""Qualification score of an opportunity: weighted mean of the points of the answers, 0 to 100."""


def score(answers):
    """Return (score or None, whether every criterion is answered).

    `answers`: [(weight, points or None)], one per criterion; points 0 to 100, weights not negative. Unanswered
    criteria are left out of the mean; without any answer there is no score.

    >>> score([(2, 100.0), (1, 40.0), (1, None)])
    (80.0, False)
    >>> score([(1, 0.0), (3, 40.0)])
    (30.0, True)
    >>> score([(1, None)])
    (None, False)
    """
    known = [(weight, points) for weight, points in answers if points is not None and weight > 0]
    weight = sum(weight for weight, _points in known)
    if not weight:
        return None, False
    complete = all(points is not None for weight, points in answers if weight > 0)
    return round(sum(weight * points for weight, points in known) / weight, 2), complete


def state(value, complete, least):
    """Return 'none', 'partial', 'go' or 'abandon' (complete and below the least score).

    >>> [state(*given, 40) for given in ((None, False), (10.0, False), (39.9, True), (40.0, True))]
    ['none', 'partial', 'abandon', 'go']
    """
    if value is None:
        return "none"
    if not complete:
        return "partial"
    return "go" if value >= least else "abandon"


def weakest(answers, count=3):
    """Return the names of the answers that cost most: the largest weight x missing points first.

    >>> weakest([("Budget", 2, 0.0), ("Need", 1, 100.0), ("Date", 1, 20.0)])
    ['Budget', 'Date']
    """
    costs = [(weight * (100.0 - points), name) for name, weight, points in answers if points is not None]
    return [name for cost, name in sorted(costs, key=lambda pair: -pair[0]) if cost > 0][:count]
