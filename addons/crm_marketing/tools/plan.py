"""Rules of a campaign's plan: overlap, budget decision, score, likeness.

No Odoo import. Dates are calendar days (both ends included), None = open. Money is in one
company currency, positive = spent or to be spent; ratios in percent say so in their name.
"""

FREE = "free"
WARN = "warn"
STOP = "stop"


def overlaps(start, end, other_start, other_end):
    """Say whether two periods share a day; a period without a start is not planned yet and clashes with none.

    >>> overlaps(1, 5, 5, 9), overlaps(1, 5, 6, 9), overlaps(1, None, 6, 9), overlaps(None, 5, 1, 9)
    (True, False, True, False)
    """
    if not start or not other_start:
        return False
    return (end is None or other_start <= end) and (other_end is None or start <= other_end)


def budget_decision(used, extra, budget, warn_pct, stop_pct):
    """Judge a new commitment: 'free', 'warn' from the warning share on, 'stop' above the stopping share.

    ``used`` is what is spent and committed, ``extra`` what is about to be. Shares in percent of the budget,
    0 = no such limit. Without a budget nothing is judged. A commitment that lowers the sum is always free.

    >>> [budget_decision(70, extra, 100, 80, 100) for extra in (9, 10, 30, 30.01)]
    ['free', 'warn', 'warn', 'stop']
    >>> budget_decision(150, -10, 100, 80, 100), budget_decision(10, 10, 0, 80, 100)
    ('free', 'free')
    """
    if budget <= 0 or extra <= 0:
        return FREE
    total = 100 * (used + extra)
    if stop_pct and total > budget * stop_pct:
        return STOP
    return WARN if warn_pct and total >= budget * warn_pct else FREE


def reached(actual, expected):
    """Return actual / expected in percent, at most 100, or None where nothing was expected.

    >>> reached(30, 40), reached(50, 40), reached(-5, 40), reached(5, 0)
    (75.0, 100.0, 0.0, None)
    """
    if expected <= 0:
        return None
    return max(0.0, min(100.0, 100.0 * float(actual) / float(expected)))


def kept(cost, budget):
    """Return 100 while the budget is kept, less by each percent overspent; None without a budget.

    >>> kept(90, 100), kept(110, 100), kept(300, 100), kept(5, 0)
    (100.0, 90.0, 0.0, None)
    """
    if budget <= 0:
        return None
    return max(0.0, 100.0 - max(0.0, 100.0 * (float(cost) - float(budget)) / float(budget)))


def suggested_score(parts):
    """Return the mean of the measured parts (0 to 100), or None: not enough data.

    >>> suggested_score({"money": 80.0, "budget": None, "steps": 40.0})
    60.0
    >>> suggested_score({"money": None}) is None
    True
    """
    known = [part for part in parts.values() if part is not None]
    return sum(known) / len(known) if known else None


def likeness(one, other, weights):
    """Return how alike two campaigns are, 0 to 100, and the traits that they share.

    ``one`` and ``other`` give a set of ids for each trait, ``weights`` its weight. A trait counts
    by the share of ids in common (both / either); a trait that ``one`` does not have is left out.

    >>> likeness({"tag": {1, 2}, "product": {7}}, {"tag": {2}, "product": {8}}, {"tag": 1, "product": 3})
    (12.5, ['tag'])
    >>> likeness({"tag": set()}, {"tag": {1}}, {"tag": 1})
    (0.0, [])
    """
    total = sum(weight for trait, weight in weights.items() if one.get(trait))
    score, shared = 0.0, []
    for trait, weight in weights.items():
        mine, theirs = one.get(trait) or set(), other.get(trait) or set()
        if mine & theirs:
            score += weight * len(mine & theirs) / len(mine | theirs)
            shared.append(trait)
    return (100.0 * score / total if total else 0.0), shared
