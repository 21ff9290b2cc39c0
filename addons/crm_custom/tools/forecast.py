"""Sales forecast from the deals themselves: four transparent methods side by side, without a database.

A forecast is made on the morning of `day` for the window [day, day + horizon_days): it knows everything dated
before `day` and nothing else. `known_at` cuts the future off; each method starts with it.

- `weighted`: value of every open deal times the win rate of the closed ones.
- `hazard`: each open deal wins, loses or moves on with the daily rate of its stage and age; plus the new
  business that will open, at the rate of the last days, and still be won inside the window.
- `run_rate`: won value a day of the last days, times the window.
- `combination`: the three, weighted by the inverse of their past error (equal weights without a past).

Units: money in one currency, days are calendar days, rates per day, probabilities 0-1. Errors: forecast minus
actual as a share of actual; + = forecast too high. Source: shared METHODS section 10.
None means not enough data, never zero.
"""

from collections import Counter
from datetime import timedelta

from .hazard import AGE_EDGES, age_class, hazard_rates, known_at, observed_from, realised, win_rate, win_within

METHODS = ("weighted", "hazard", "run_rate")
LOOK_BACK_DAYS = 90
"""Days behind the forecast date that new business and the run rate look at."""
SHRINK_DEALS = 3.0
"""Deals of the stage's overall conversion that are added to each age class."""
MIN_SNAPSHOT = 50
"""Deals seen a whole window ago below which the conversion is taken from the daily rates instead."""


def conversion(known, day, horizon_days):
    """{(stage, age class): share won within the window} of the deals that were open a whole window ago.

    The latest window that has ended is read; what happened in it (stalled deals, moves between stages) is in the
    result by itself. (stage, None) holds the stage over all ages, None: overall. None under MIN_SNAPSHOT deals.
    """
    start, seen, won = observed_from(known), Counter(), Counter()
    origin = day - timedelta(horizon_days)
    if start is None or origin < start:
        return None
    winners = {deal.key for deal in known if deal.won}
    for deal in known_at(known, origin):
        if not deal.closed:
            for cell in ((deal.stage, age_class((origin - deal.opened).days)), (deal.stage, None), None):
                seen[cell] += 1
                won[cell] += deal.key in winners
    if seen[None] < MIN_SNAPSHOT:
        return None
    overall = won[None] / seen[None]
    shares = {None: overall}
    for cell in sorted(seen.keys() - {None}, key=lambda cell: cell[1] is not None):
        prior = overall if cell[1] is None else shares[cell[0], None]
        shares[cell] = (won[cell] + SHRINK_DEALS * prior) / (seen[cell] + SHRINK_DEALS)
    return shares


def _open_chances(known, day, horizon_days, table):
    """{key: chance} of the open deals, by conversion; by daily rates while the history is too short for it."""
    shares, top, chances = conversion(known, day, horizon_days), AGE_EDGES[-1], {}
    for deal in known:
        age = (day - deal.opened).days
        if deal.closed:
            continue
        if shares is None:
            chances[deal.key] = table[horizon_days][deal.stage][min(age, top)]
        else:
            cells = ((deal.stage, age_class(age)), (deal.stage, None), None)
            chances[deal.key] = next(shares[cell] for cell in cells if cell in shares)
    return chances


def deal_chances(deals, day, horizon_days):
    """{key: chance to be won inside the window} of the open deals; None without enough closed deals."""
    known = known_at(deals, day)
    if win_rate([deal for deal in known if deal.closed]) is None:
        return None
    table = win_within(hazard_rates(known, day), {deal.stage for deal in known}, horizon_days)
    return _open_chances(known, day, horizon_days, table)


# === METHODS === #


def weighted(deals, day, horizon_days):
    """Value of the open deals times the win rate so far, whenever they close."""
    known = known_at(deals, day)
    closed = [deal for deal in known if deal.closed]
    rate = win_rate(closed)
    if rate is None:
        return None
    return sum(deal.value for deal in known if not deal.closed) * rate * realised(closed)


def hazard_parts(deals, day, horizon_days):
    """({key of each open deal: expected win}, new business); None without enough closed deals."""
    known = known_at(deals, day)
    closed = [deal for deal in known if deal.closed]
    if win_rate(closed) is None:
        return None
    entries = Counter(deal.moves[0][1] if deal.moves else deal.stage for deal in known)
    stages = {deal.stage for deal in known} | set(entries)
    table = win_within(hazard_rates(known, day), stages, horizon_days)
    chances, share = _open_chances(known, day, horizon_days, table), realised(closed)
    wins = {deal.key: deal.value * chances[deal.key] * share for deal in known if not deal.closed}
    return wins, _new_business(known, day, horizon_days, table, entries) * share


