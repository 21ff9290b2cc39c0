"""Receipts by week: when the open money comes in, drawn from how customers really paid; quantiles of the sums.

Days count from the due date to the money, + = late. Amounts are in one currency, + = the customer owes. Week 0
starts on the day of the forecast; what would have come before it comes in week 0. A forecast of a day uses delays
known on that day and nothing later.

Rule: each due date of a customer draws a delay from the customer's own past, or, the less past it has, from the
company's (as if the customer had `STRENGTH` more invoices of the company's kind). An item that is already late
draws among the delays that were at least as long; where nobody ever was that late it is not expected within
the weeks. A promise comes on its day with the chance that promises are kept, else as any other item. An
opportunity comes or does not, with its chance. Draws are repeatable: the seed is part of the call.
"""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from random import Random

WEEK = 7
WEEKS = 13
DRAWS = 300
BUDGET = 1_500_000  # draws of all due dates together: with many of them fewer draws say the same
LEAST_DRAWS = 60
STRENGTH = 3.0  # invoices that the company's delays count for beside the customer's own
NEWEST = 8  # newest delays of a customer that are drawn from; measured: fewer follow a change sooner
MIN_POOL = 3  # fewer delays of the company than this: no forecast
KEPT = 0.7  # chance that a promise is kept where none was judged yet
BAND = (0.10, 0.50, 0.90)
INSIDE = 0.8  # share of the weeks that shall fall between P10 and P90
MIN_TESTED = 8  # fewer weeks compared with what came do not widen the band
WIDEST = 4.0


@dataclass(frozen=True)
class Expected:
    """Money that may come: on `due` plus a delay, or on the `promised` day; `chance` that it comes at all."""

    customer: object
    amount: float
    due: object
    promised: object = None
    chance: float = 1.0


@dataclass(frozen=True)
class Week:
    """Quantiles of what comes in within a week."""

    low: float
    middle: float
    high: float
    mean: float


def pools(bills, day, newest=NEWEST):
    """Delays known on `day`: ({customer: sorted days of its newest}, sorted days of all)."""
    own = defaultdict(list)
    settled = sorted((bill for bill in bills if bill.settled and bill.settled < day), key=lambda bill: bill.settled)
    for bill in settled:
        own[bill.customer].append((bill.settled - bill.due).days)
    return (
        {customer: sorted(days[-newest:]) for customer, days in own.items()},
        sorted((bill.settled - bill.due).days for bill in settled),
    )


def forecast(items, day, own, common, *, weeks=WEEKS, draws=DRAWS, kept=KEPT, spread=1.0, seed=0):
    """Return a Week for each of the weeks from `day` on; None where the company's past is too short to say.

    `spread` widens the band around its middle (see `spread_of`); nothing falls below zero.

    >>> forecast([], None, {}, []) is None
    True
    """
    if len(common) < MIN_POOL:
        return None
    random = Random(seed).random  # noqa: S311 (a simulation, no secret)
    groups = _grouped(items)
    draws = min(draws, max(BUDGET // max(len(groups), 1), LEAST_DRAWS))
    sums = [[0.0] * draws for _week in range(weeks)]
    for (customer, due, promised, chance), amount in groups.items():
        pool = own.get(customer, [])
        share = len(pool) / (len(pool) + STRENGTH)
        least = (day - due).days
        first, first_common = bisect_left(pool, least), bisect_left(common, least)
        own_left, common_left = len(pool) - first, len(common) - first_common
        for draw in range(draws):
            if chance < 1.0 and random() >= chance:
                continue
            if promised is not None and random() < kept:
                ahead = (promised - day).days
            elif own_left and (not common_left or random() < share):
                ahead = pool[first + int(random() * own_left)] - least
            elif common_left:
                ahead = common[first_common + int(random() * common_left)] - least
            else:
                continue
            week = max(ahead, 0) // WEEK
            if week < weeks:
                sums[week][draw] += amount
    return [_week(values, spread) for values in sums]


def _grouped(items):
    """Amounts of one customer and day come together; opportunities each on their own."""
    groups = defaultdict(float)
    for index, item in enumerate(items):
        single = (item.customer, index) if item.chance < 1.0 else item.customer
        groups[single, item.due, item.promised, item.chance] += item.amount
    return {
        (customer[0] if isinstance(customer, tuple) else customer, due, promised, chance): amount
        for (customer, due, promised, chance), amount in groups.items()
    }


def _week(values, spread):
    ordered = sorted(values)
    last = len(ordered) - 1
    low, middle, high = (ordered[round(share * last)] for share in BAND)
    low, high = max(middle - (middle - low) * spread, 0.0), middle + (high - middle) * spread
    return Week(low, middle, high, sum(ordered) / len(ordered))


def spread_of(rows):
    """How much wider the band must be so that 8 of 10 past weeks had been inside: 1 to WIDEST; 1 with few rows.

    `rows` are (low, middle, high, actual) of past forecasts made with a spread of 1.
    """
    ratios = []
    for low, middle, high, actual in rows:
        side = high - middle if actual > middle else middle - low
        ratios.append(abs(actual - middle) / side if side else (0.0 if actual == middle else WIDEST))
    if len(ratios) < MIN_TESTED:
        return 1.0
    ratios.sort()
    return min(max(ratios[min(int(len(ratios) * INSIDE), len(ratios) - 1)], 1.0), WIDEST)


# === BACKTEST === #


@dataclass(frozen=True)
class Tested:
    """One week of a past forecast beside what came."""

    day: object
    index: int
    week: Week
    actual: float

    @property
    def inside(self):
        return self.week.low <= self.actual <= self.week.high


def backtest(bills, days, *, weeks=WEEKS, draws=DRAWS, spread=1.0):
    """Forecast the items open on each of the days from what was known then; return Tested rows."""
    rows = []
    for day in days:
        own, common = pools(bills, day)
        still = [bill for bill in bills if bill.date < day and not (bill.settled and bill.settled < day)]
        answer = forecast(
            [Expected(bill.customer, bill.amount, bill.due) for bill in still],
            day,
            own,
            common,
            weeks=weeks,
            draws=draws,
            spread=spread,
        )
        if answer is None:
            continue
        came = [0.0] * weeks
        for bill in still:
            index = (bill.settled - day).days // WEEK if bill.settled else weeks
            if index < weeks:
                came[index] += bill.amount
        rows += [Tested(day, index, week, came[index]) for index, week in enumerate(answer)]
    return rows


def summary(rows):
    """(share inside P10 to P90, sum of errors / sum of money, bias) of the rows; None without money."""
    money = sum(row.actual for row in rows)
    if not money:
        return None
    wrong = sum(abs(row.week.middle - row.actual) for row in rows)
    return (
        sum(row.inside for row in rows) / len(rows),
        wrong / money,
        sum(row.week.mean for row in rows) / money - 1,
    )
