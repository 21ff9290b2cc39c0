"""How a value becomes a score, and how scores make a total; without a database.

`crm.scorecard._run` does the same in SQL for all customers at once; these
functions are its specification. Scores are 0-100, 100 is best.
"""


def percentile_score(value, values, better="higher"):
    """Share of the customers that do worse, ties counted half, in percent.

    >>> percentile_score(30, [10, 20, 30, 40])
    62.5
    >>> percentile_score(30, [10, 20, 30, 40], better="lower")
    37.5
    >>> percentile_score(5, [5])
    50.0
    """
    worse = sum(1 for other in values if (other < value if better == "higher" else other > value))
    return 100.0 * (worse + values.count(value) / 2) / len(values)


def band_score(value, bands, better="higher"):
    """Score of the best band that the value reaches, 0 when it reaches none.

    `bands` are (limit, score): "at least limit" where higher is better, "up to
    limit" where lower is better.

    >>> band_score(12, [(10, 80), (20, 100)]), band_score(5, [(10, 80), (20, 100)])
    (80, 0)
    >>> band_score(12, [(7, 80), (15, 60)], better="lower"), band_score(16, [(7, 80), (15, 60)], better="lower")
    (60, 0)
    """
    if better == "higher":
        reached = [(limit, score) for limit, score in bands if limit <= value]
        return max(reached)[1] if reached else 0
    reached = [(limit, score) for limit, score in bands if limit >= value]
    return min(reached)[1] if reached else 0


def total_score(parts):
    """Weighted mean of (weight, score); a score of None has no data and leaves the mean.

    Returns (score or None, coverage): coverage is the share of the weights, in
    percent, that had data.

    >>> total_score([(30, 80), (10, 40), (60, None)])
    (70.0, 40.0)
    >>> total_score([(1, None)])
    (None, 0.0)
    """
    weights = sum(weight for weight, _score in parts)
    known = [(weight, score) for weight, score in parts if score is not None]
    known_weight = sum(weight for weight, _score in known)
    if not known_weight:
        return None, 0.0
    return sum(weight * score for weight, score in known) / known_weight, 100.0 * known_weight / weights


def lifecycle(recency_days, tenure_days, customer_class, *, new_days=180, fading_days=180, lost_days=365):
    """State of the relationship: potential, new, existing, valuable, fading or lost.

    `recency_days` and `tenure_days` count from the last and the first invoice; None
    = never invoiced. The first rule that holds wins, in the order of the code.

    >>> lifecycle(None, None, "c"), lifecycle(10, 20, "c"), lifecycle(10, 900, "a"), lifecycle(200, 900, "a")
    ('potential', 'new', 'valuable', 'fading')
    """
    if recency_days is None:
        return "potential"
    if recency_days > lost_days:
        return "lost"
    if recency_days > fading_days:
        return "fading"
    if tenure_days <= new_days:
        return "new"
    if customer_class in ("a", "b"):
        return "valuable"
    return "existing"
