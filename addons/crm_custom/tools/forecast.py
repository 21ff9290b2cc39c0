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

from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta

METHODS = ("weighted", "hazard", "run_rate")
LOOK_BACK_DAYS = 90
"""Days behind the forecast date that new business and the run rate look at."""
MIN_CLOSED = 20
"""Closed deals below which no win rate is stated."""
AGE_EDGES = (0, 7, 14, 21, 28, 42, 56, 70, 84, 98, 112, 126, 140, 168, 196, 224, 280, 365)
"""Lower edges, in days, of the age classes that share one daily rate."""
SHRINK_DAYS = 10.0
"""Deal-days of the stage's overall rate that are added to each age class: a thin class leans on its stage."""
SHRINK_DEALS = 3.0
"""Deals of the stage's overall conversion that are added to each age class."""
MIN_SNAPSHOT = 50
"""Deals seen a whole window ago below which the conversion is taken from the daily rates instead."""
WON, LOST = "won", "lost"


@dataclass(frozen=True)
class Deal:
    """One opportunity as the records hold it today."""

    key: object
    opened: date
    # expected value while open
    value: float
    stage: object = None
    # day of the win or loss; None = open
    closed: date | None = None
    won: bool = False
    # value that was won; None: as expected
    amount: float | None = None
    # changes of stage, oldest first: (day, stage entered); empty: always in `stage`
    moves: tuple = ()
    owner: object = None

    def worth(self):
        return self.value if self.amount is None else self.amount


def known_at(deals, day):
    """The deals as they were known on the morning of `day`: later openings, moves and results do not exist.

    >>> deal = Deal(1, date(2026, 1, 1), 10.0, "won", date(2026, 3, 1), True, moves=((date(2026, 3, 1), "won"),))
    >>> known_at([deal], date(2026, 2, 1))[0].closed is None
    True
    >>> known_at([deal], date(2026, 1, 1))
    []
    """
    known = []
    for deal in deals:
        if deal.opened is None or deal.opened >= day:
            continue
        moves = tuple(move for move in deal.moves if move[0] < day)
        stage = moves[-1][1] if moves else (None if deal.moves else deal.stage)
        if deal.closed and deal.closed >= day:
            deal = replace(deal, closed=None, won=False, amount=None)
        known.append(replace(deal, moves=moves, stage=stage))
    return known


def win_rate(closed):
    """Share of the closed deals that were won; None under MIN_CLOSED."""
    return sum(deal.won for deal in closed) / len(closed) if len(closed) >= MIN_CLOSED else None


def realised(closed):
    """Won value as a share of what had been expected of the won deals; 1 without any."""
    expected = sum(deal.value for deal in closed if deal.won)
    return sum(deal.worth() for deal in closed if deal.won) / expected if expected else 1.0


def observed_from(deals):
    """First day on which a deal was seen to close: before it, closings were not recorded. None without any."""
    return min((deal.closed for deal in deals if deal.closed), default=None)


# === HAZARD === #


@dataclass(frozen=True)
class Rates:
    """Daily rates: {(stage, age class): (won, lost, {next stage: rate})}, and each stage's own over all ages."""

    cells: dict
    stages: dict
    overall: tuple

    def of(self, stage, age_class):
        return self.cells.get((stage, age_class)) or self.stages.get(stage) or self.overall


def age_class(age_days):
    """Number of the age class.

    >>> age_class(0), age_class(6), age_class(7), age_class(4000)
    (0, 0, 1, 17)
    """
    return bisect_right(AGE_EDGES, max(age_days, 0)) - 1


def episodes(deal, start, stop):
    """(stage, first day, day it ended, event) of each stay in a stage, inside [start, stop)."""
    entries = deal.moves or ((deal.opened, deal.stage),)
    end = deal.closed or stop
    for number, (entered, stage) in enumerate(entries):
        following = entries[number + 1] if number + 1 < len(entries) else None
        left = min(following[0] if following else end, end)
        event = following[1] if following and following[0] < end else None
        if event is None and deal.closed:
            event = WON if deal.won else LOST
        first = max(deal.opened if number == 0 else entered, start)
        if left >= first:
            yield stage, first, left, (("move", event) if following and following[0] < end else event)


