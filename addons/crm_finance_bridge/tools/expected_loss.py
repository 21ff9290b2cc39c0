"""What will not be paid: roll rates of the receivables, the customer's own behaviour, and an option model.

Lost means: not paid `LOST_DAYS` days after the due date, times the share that is then really lost (loss given
default). An invoice counts as open until it is wholly paid. Shares run from 0 to 1, days count from the due date,
amounts are in one currency. A figure of a day uses what was known on that day and nothing later.

Roll rates: of the money billed, the share not paid on the due date; of that, the share still open 30 days later,
and so on to 180. The product of the steps still ahead of an invoice is its chance of being lost. The behaviour
method takes the customer's own chance of being late for the first step, the later ones are the company's.
Option model (Merton 1974, risk-free rate 0): who grants credit has sold a put on the customer's assets, struck at
its debts; the value of that put for each unit of debt is the share of the debt expected to be lost within a year.
"""

from dataclasses import dataclass
from math import erf, inf, log, sqrt

STEP = 30
STEPS = 7  # being late at all, then six times thirty days
LOST_DAYS = STEP * (STEPS - 1)
ROLL, BEHAVIOUR, OPTION = "roll", "behaviour", "option"
MIN_BILLS = 20  # fewer invoices that were due say nothing about the rates
YEAR = 365


@dataclass(frozen=True)
class Rates:
    """`steps[0]` = share not paid on the due date, `steps[k]` = of what is open 30(k-1) days late, still at 30k."""

    bills: int
    steps: tuple

    @property
    def fresh(self):
        """Chance that an invoice is lost that is not due yet."""
        return _product(self.steps)

    def ahead(self, days, late=None):
        """Chance that an invoice is lost that is `days` past due; `late` replaces the first step.

        >>> Rates(20, (0.5,) * 7).ahead(0) == 0.5 ** 7, Rates(20, (0.5,) * 7).ahead(181)
        (True, 1.0)
        """
        if days > LOST_DAYS:
            return 1.0
        if days <= 0:
            return (self.steps[0] if late is None else late) * _product(self.steps[1:])
        return _product(self.steps[-(-days // STEP) :])


def _product(shares):
    total = 1.0
    for share in shares:
        total *= share
    return total


def roll_rates(bills, day):
    """Rates of the bills as known on `day`, by amount; None with fewer than MIN_BILLS past their due date.

    A step counts the bills that have passed it: a bill due 40 days ago tells about the first 30 days only.
    A step that no money has reached yet keeps all of it (share 1): nothing is assumed to come.
    """
    open_at, seen_at, due = [0.0] * STEPS, [0.0] * STEPS, 0
    for bill in bills:
        age = (day - bill.due).days
        if bill.date >= day or age <= 0:
            continue
        due += 1
        took = (bill.settled - bill.due).days if bill.settled and bill.settled < day else inf
        for step in range(STEPS):
            if age <= step * STEP or (step and took <= (step - 1) * STEP):
                break
            seen_at[step] += bill.amount
            open_at[step] += bill.amount * (took > step * STEP)
    if due < MIN_BILLS:
        return None
    return Rates(due, tuple(kept / seen if seen else 1.0 for kept, seen in zip(open_at, seen_at, strict=True)))


@dataclass(frozen=True)
class Balance:
    """What the customer owns and owes (its own annual accounts), and how much its assets swing in a year (share)."""

    assets: float
    debts: float
    volatility: float


@dataclass(frozen=True)
class Option:
    distance: float  # standard deviations between assets and debts in a year
    probability: float  # that debts exceed assets in a year
    loss: float  # share of the debts expected to be lost


def option(balance, years=1.0):
    """The option model for a balance; None where assets, debts or volatility are not above zero.

    >>> found = option(Balance(100, 100, 0.2))
    >>> round(found.probability, 4), round(found.loss, 4)
    (0.5398, 0.0797)
    """
    if min(balance.assets, balance.debts, balance.volatility) <= 0:
        return None
    swing = balance.volatility * sqrt(years)
    distance = (log(balance.assets / balance.debts) - swing * swing / 2) / swing
    probability = normal(-distance)
    loss = probability - balance.assets / balance.debts * normal(-distance - swing)
    return Option(distance, probability, min(max(loss, 0.0), 1.0))


def normal(value):
    """Distribution function of the standard normal distribution."""
    return (1 + erf(value / sqrt(2))) / 2


def losses(items, sales, rates, late=None, share=1.0):
    """(loss on what is open, loss on a year's sales as they come) by the roll rates.

    `items` are (days past due, amount), `sales` the amount billed in a year, `share` the loss given default.
    """
    open_loss = sum(amount * rates.ahead(days, late) for days, amount in items)
    return open_loss * share, sales * rates.ahead(0, late) * share


def option_loss(balance, exposed, share=1.0):
    """Loss of a year by the option model on the amount exposed all the time; None without usable figures."""
    found = option(balance) if balance else None
    return exposed * found.loss * share if found else None


# === CHECK === #


@dataclass(frozen=True)
class Check:
    """Chances said on a past day against what came: mean squared error, money expected and really lost."""

    judged: int
    brier: float | None = None
    naive: float | None = None  # mean squared error of saying the average to everyone
    expected: float = 0.0
    lost: float = 0.0


def check(bills, past, day, late_of):
    """Return {method: Check} for what was open on `past` and can be judged on `day`.

    `late_of` is {customer: chance of being late as known on `past`} of those with a history.
    """
    rates = roll_rates(bills, past)
    if rates is None:
        return {method: Check(0) for method in (ROLL, BEHAVIOUR)}
    judged = [
        bill
        for bill in bills
        if bill.date < past
        and not (bill.settled and bill.settled < past)
        and (past - bill.due).days <= LOST_DAYS < (day - bill.due).days
    ]
    if not judged:
        return {method: Check(0) for method in (ROLL, BEHAVIOUR)}
    lost = [not bill.settled or (bill.settled - bill.due).days > LOST_DAYS for bill in judged]
    mean = sum(lost) / len(lost)
    found = {}
    for method in (ROLL, BEHAVIOUR):
        said = [
            rates.ahead((past - bill.due).days, late_of.get(bill.customer) if method == BEHAVIOUR else None)
            for bill in judged
        ]
        found[method] = Check(
            judged=len(judged),
            brier=sum((chance - was) ** 2 for chance, was in zip(said, lost, strict=True)) / len(judged),
            naive=mean * (1 - mean),
            expected=sum(bill.amount * chance for bill, chance in zip(judged, said, strict=True)),
            lost=sum(bill.amount for bill, was in zip(judged, lost, strict=True) if was),
        )
    return found
