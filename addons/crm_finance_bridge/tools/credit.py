"""Does the credit of a customer allow one more order? Pure arithmetic on Decimal, no Odoo.

Signs: every amount is in the company's currency, positive = the customer owes or will owe.
`unapplied` alone is zero or negative: money received or credit notes not yet matched with an invoice.
A limit of zero means "no limit", as Odoo's own partner credit limit does.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal

ZERO = Decimal(0)
WATCH_RATE = Decimal("0.9")  # share of a limit from which a customer is watched
NONE, OK, WATCH, HOLD = "none", "ok", "watch", "hold"
STOP, PREPAID, ONE_INVOICE = "stop", "prepaid", "one_invoice"
STATES = [
    (NONE, "No limit set"),
    (OK, "OK"),
    (WATCH, "Watch"),
    (HOLD, "On hold"),
    (STOP, "Stopped"),
    (PREPAID, "Prepayment"),
    (ONE_INVOICE, "One invoice at a time"),
]
OVER_LIMIT, OVERDUE, TOO_OLD = "over_limit", "overdue", "too_old"
STOPPED, ONE_OPEN, UNPAID = "stopped", "one_open", "unpaid"
LOCKED = (HOLD, ONE_INVOICE)  # rules under which orders of a customer are checked one after the other

# What is asked for: a new order, more of a confirmed one, a delivery; ANY is the customer's state at large.
ANY, ORDER, INCREASE, DELIVERY = "any", "order", "increase", "delivery"
STOPS = {
    "orders": (ANY, ORDER, INCREASE),
    "deliveries": (ANY, DELIVERY),
    "all": (ANY, ORDER, INCREASE, DELIVERY),
}


@dataclass(frozen=True)
class Terms:
    """What a customer is granted: amounts in company currency, days past due.

    `rule` is none, warn, hold, prepaid (delivered once paid in full) or one_invoice (a new order only when
    nothing is open). `stop` is empty or a key of STOPS, and goes before any rule.
    """

    rule: str = HOLD
    amount_limit: Decimal = ZERO
    overdue_limit: Decimal = ZERO
    max_days_overdue: int = 0
    stop: str = ""

    @property
    def limited(self):
        """Whether anything is checked at all."""
        if self.stop or self.rule in (PREPAID, ONE_INVOICE):
            return True
        return self.rule != NONE and (self.amount_limit > 0 or self.overdue_limit > 0 or self.max_days_overdue > 0)

    @property
    def unlimited(self):
        """Whether orders of any amount pass, however little is overdue: no rule holds them, or no limit in money."""
        return self.rule not in (*LOCKED, PREPAID) or (self.rule == HOLD and self.amount_limit <= 0)


@dataclass(frozen=True)
class Position:
    """Where a customer stands: the parts of the exposure, and what is past due.

    `overdue` is net of unapplied receipts; `days_overdue` belongs to the oldest item that
    unapplied receipts, used on the oldest items first, do not cover. `order` is what is asked for now;
    `unpaid` is what is not yet paid of the order to be delivered, None where that was not looked up.
    """

    receivable: Decimal = ZERO
    unapplied: Decimal = ZERO
    uninvoiced: Decimal = ZERO
    draft: Decimal = ZERO
    order: Decimal = ZERO
    overdue: Decimal = ZERO
    days_overdue: int = 0
    unpaid: Decimal | None = None

    @property
    def others(self):
        """The exposure without what is asked for now."""
        return self.receivable + self.unapplied + self.uninvoiced + self.draft

    @property
    def exposure(self):
        return self.others + self.order


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
        return self.state in (HOLD, STOP)


STOPPED_VERDICT = Verdict(STOP, (Reason(STOPPED, ZERO, ZERO),))


def stopped(terms, stage):
    """Whether the customer is stopped for what is asked for.

    >>> stopped(Terms(stop="deliveries"), DELIVERY), stopped(Terms(stop="deliveries"), ORDER), stopped(Terms(), ANY)
    (True, False, False)
    """
    return stage in STOPS.get(terms.stop, ())


def judge(position, terms, stage=ORDER):
    """Return the verdict on a position: nothing checked, ok, watch, hold, stop, prepaid or one_invoice.

    Edge cases: a value equal to its limit passes, one cent or one day more does not. A customer whose
    rule is `warn` is watched where another would be held, with the same reasons. A delivery that is paid
    in full is no risk and passes whatever else is open; a stop goes before everything.

    >>> judge(Position(receivable=Decimal("100.00")), Terms(amount_limit=Decimal("100.00"))).state
    'watch'
    >>> judge(Position(receivable=Decimal("100.01")), Terms(amount_limit=Decimal("100.00"))).state
    'hold'
    >>> judge(Position(unpaid=Decimal("0.01")), Terms(rule=PREPAID), DELIVERY).state
    'hold'
    """
    if stopped(terms, stage):
        return STOPPED_VERDICT
    if not terms.limited or (terms.stop and not replace(terms, stop="").limited):
        return Verdict(NONE)
    if terms.rule == PREPAID:
        if stage == DELIVERY and position.unpaid is not None and position.unpaid > 0:
            return Verdict(HOLD, (Reason(UNPAID, position.unpaid, ZERO),))
        return Verdict(PREPAID)
    passed = _passed(position, terms, stage)
    if passed and stage == DELIVERY and position.unpaid is not None and position.unpaid <= 0:
        return Verdict(OK)
    if passed:
        return Verdict(HOLD if terms.rule in LOCKED else WATCH, passed)
    if any(check.limit > 0 and check.value >= check.limit * WATCH_RATE for check in _checks(position, terms)):
        return Verdict(WATCH)
    return Verdict(ONE_INVOICE if terms.rule == ONE_INVOICE else OK)


def _checks(position, terms):
    return (
        Reason(OVER_LIMIT, position.exposure, terms.amount_limit),
        Reason(OVERDUE, position.overdue, terms.overdue_limit),
        Reason(TOO_OLD, Decimal(position.days_overdue), Decimal(terms.max_days_overdue)),
    )


def _passed(position, terms, stage):
    """The limits that are passed; one invoice at a time only asks of a new order whether something is open."""
    passed = [check for check in _checks(position, terms) if check.limit > 0 and check.value > check.limit]
    if terms.rule == ONE_INVOICE and stage in (ANY, ORDER) and position.others > 0:
        passed.append(Reason(ONE_OPEN, position.others, ZERO))
    return tuple(passed)
