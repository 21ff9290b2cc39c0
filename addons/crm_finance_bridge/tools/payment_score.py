"""How a customer pays: chance of being late, expected delay and a score from 0 to 100, from its own history.

Days count from the due date to the money: + = late, 0 or less = on time. Shares run from 0 to 1. Amounts are only
weights, in one currency. The score of a day may use what was known on that day and nothing later: a paid invoice
counts from the day it was paid, an open one counts as late from the day after its due date, by the days so far.

Rule: newer invoices weigh more (a weight halves every `HALF_LIFE` invoices). The chance of being late is the
weighted share of late ones, drawn towards the company's share as if the customer had `STRENGTH` more invoices of
that kind (empirical Bayes). The expected delay is the weighted median, which one odd invoice does not move.
Measured walk-forward on 2,065 invoices (`scripts/bench payment_score`); a strength of 2 had the better Brier score
than 5 at the same share of right answers.
"""

from collections import defaultdict
from dataclasses import dataclass

MIN_SETTLED = 3  # fewer paid invoices are no history
HALF_LIFE = 8.0  # invoices after which a weight has halved
STRENGTH = 2.0  # invoices that the company's share counts for
RECENT = 5  # invoices of the trend: the last five against those before
KEEP = 60  # newest invoices that are looked at; older ones weigh less than 1 %
MIN_JUDGED = 30  # fewer judged invoices prove nothing about the rule
PRIOR = 0.35  # share of late invoices where the company has none at all

LATE, DELAY, TREND, PROMISE, DISPUTE, LIMIT = "late", "delay", "trend", "promise", "dispute", "limit"
# Most that each takes off, 100 in all. Without a credit limit the others share its points: 50, 25, 10, 10 and 5.
POINTS = {LATE: 45.0, DELAY: 22.5, TREND: 9.0, PROMISE: 9.0, DISPUTE: 4.5, LIMIT: 10.0}
DELAY_WORST = 60.0  # days late on average that cost all points of the delay
TREND_WORST = 30.0  # days later than before that cost all points of the trend
DISPUTE_WORST = 3  # disputes decided for us that cost all their points
LIMIT_FREE = 0.5  # share of the credit limit that costs nothing: it is there to be used; all of it costs all
LETTERS = ((85, "A"), (70, "B"), (50, "C"), (30, "D"), (0, "E"))


@dataclass(frozen=True)
class Paid:
    """One invoice: days from due date to money (so far, if open), weight in money, whether it is settled."""

    days: int
    amount: float = 1.0
    settled: bool = True


@dataclass(frozen=True)
class Conduct:
    """What the collectors noted: promises kept and broken, disputes that were decided for us; and the credit taken.

    `used`: exposure as a share of the credit limit, 1 = all of it; None where there is no limit.
    """

    kept: int = 0
    broken: int = 0
    disputes: int = 0
    used: float | None = None


@dataclass(frozen=True)
class Score:
    """The verdict. `parts` are (code, points taken off), most first; figures are None without history.

    Without a credit limit there is no such part.
    """

    settled: int
    overdue: int = 0
    score: int | None = None
    letter: str | None = None
    late_probability: float | None = None
    expected_delay: int | None = None
    average_delay: float | None = None
    trend: float | None = None
    parts: tuple = ()


def score(invoices, prior=PRIOR, conduct=Conduct()):  # noqa: B008 (frozen)
    """Return the Score of the invoices, oldest settlement first; `prior` is the company's share of late ones.

    >>> score([Paid(0), Paid(-2)]).score is None
    True
    >>> score([Paid(-3)] * 20, prior=0.3).letter
    'A'
    """
    invoices = list(invoices)[-KEEP:]
    settled = sum(invoice.settled for invoice in invoices)
    overdue = len(invoices) - settled
    if settled < MIN_SETTLED:
        return Score(settled, overdue)
    late = late_probability(invoices, prior)
    average = _average(invoices)
    trend = _trend(invoices)
    taken = {
        LATE: late,
        DELAY: average / DELAY_WORST,
        TREND: (trend or 0.0) / TREND_WORST,
        PROMISE: conduct.broken / (conduct.kept + conduct.broken) if conduct.broken else 0.0,
        DISPUTE: conduct.disputes / DISPUTE_WORST,
    }
    if conduct.used is not None:
        taken[LIMIT] = (conduct.used - LIMIT_FREE) / (1 - LIMIT_FREE)
    most = points_of(taken)
    points = {code: most[code] * min(max(share, 0.0), 1.0) for code, share in taken.items()}
    total = round(100 - sum(points.values()))
    return Score(
        settled=settled,
        overdue=overdue,
        score=total,
        letter=letter(total),
        late_probability=late,
        expected_delay=expected_delay(invoices),
        average_delay=average,
        trend=trend,
        parts=tuple(sorted(((code, round(value, 1)) for code, value in points.items()), key=lambda part: -part[1])),
    )