def hazard(deals, day, horizon_days):
    """Expected wins of the open deals by stage and age, plus new business."""
    parts = hazard_parts(deals, day, horizon_days)
    return parts and sum(parts[0].values()) + parts[1]


def _new_business(known, day, horizon_days, table, entries):
    """Deals open at the rate and value of the last days, in the stages where deals begin."""
    first = max(day - timedelta(LOOK_BACK_DAYS), min(deal.opened for deal in known))
    fresh = [deal.value for deal in known if deal.opened >= first]
    length = (day - first).days
    if not fresh or not length:
        return 0.0
    value_a_day = sum(fresh) / length
    share = {stage: count / sum(entries.values()) for stage, count in entries.items()}
    chance = sum(share[stage] * table[left][stage][0] for stage in share for left in range(1, horizon_days + 1))
    return value_a_day * chance


def run_rate(deals, day, horizon_days):
    """Won value a day since LOOK_BACK_DAYS, or since closings are recorded, times the days of the window."""
    known = known_at(deals, day)
    closed = [deal for deal in known if deal.closed]
    start = observed_from(known)
    if win_rate(closed) is None:
        return None
    first = max(day - timedelta(LOOK_BACK_DAYS), start)
    won = sum(deal.worth() for deal in closed if deal.won and deal.closed >= first)
    return won / (day - first).days * horizon_days


RULES = {"weighted": weighted, "hazard": hazard, "run_rate": run_rate}


def actual(deals, day, horizon_days):
    """What was won inside the window."""
    stop = day + timedelta(horizon_days)
    return sum(deal.worth() for deal in deals if deal.won and deal.closed and day <= deal.closed < stop)


# === ERRORS AND COMBINATION === #


def error(forecast, result):
    """Forecast minus actual as a share of actual, + = too high; None when one of them is missing or actual is 0.

    >>> error(80.0, 100.0), error(None, 100.0), error(5.0, 0)
    (-0.2, None, None)
    """
    return (forecast - result) / result if forecast is not None and result else None


def mean_error(errors):
    """(mean absolute error, bias) of errors as shares; (None, None) without any.

    >>> mean_error([-0.2, 0.4, None])
    (0.30000000000000004, 0.1)
    """
    known = [value for value in errors if value is not None]
    if not known:
        return None, None
    return sum(abs(value) for value in known) / len(known), sum(known) / len(known)


def combination_weights(past_errors, floor=0.02):
    """Shares that sum to 1, in proportion to 1 / mean absolute error; `floor` keeps luck from taking all.

    >>> combination_weights({"a": [0.1], "b": [-0.3]})
    {'a': 0.75, 'b': 0.25}
    >>> combination_weights({"a": [], "b": [0.3]})
    {'a': 0.5, 'b': 0.5}
    """
    means = {name: mean_error(errors)[0] for name, errors in past_errors.items()}
    if not means:
        return {}
    if any(mean is None for mean in means.values()):
        return {name: 1 / len(means) for name in means}
    inverse = {name: 1 / max(mean, floor) for name, mean in means.items()}
    total = sum(inverse.values())
    return {name: round(value / total, 12) for name, value in inverse.items()}


def combine(forecasts, weights):
    """Weighted mean of the forecasts that there are; None when there is none.

    >>> combine({"a": 100.0, "b": None}, {"a": 0.5, "b": 0.5})
    100.0
    """
    there = {name: value for name, value in forecasts.items() if value is not None}
    total = sum(weights.get(name, 0.0) for name in there)
    return sum(weights.get(name, 0.0) * value for name, value in there.items()) / total if total else None


def past_errors(deals, day, horizon_days, step_days=14, most=8):
    """Errors of each method on earlier days whose window had ended before `day`: nothing later is needed."""
    known = known_at(deals, day)
    start = observed_from(known)
    errors = {name: [] for name in RULES}
    origin = day - timedelta(horizon_days)
    while start and origin > start and len(errors["weighted"]) < most:
        result = actual(known, origin, horizon_days)
        for name, rule in RULES.items():
            errors[name].append(error(rule(known, origin, horizon_days), result))
        origin -= timedelta(step_days)
    return errors


def forecast(deals, day, horizon_days, errors=None):
    """All methods for one window: {method: value or None, "combination": ..., "weights": {...}}."""
    values = {name: rule(deals, day, horizon_days) for name, rule in RULES.items()}
    weights = combination_weights(past_errors(deals, day, horizon_days) if errors is None else errors)
    return {**values, "combination": combine(values, weights), "weights": weights}
