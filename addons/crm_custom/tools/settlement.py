"""Invented but steady payments for a sales history that has none. No Odoo, no database.

Each customer has a habit, drawn once from the seed and the customer's key; each
document draws its delay from that habit. The same seed gives the same payments
whatever the order or the batch, so an import that was killed goes on as it began.
"""

import datetime
import random
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple


class Habit(NamedTuple):
    """Share of customers; delay after the due date in days (negative = early); shares of documents (0..1)."""

    name: str
    share: float
    earliest_days: int
    latest_days: int
    unpaid_share: float
    part_share: float


# Invented. About a third of the documents is late, as in IBM's sample ledger (877 of 2,466).
HABITS = (
    Habit("prompt", 0.60, -10, 2, 0.005, 0.00),
    Habit("slow", 0.30, -2, 40, 0.02, 0.03),
    Habit("late", 0.10, 15, 120, 0.15, 0.08),
)
PART_PAID = Decimal("0.5")


class Payment(NamedTuple):
    """Date of the payment and its amount in the document's currency, always positive."""

    date: datetime.date
    amount: Decimal


def habit_of(seed, customer):
    rng = random.Random(f"{seed}/customer/{customer}")
    return rng.choices(HABITS, weights=[habit.share for habit in HABITS])[0]


def settle(number, customer, date, due_date, amount, *, seed, until, decimals=2):
    """The payment of one document, or None while it stays open at the end of `until`.

    Units: amounts in the document's currency; a payment is never before the document.
    """
    habit = habit_of(seed, customer)
    rng = random.Random(f"{seed}/document/{number}")
    fate = rng.random()
    delay = rng.randint(habit.earliest_days, habit.latest_days)
    if fate < habit.unpaid_share:
        return None
    paid_on = max(date, due_date + datetime.timedelta(days=delay))
    if paid_on > until:
        return None
    if fate < habit.unpaid_share + habit.part_share:
        part = (amount * PART_PAID).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        return Payment(paid_on, part) if 0 < part < amount else None
    return Payment(paid_on, amount)