def points_of(parts):
    """{part: most points that it takes off} of the parts there are: 100 in all.

    >>> points_of([LATE, DELAY, TREND, PROMISE, DISPUTE])
    {'late': 50.0, 'delay': 25.0, 'trend': 10.0, 'promise': 10.0, 'dispute': 5.0}
    """
    whole = sum(POINTS[code] for code in parts)
    return {code: 100 * POINTS[code] / whole for code in parts}


def letter(points):
    """A is the best; the limits are LETTERS."""
    return next(name for least, name in LETTERS if points >= least)


def weights(count):
    """Weights of `count` invoices, oldest first; the newest weighs 1."""
    return [0.5 ** ((count - 1 - index) / HALF_LIFE) for index in range(count)]


def late_probability(invoices, prior=PRIOR):
    """Chance that the next invoice is paid after its due date; the prior itself without any invoice."""
    shares = weights(len(invoices))
    late = sum(weight for weight, invoice in zip(shares, invoices, strict=True) if invoice.days > 0)
    return (late + STRENGTH * prior) / (sum(shares) + STRENGTH)


def expected_delay(invoices):
    """Weighted median of the days from due date to money; of two middle values the lower one."""
    pairs = sorted(zip((invoice.days for invoice in invoices), weights(len(invoices)), strict=True))
    half, running = sum(weight for _days, weight in pairs) / 2, 0.0
    for days, weight in pairs:
        running += weight
        if running >= half:
            return days
    raise ValueError("no invoices")


def _average(invoices):
    """Days late weighted by money; an invoice paid early counts as on time, it cannot make up for a late one."""
    money = sum(abs(invoice.amount) for invoice in invoices)
    if not money:
        return sum(max(invoice.days, 0) for invoice in invoices) / len(invoices)
    return sum(max(invoice.days, 0) * abs(invoice.amount) for invoice in invoices) / money


def _trend(invoices):
    """Days that the last five were paid later than those before (minus = sooner); None with fewer than ten."""
    if len(invoices) < 2 * RECENT:
        return None
    recent, before = invoices[-RECENT:], invoices[:-RECENT]
    return sum(one.days for one in recent) / len(recent) - sum(one.days for one in before) / len(before)


# === WALK-FORWARD === #


@dataclass(frozen=True)
class Bill:
    """One invoice with its dates, for the check; `settled` is None where it is still open."""

    customer: object
    date: object
    due: object
    settled: object = None
    amount: float = 1.0


@dataclass(frozen=True)
class Check:
    """What the rule said before each invoice, against what came: shares 0 to 1, days."""

    judged: int
    right: float | None
    error: float | None
    brier: float | None
    late: float | None
    naive: float | None  # share right of "as most of the company's invoices"


def known_at(bills, day):
    """The invoices of one customer as they were known on the morning of `day`, oldest settlement first."""
    settled = sorted(
        (bill for bill in bills if bill.settled and bill.settled < day), key=lambda bill: (bill.settled, bill.date)
    )
    overdue = sorted(
        (bill for bill in bills if bill.date < day and bill.due < day and not (bill.settled and bill.settled < day)),
        key=lambda bill: bill.due,
    )
    return [Paid((bill.settled - bill.due).days, bill.amount) for bill in settled] + [
        Paid((day - bill.due).days, bill.amount, settled=False) for bill in overdue
    ]


def middle(days):
    """The lower median of some days; 0 without any."""
    ordered = sorted(days)
    return ordered[(len(ordered) - 1) // 2] if ordered else 0


def prior_of(bills, day):
    """The share of late ones among the invoices settled before `day`; PRIOR without any."""
    late = [bill.settled > bill.due for bill in bills if bill.settled and bill.settled < day]
    return sum(late) / len(late) if late else PRIOR


def walk_forward(bills, start=None):
    """Judge every settled invoice (dated from `start` on) by what was known before its date; return the Check.

    The prior, too, is the share of late ones among the invoices settled before that date.
    """
    by_customer = defaultdict(list)
    for bill in bills:
        by_customer[bill.customer].append(bill)
    ends = sorted((bill.settled, bill.settled > bill.due) for bill in bills if bill.settled)
    judged = right = naive = passed = late_before = lates = 0
    error = brier = 0.0
    for bill in sorted((bill for bill in bills if bill.settled), key=lambda bill: bill.date):
        while passed < len(ends) and ends[passed][0] < bill.date:
            late_before += ends[passed][1]
            passed += 1
        prior = late_before / passed if passed else PRIOR
        history = known_at(by_customer[bill.customer], bill.date)
        if sum(invoice.settled for invoice in history) < MIN_SETTLED or (start and bill.date < start):
            continue
        history = history[-KEEP:]
        chance, late = late_probability(history, prior), bill.settled > bill.due
        judged += 1
        lates += late
        right += (chance >= 0.5) == late
        naive += (prior >= 0.5) == late
        error += abs(expected_delay(history) - (bill.settled - bill.due).days)
        brier += (chance - late) ** 2
    if not judged:
        return Check(0, None, None, None, None, None)
    return Check(judged, right / judged, error / judged, brier / judged, lates / judged, naive / judged)
