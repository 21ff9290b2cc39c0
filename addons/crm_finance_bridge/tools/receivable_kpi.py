"""How fast receivables turn into money. No Odoo.

Amounts in one currency, tax included, + = owed to us. Days are calendar days. A figure that cannot be said
(no sales in the window, nothing that could have been collected) is None, never 0.

Sales are credit sales: what was invoiced less credit notes in the window. Every figure uses the sales of its
whole window; the trap (METHODS 6) is to divide them by the months of the window for one figure and not for another.
"""

from dataclasses import dataclass

MONTHS_BACK = 24
"""Count-back DSO looks at no more months; a balance older than all of them has no count-back DSO."""


@dataclass(frozen=True)
class Inputs:
    """What the figures are made of.

    begin, end: receivables at both ends of the window; current: the part of `end` that is not yet due.
    sales: of the window of `days` days; months: (days of the month, its sales), newest first, the first may be part
    of a month.
    """

    begin: float
    end: float
    current: float
    sales: float
    days: int
    months: tuple = ()


def figures(inputs):
    """Return {name: value or None}.

    >>> found = figures(Inputs(6200, 6340, 3590, 10890, 90))
    >>> {name: value and round(value, 1) for name, value in found.items()}
    {'dso': 52.4, 'countback': None, 'bpdso': 29.7, 'add': 22.7, 'cei': 79.6}
    """
    dso = days_sales(inputs.end, inputs.sales, inputs.days)
    best = days_sales(inputs.current, inputs.sales, inputs.days)
    return {
        "dso": dso,
        "countback": countback(inputs.end, inputs.months),
        "bpdso": best,
        "add": None if dso is None else dso - best,
        "cei": effectiveness(inputs.begin, inputs.sales, inputs.end, inputs.current),
    }


def days_sales(receivables, sales, days):
    """Return receivables / sales x days, or None without sales.

    >>> days_sales(200, 600, 90)
    30.0
    >>> days_sales(200, 0, 90) is None
    True
    """
    return receivables / sales * days if sales > 0 else None


def countback(receivables, months):
    """Return the days of sales, newest first, that the receivables are worth; None where the months do not suffice.

    A month without sales counts with its days, because the balance is older than it.

    >>> countback(150, [(10, 50), (31, 200)])
    25.5
    >>> countback(150, [(10, 50), (31, 0), (30, 100)])
    71.0
    >>> countback(0, [(10, 50)])
    0.0
    >>> countback(100, [(30, 50)]) is None
    True
    """
    left, days = float(receivables), 0.0
    if left <= 0:
        return 0.0
    for length, sales in months:
        if sales >= left:
            return days + length * left / sales
        days += length
        left -= max(sales, 0)
    return None


def effectiveness(begin, sales, end, current):
    """Return the share (percent) of what could be collected in the window that was: 100 = all of it.

    Collectable: receivables at the beginning and the sales of the same window, less what is not yet due at the end.

    >>> round(effectiveness(6200, 10890, 6340, 3590), 1)
    79.6
    >>> effectiveness(0, 100, 100, 100) is None
    True
    """
    collectable = begin + sales - current
    return (begin + sales - end) / collectable * 100 if collectable > 0 else None
