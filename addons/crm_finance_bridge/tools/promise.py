"""Promises to pay: which settlement keeps which promise, and what became of it. No Odoo, no database.

Amounts are integers in the smallest unit of the company's currency (cents), always positive.
"""

from datetime import date
from typing import NamedTuple

OPEN, KEPT, PART, BROKEN, CANCELLED = "open", "kept", "part", "broken", "cancelled"


class Promised(NamedTuple):
    """What was promised on one receivable line; settlements up to number `known` were there before the promise."""

    key: int
    deadline: date
    amount: int
    known: int = 0


class Settlement(NamedTuple):
    """One reconciliation of the receivable line; `number` grows in the order of booking, `date` is its value date."""

    number: int
    date: date
    amount: int


def share_out(promises, settlements):
    """Give the settlements of one receivable line to its promises: [(promise key, settlement number, amount)].

    No cent is given twice. The promise with the earliest deadline is served first, from the earliest settlements, with
    those alone that came after the promise was made and are dated up to its deadline.

    >>> first, second = Promised(1, date(2026, 1, 10), 50), Promised(2, date(2026, 1, 20), 50)
    >>> share_out([first, second], [Settlement(7, date(2026, 1, 9), 60)])
    [(1, 7, 50), (2, 7, 10)]
    >>> share_out([first, second], [Settlement(7, date(2026, 1, 15), 60)])
    [(2, 7, 50)]
    """
    left = {item.number: item.amount for item in settlements}
    parts = []
    for promise in sorted(promises, key=lambda item: (item.deadline, item.key)):
        missing = promise.amount
        for item in sorted(settlements, key=lambda item: (item.date, item.number)):
            taken = min(missing, left[item.number])
            if taken <= 0 or item.number <= promise.known or item.date > promise.deadline:
                continue
            parts.append((promise.key, item.number, taken))
            left[item.number] -= taken
            missing -= taken
    return parts


def outcome(amount, settled, money, deadline, today):
    """Return the state of a promise: `settled` of `amount` in time, `money` of it by money (not by credit notes).

    A promise that credit notes alone settled is nobody's merit: it is cancelled.

    >>> day = date(2026, 1, 10)
    >>> outcome(100, 100, 60, day, day), outcome(100, 100, 0, day, day), outcome(100, 40, 40, day, day)
    ('kept', 'cancelled', 'open')
    >>> outcome(100, 40, 40, day, date(2026, 1, 11)), outcome(100, 0, 0, day, date(2026, 1, 11))
    ('part', 'broken')
    """
    if settled >= amount:
        return KEPT if money or not amount else CANCELLED
    if today <= deadline:
        return OPEN
    return PART if settled else BROKEN


def spread(amount, residuals):
    """Spread an amount over what is open, in the order given: [(key, amount)]; what is left over is not spread.

    >>> spread(120, [("a", 100), ("b", 50)]), spread(500, [("a", 100)])
    ([('a', 100), ('b', 20)], [('a', 100)])
    """
    shares = []
    for key, residual in residuals:
        taken = min(amount, residual)
        if taken > 0:
            shares.append((key, taken))
            amount -= taken
    return shares
