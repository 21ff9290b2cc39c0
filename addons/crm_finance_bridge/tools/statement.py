"""Statements of account: periods, and the sections of one customer by currency. No Odoo.

Amounts: document currency unless said otherwise; + = the customer owes. Dates: the company's days.
"""

import calendar
from collections import defaultdict
from datetime import timedelta
from math import fsum

OPEN, MOVEMENT, NONE = "open", "movement", "none"


def previous_month(today):
    """First and last day of the month before.

    >>> previous_month(date(2026, 3, 10))
    (datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))
    """
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def month_due(today, day):
    """The month whose statements are due today: (first, last) of the month before, or None before the day.

    A day that a month does not have is its last one. Days missed are caught up within the month.

    >>> month_due(date(2026, 3, 4), 5) is None
    True
    >>> month_due(date(2026, 2, 28), 31)
    (datetime.date(2026, 1, 1), datetime.date(2026, 1, 31))
    """
    longest = calendar.monthrange(today.year, today.month)[1]
    return previous_month(today) if today.day >= min(day, longest) else None


def total(amounts):
    """Sum of a list of rounded amounts. Exact to six decimals: every float is within half a unit of its last digit of
    what the ledger says, fsum adds no error, and no currency has more than four decimals.
    """
    if len(amounts) == 1:  # most customers owe one thing
        return amounts[0]
    return round(fsum(amounts), 6) if amounts else 0.0


def totals(items):
    """What one customer owes in all, company currency: amount, and how much of it is overdue, promised and disputed.

    >>> totals([{"residual": 5.0, "days_overdue": 3, "promised": 0.0, "disputed": 2.0}])
    {'amount': 5.0, 'overdue': 5.0, 'promised': 0.0, 'disputed': 2.0}
    """
    amount, overdue, promised, disputed = [], [], [], []
    for item in items:
        amount.append(item["residual"])
        if item["days_overdue"] > 0:
            overdue.append(item["residual"])
        if item["promised"]:
            promised.append(item["promised"])
        if item["disputed"]:
            disputed.append(item["disputed"])
    return {
        "amount": total(amount),
        "overdue": total(overdue),
        "promised": total(promised),
        "disputed": total(disputed),
    }


def open_sections(items):
    """The open items of one customer by currency: {currency: section}.

    items: dicts with currency, open (document currency), bucket and days_overdue. A section has its rows, its
    total, the total of each bucket and what is overdue; receipts not yet matched count in the bucket of their date.
    """
    by_currency = defaultdict(list)
    for item in items:
        by_currency[item["currency"]].append(item)
    return {currency: _aged(rows) for currency, rows in by_currency.items()}


def _aged(rows):
    """The section of one currency's open items."""
    amounts, overdue, buckets = [], [], {}
    for row in rows:
        amount = row["open"]
        amounts.append(amount)
        buckets.setdefault(row["bucket"], []).append(amount)
        if row["days_overdue"] > 0:
            overdue.append(amount)
    return {
        "opening": 0.0,
        "rows": rows,
        "items": rows,
        "total": total(amounts),
        "buckets": {key: total(found) for key, found in buckets.items()},
        "overdue": total(overdue),
    }


def movement_sections(openings, rows, items):
    """What moved on one customer's account, by currency: opening balance, rows with the balance after each, closing.

    openings: {currency: balance before the period}; rows: dicts with currency and amount, in order; items: what is
    open at the end (as in `open_sections`), for the age at the foot. Currencies without any figure are left out.
    """
    ages = open_sections(items)
    by_currency = defaultdict(list)
    for row in rows:
        by_currency[row["currency"]].append(row)
    found = {}
    for currency in {**openings, **by_currency, **ages}:
        age = ages.get(currency) or _aged([])
        opening = balance = total([openings.get(currency) or 0])
        moved = []
        for row in by_currency[currency]:
            balance = total([balance, row["amount"]])
            moved.append({**row, "balance": balance})
        if moved or balance or age["items"]:
            found[currency] = {**age, "opening": opening, "rows": moved, "total": balance}
    return found
