"""Daily chances of a deal to be won, lost or moved on, by stage and age: competing risks counted from the records.

Units: days are calendar days, rates per day, probabilities 0-1; value and amount in one currency. Source: shared
METHODS section 10. None means not enough data, never zero.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date

MIN_CLOSED = 20
"""Closed deals below which no win rate is stated."""
AGE_EDGES = (0, 7, 14, 21, 28, 42, 56, 70, 84, 98, 112, 126, 140, 168, 196, 224, 280, 365)
"""Lower edges, in days, of the age classes that share one daily rate."""
SHRINK_DAYS = 10.0
"""Deal-days of the stage's overall rate that are added to each age class: a thin class leans on its stage."""
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
