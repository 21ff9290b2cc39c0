"""When a customer is reminded, of what, and who is held out. Pure dates and Decimal, no Odoo.

`report/crm_dunning_status.py` says the same in SQL for all customers at once; the tests compare the two.
Amounts are in the company's currency, positive; dates are days in the company's time zone.
"""

import datetime
import hashlib
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

DAY = datetime.timedelta(days=1)
FAR = 3700  # days a search through a calendar goes back at most
BUCKETS = 10_000  # steps of a held-out share: hundredths of a percent


class Debt(NamedTuple):
    """One open instalment that nothing bars: its key, due date and open amount."""

    key: int
    due: datetime.date
    amount: Decimal


def latest_due(today, days, is_working=None):
    """Return the latest due date for which a level of so many days after the due date is reached today.

    With `is_working` (a function of a day) the days are working days, and nothing is reached on a day off: None.
    A level that was missed (server down, holiday) is reached on every later day, so that it is caught up.

    >>> latest_due(datetime.date(2026, 3, 10), 7)
    datetime.date(2026, 3, 3)
    >>> latest_due(datetime.date(2026, 3, 10), 2, lambda day: day.weekday() < 5)
    datetime.date(2026, 3, 8)
    >>> latest_due(datetime.date(2026, 3, 8), 2, lambda day: day.weekday() < 5) is None
    True
    """
    if is_working is None:
        return today - days * DAY
    if not is_working(today):
        return None
    day = today
    for _step in range(FAR):
        if days <= 0:
            break
        days -= is_working(day)
        day -= DAY
    return day


def held_out(partner, rank, share):
    """Whether a customer belongs to the share (percent) held out at a level: the same answer on every run.

    >>> sum(held_out(partner, 1, 10) for partner in range(10_000)) in range(900, 1_100)
    True
    >>> held_out(7, 1, 0), held_out(7, 1, 100)
    (False, True)
    """
    digest = hashlib.md5(f"{partner}-{rank}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) % BUCKETS < share * BUCKETS / 100


def interest(amount, rate, days, digits=2):
    """Return simple interest on an amount for so many days at a yearly rate in percent, rounded half up.

    >>> interest(Decimal("1000.00"), 9, 73)
    Decimal('18.00')
    """
    exact = Decimal(amount) * Decimal(str(rate)) * max(days, 0) / Decimal(36500)
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def uncovered(debts, receipts):
    """Return {key: amount that no unmatched receipt covers} for the debts of one customer.

    A receipt of exactly the amount of a debt pays that debt (of equal ones the oldest); all other money pays
    the oldest debts first. `receipts` are amounts: payments, bank lines and credit notes not yet matched.

    >>> day = datetime.date(2026, 1, 1)
    >>> uncovered([Debt(1, day, Decimal(100)), Debt(2, day + DAY, Decimal(250))], [Decimal(250)])
    {1: Decimal('100'), 2: Decimal('0')}
    >>> uncovered([Debt(1, day, Decimal(100)), Debt(2, day + DAY, Decimal(250))], [Decimal(120)])
    {1: Decimal('0'), 2: Decimal('230')}
    """
    ordered = sorted(debts, key=lambda debt: (debt.due, debt.key))
    left, paid = list(receipts), set()
    for debt in ordered:
        if debt.amount in left:
            left.remove(debt.amount)
            paid.add(debt.key)
    money, answer = sum(left, Decimal(0)), {}
    for debt in ordered:
        used = debt.amount if debt.key in paid else min(money, debt.amount)
        if debt.key not in paid:
            money -= used
        answer[debt.key] = debt.amount - used
    return answer


def next_rank(due, last, cutoffs):
    """Return the level (1, 2, ...) that a line reaches now, or None.

    `last`: the level it was reminded at before (0 = never), `cutoffs`: the latest due date of each level.
    Levels are taken one at a time: who was never reminded gets the first, however old the debt.

    >>> january = datetime.date(2026, 1, 1)
    >>> next_rank(january, 0, [january, january - DAY]), next_rank(january, 1, [january, january - DAY])
    (1, None)
    """
    if last >= len(cutoffs):
        return None
    cutoff = cutoffs[last]
    return last + 1 if cutoff is not None and due <= cutoff else None