def _count(deals, start, stop):
    """Deal-days under observation and events, by (stage, age class). The day of an event counts as a day at risk."""
    days, events = Counter(), defaultdict(Counter)
    for deal in deals:
        for stage, first, left, event in episodes(deal, start, stop):
            _spread(days, stage, (first - deal.opened).days, (left - deal.opened).days, event is not None)
            if event is not None:
                events[stage, age_class((left - deal.opened).days)][event] += 1
    return days, events


def _spread(days, stage, first_age, last_age, closes):
    """Add the days from one age to another to the age classes they fall in."""
    stop_age = last_age + (1 if closes else 0)
    number = age_class(first_age)
    while first_age < stop_age:
        edge = AGE_EDGES[number + 1] if number + 1 < len(AGE_EDGES) else stop_age
        upto = min(edge, stop_age)
        days[stage, number] += upto - first_age
        first_age, number = upto, number + 1


def _rate(events, exposure, prior=None):
    """Rates of one cell, leaning on the prior's for SHRINK_DAYS."""
    strength = SHRINK_DAYS if prior else 0.0
    total = exposure + strength
    if not total:
        return prior or (0.0, 0.0, {})
    won, lost, moves = prior or (0.0, 0.0, {})
    names = {event[1] for event in events if isinstance(event, tuple)} | set(moves)
    return (
        (events.get(WON, 0) + strength * won) / total,
        (events.get(LOST, 0) + strength * lost) / total,
        {name: (events.get(("move", name), 0) + strength * moves.get(name, 0.0)) / total for name in names},
    )


def hazard_rates(deals, day):
    """Daily rates from what happened before `day`. Deals enter when closings began to be recorded, not earlier:
    a deal that survived until then must not count days in which its like could not be seen to close."""
    start = observed_from(deals)
    if start is None:
        return None
    days, events = _count(deals, start, day)
    by_stage, all_events = defaultdict(Counter), Counter()
    stage_days = Counter()
    for (stage, _number), counter in events.items():
        by_stage[stage].update(counter)
        all_events.update({event: count for event, count in counter.items() if not isinstance(event, tuple)})
    for (stage, _number), count in days.items():
        stage_days[stage] += count
    overall = _rate(all_events, sum(days.values()))
    stages = {stage: _rate(by_stage[stage], stage_days[stage], overall) for stage in stage_days}
    cells = {
        (stage, number): _rate(events.get((stage, number), {}), count, stages[stage])
        for (stage, number), count in days.items()
    }
    return Rates(cells, stages, overall)


def win_within(rates, stages, days):
    """Chance to win within each number of days, by stage and age in days: [{stage: [by age]} for 0..days].

    Backwards from the end of the window: today's chance is to win today, or to stay or move and win later.
    """
    top = AGE_EDGES[-1]
    classes = [age_class(age) for age in range(top + 1)]
    stages = set(stages) | set(rates.stages)
    stages |= {name for cell in [*rates.cells.values(), *rates.stages.values()] for name in cell[2]}
    table = [{stage: [0.0] * (top + 1) for stage in stages}]
    for _step in range(days):
        before, now = table[-1], {}
        for stage in stages:
            cells = [rates.of(stage, number) for number in range(len(AGE_EDGES))]
            own, chances = before[stage], []
            for age in range(top + 1):
                won, lost, moves = cells[classes[age]]
                following = min(age + 1, top)
                moved = sum(moves.values())
                stay = max(0.0, 1.0 - won - lost - moved)
                chance = won + stay * own[following]
                for name, rate in moves.items():
                    chance += rate * before[name][following]
                chances.append(min(chance, 1.0))
            now[stage] = chances
        table.append(now)
    return table


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
