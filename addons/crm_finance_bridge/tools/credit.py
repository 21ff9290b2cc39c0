"""Does the credit of a customer allow one more order? Pure arithmetic on Decimal, no Odoo.

Signs: every amount is in the company's currency, positive = the customer owes or will owe.
`unapplied` alone is zero or negative: money received or credit notes not yet matched with an invoice.
A limit of zero means "no limit", as Odoo's own partner credit limit does.
"""

from dataclasses import dataclass, field
from decimal import Decimal

ZERO = Decimal(0)
WATCH_RATE = Decimal("0.9")  # share of a limit from which a customer is watched
NONE, OK, WATCH, HOLD = "none", "ok", "watch", "hold"
OVER_LIMIT, OVERDUE, TOO_OLD = "over_limit", "overdue", "too_old"


@dataclass(frozen=True)
class Terms:
    """What a customer is granted: rule is none, warn or hold; amounts in company currency, days past due."""

    rule: str = HOLD
    amount_limit: Decimal = ZERO
    overdue_limit: Decimal = ZERO
    max_days_overdue: int = 0

    @property
    def limited(self):
        """Whether anything is checked at all."""
        return self.rule != NONE and (self.amount_limit > 0 or self.overdue_limit > 0 or self.max_days_overdue > 0)


@dataclass(frozen=True)
class Position:
    """Where a customer stands: the parts of the exposure, and what is past due.

    `overdue` is net of unapplied receipts; `days_overdue` belongs to the oldest item that
    unapplied receipts, used on the oldest items first, do not cover.
    """

    receivable: Decimal = ZERO
    unapplied: Decimal = ZERO
    uninvoiced: Decimal = ZERO
    draft: Decimal = ZERO
    order: Decimal = ZERO
    overdue: Decimal = ZERO
    days_overdue: int = 0

    @property
    def exposure(self):
        return self.receivable + self.unapplied + self.uninvoiced + self.draft + self.order


@dataclass(frozen=True)
class Reason:
    """One limit that is passed: code, the value found and the limit it passes (money or days)."""

    code: str
    value: Decimal
    limit: Decimal

    @property
    def excess(self):
        return self.value - self.limit


@dataclass(frozen=True)
class Verdict:
    state: str
    reasons: tuple = field(default=())

    @property
    def holds(self):
        return self.state == HOLD


def judge(position, terms):
    """Return the verdict on a position: none (nothing checked), ok, watch or hold, with the limits passed.

    Edge cases: a value equal to its limit passes, one cent or one day more does not. A customer whose
    rule is `warn` is watched where another would be held, with the same reasons.

    >>> judge(Position(receivable=Decimal("100.00")), Terms(amount_limit=Decimal("100.00"))).state
    'watch'
    >>> judge(Position(receivable=Decimal("100.01")), Terms(amount_limit=Decimal("100.00"))).state
    'hold'
    """
    if not terms.limited:
        return Verdict(NONE)
    checks = (
        Reason(OVER_LIMIT, position.exposure, terms.amount_limit),
        Reason(OVERDUE, position.overdue, terms.overdue_limit),
        Reason(TOO_OLD, Decimal(position.days_overdue), Decimal(terms.max_days_overdue)),
    )
    passed = tuple(check for check in checks if check.limit > 0 and check.value > check.limit)
    if passed:
        return Verdict(HOLD if terms.rule == HOLD else WATCH, passed)
    near = any(check.limit > 0 and check.value >= check.limit * WATCH_RATE for check in checks)
    return Verdict(WATCH if near else OK)
