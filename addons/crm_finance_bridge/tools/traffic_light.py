"""How good a customer is for the money, in one colour with its reasons. No Odoo.

Amounts in company currency; `overdue` is net of receipts not yet matched, `promised` what of it was promised.
"""

from dataclasses import dataclass

from . import credit

GREEN, YELLOW, RED, NONE = "green", "yellow", "red", "none"
RED_DAYS = 30  # days overdue from which a debt that nobody promised is red


@dataclass(frozen=True)
class Standing:
    """`state`: one of tools/credit; `days`: of the oldest overdue item; `exposure`: what is owed and will be."""

    state: str = credit.NONE
    exposure: float = 0.0
    overdue: float = 0.0
    days: int = 0
    promised: float = 0.0


def light(standing, red_days=RED_DAYS):
    """(colour, reason): the first reason that applies, worst first.

    >>> light(Standing(credit.OK, 100.0))
    ('green', 'fine')
    >>> light(Standing(credit.OK, 100.0, 50.0, 31))
    ('red', 'old')
    >>> light(Standing(credit.OK, 100.0, 50.0, 31, 50.0))
    ('yellow', 'promised')
    """
    left = standing.overdue - standing.promised
    rules = (
        (standing.state == credit.STOP, RED, "stop"),
        (standing.state == credit.HOLD, RED, "hold"),
        (left > 0 and standing.days > red_days, RED, "old"),
        (left > 0, YELLOW, "overdue"),
        (standing.overdue > 0, YELLOW, "promised"),
        (standing.state == credit.WATCH, YELLOW, "watch"),
        (standing.state == credit.PREPAID, YELLOW, "prepaid"),
        (standing.state == credit.ONE_INVOICE, YELLOW, "one_invoice"),
        (not standing.exposure and standing.state == credit.NONE, NONE, "nothing"),
    )
    for applies, colour, reason in rules:
        if applies:
            return colour, reason
    return GREEN, "fine"
