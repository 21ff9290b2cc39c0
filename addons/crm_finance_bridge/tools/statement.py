"""Statements of account: periods, and the sections of one customer by currency. No Odoo.

Amounts: document currency unless said otherwise; + = the customer owes. Dates: the company's days.
"""

import calendar
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

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


def exact(amount):
    """A rounded amount as Decimal: the driver gives floats, whose repr is exact to 15 digits."""
    return Decimal(str(amount or 0))


def open_sections(items):
    """The open items of one customer by currency: {currency: section}.

    items: dicts with currency, open (document currency), bucket and days_overdue. A section has its rows, its
    total, the total of each bucket and what is overdue; receipts not yet matched count in the bucket of their date.
    """
    found = {}
    for item in items:
        section = found.setdefault(item["currency"], _section())
        section["rows"].append(item)
        amount = exact(item["open"])
        section["total"] += amount
        section["buckets"][item["bucket"]] += amount
        if item["days_overdue"] > 0:
            section["overdue"] += amount
    return {currency: _plain(section) for currency, section in found.items()}


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
        section = _section()
        section["opening"] = balance = exact(openings.get(currency))
        for row in by_currency[currency]:
            balance += exact(row["amount"])
            section["rows"].append({**row, "balance": float(balance)})
        section["total"] = balance
        age = ages.get(currency)
        if not section["rows"] and not balance and not age:
            continue
        found[currency] = {**_plain(section), "buckets": age["buckets"] if age else {}}
        found[currency]["overdue"] = age["overdue"] if age else 0.0
        found[currency]["items"] = age["rows"] if age else []
    return found


def _section():
    return {
        "opening": Decimal(0),
        "rows": [],
        "total": Decimal(0),
        "buckets": defaultdict(Decimal),
        "overdue": Decimal(0),
    }


def _plain(section):
    return {
        "opening": float(section["opening"]),
        "rows": section["rows"],
        "items": section["rows"],
        "total": float(section["total"]),
        "buckets": {key: float(amount) for key, amount in section["buckets"].items()},
        "overdue": float(section["overdue"]),
    }
