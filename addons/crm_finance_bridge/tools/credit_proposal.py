"""What limit a customer needs, from what it buys and how it pays. Pure arithmetic on Decimal, no Odoo.

Amounts are in the company's currency, tax included. A limit of zero means "no limit", so a proposal is
never zero: with nothing bought there is no proposal at all ('not enough data').
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

BUFFER_DAYS = 30  # on top of the payment term: goods ordered and not yet invoiced, and a usual delay
SHARE = {
    "A": Decimal("1.25"),
    "B": Decimal("1.10"),
    "C": Decimal("1.00"),
    "D": Decimal("0.75"),
    "E": Decimal("0.50"),
}


@dataclass(frozen=True)
class Need:
    """Sales of the last `days` days, the payment term they had (days, weighted by amount), the letter of the
    payment score ('' without one) and the most that may be proposed (zero: no cap)."""

    sales: Decimal
    days: int
    term_days: Decimal = Decimal(30)
    letter: str = ""
    cap: Decimal = Decimal(0)


@dataclass(frozen=True)
class Proposal:
    amount: Decimal
    a_day: Decimal
    cover_days: int
    share: Decimal
    capped: bool


def propose(need):
    """Return the Proposal for a Need, or None without sales: daily sales x days to cover x share of the letter.

    >>> propose(Need(Decimal(9000), 90)).amount
    Decimal('6000')
    >>> propose(Need(Decimal(9000), 90, letter="E")).amount
    Decimal('3000')
    >>> propose(Need(Decimal(0), 90)) is None
    True
    """
    if need.sales <= 0 or need.days <= 0:
        return None
    a_day = need.sales / need.days
    cover = max(int(need.term_days), 0) + BUFFER_DAYS
    share = SHARE.get(need.letter, Decimal(1))
    amount = rounded(a_day * cover * share)
    capped = 0 < need.cap < amount
    return Proposal(need.cap if capped else amount, a_day, cover, share, capped)


def rounded(amount):
    """Round up to two significant figures, so that a limit is a number people can say.

    >>> rounded(Decimal("5910.20"))
    Decimal('6000')
    >>> rounded(Decimal("0.30"))
    Decimal('1')
    """
    if amount <= 1:
        return Decimal(1)
    step = Decimal(10) ** max(amount.adjusted() - 1, 0)
    return ((amount / step).to_integral_value(ROUND_CEILING) * step).quantize(Decimal(1), ROUND_FLOOR)


def blocked(exposure, limit, orders):
    """Which of the quotations {id: amount} would be held if each were confirmed next; a limit of zero holds none.

    >>> blocked(Decimal(90), Decimal(100), {1: Decimal(10), 2: Decimal("10.01")})
    [2]
    """
    if limit <= 0:
        return []
    return [order for order, amount in orders.items() if amount > 0 and exposure + amount > limit]
