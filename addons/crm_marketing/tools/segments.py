"""Rules of segments: payer classes, buying patterns, and a budget laid out by margin per unit of cost.

Money in one currency; days late as the scorecard's metric says (negative = early); shares in percent.
"""

import re
from dataclasses import dataclass

PROMPT_DAYS = 0
LATE_DAYS = 30
"""A payer is prompt up to PROMPT_DAYS on average after the due date, slow up to LATE_DAYS, then late."""

MIN_ORDERS = 3
"""Fewer order days show no pattern."""
STALE_GAPS = 2
"""A buyer is dormant when the last order is more than this many usual gaps ago."""


def payer(days_late):
    """Class of a payer by its mean days late; 'none' without a payment."""
    if days_late is None:
        return "none"
    if days_late <= PROMPT_DAYS:
        return "prompt"
    return "slow" if days_late <= LATE_DAYS else "late"


def pattern(orders, gap, days_since_last, long_days=90):
    """Buying pattern by order days, usual gap and days since the last order.

    'none' without an order, 'single' after one, 'few' below MIN_ORDERS; then 'dormant' when overdue by more than
    STALE_GAPS gaps, 'frequent' for a gap up to a month, 'regular' up to `long_days`, else 'seldom'.
    """
    if not orders:
        return "none"
    if orders < MIN_ORDERS or not gap:
        return "single" if orders == 1 else "few"
    if days_since_last > STALE_GAPS * gap:
        return "dormant"
    if gap <= 31:
        return "frequent"
    return "regular" if gap <= long_days else "seldom"


def cells(text):
    """RFM cells of a text: '555, 54*' gives ['555', '54*']; [] where any of them is no cell."""
    found = [part for part in re.split(r"[,;\s]+", (text or "").strip()) if part]
    return found if all(re.fullmatch(r"[1-5*]{3}", part) for part in found) else []


@dataclass(frozen=True)
class Need:
    """A segment that asks for budget: what contacting all of it costs, and the margin expected from that."""

    key: int
    cost: float
    margin: float

    @property
    def ratio(self):
        """Expected margin per unit of cost; None without a cost."""
        return self.margin / self.cost if self.cost > 0 else None


def rank(needs):
    """Needs with a cost, best margin per unit of cost first; ties by larger margin, then by key."""
    return sorted(
        (need for need in needs if need.ratio is not None), key=lambda need: (-need.ratio, -need.margin, need.key)
    )


def allocate(budget, needs, places=2):
    """{key: money}: the budget goes to the best ratio first, each need in full until nothing is left.

    Segments whose margin does not pay for the contact (ratio below 1) get nothing: keeping the money is better.
    """
    left, result = round(max(budget, 0.0), places), {}
    for need in rank(needs):
        given = round(min(left, need.cost), places) if need.ratio >= 1 else 0.0
        result[need.key] = given
        left = round(left - given, places)
    return result
