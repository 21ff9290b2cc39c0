"""The payer's own list of what a payment is for: which column is the invoice, which the amount. Pure, no Odoo."""

import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

NUMBER_TITLES = (
    "invoice",
    "document",
    "reference",
    "bill",
    "number",
    "rechnung",
    "beleg",
    "facture",
    "发票",
    "单号",
    "凭证",
)
AMOUNT_TITLES = ("paid", "payment", "net", "amount", "total", "betrag", "montant", "付款", "金额")
MAX_LINES = 5_000
_PLAIN = re.compile(r"[-+]?\d[\d.,\s']*")


class AdviceLine(NamedTuple):
    text: str
    amount: Decimal | None


def amount_of(cell):
    """Decimal of a cell, or None. The last point or comma with one or two digits after it is the decimal sign.

    >>> amount_of("1.234,50"), amount_of("1,234"), amount_of(12.5), amount_of("INV/1")
    (Decimal('1234.50'), Decimal('1234'), Decimal('12.5'), None)
    """
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float | Decimal):
        return Decimal(str(cell))
    text = re.sub(r"[\s'€$£¥]", "", str(cell))
    if not _PLAIN.fullmatch(text):
        return None
    place = max(text.rfind(","), text.rfind("."))
    if place >= 0 and 1 <= len(text) - place - 1 <= 2:
        text = re.sub(r"[.,]", "", text[:place]) + "." + text[place + 1 :]
    else:
        text = re.sub(r"[.,]", "", text)
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def read(header, rows):
    """[AdviceLine] of a table: by the titles of its columns, else by what stands in them. Totals are left out."""
    rows = [list(row) for row in rows][: MAX_LINES + 1]
    titles = [str(cell or "").strip().lower() for cell in header]
    amount = _titled(titles, AMOUNT_TITLES, skip=())
    number = _titled(titles, NUMBER_TITLES, skip=(amount,))
    if number is None and amount is None:
        rows = [list(header), *rows]  # no titles at all
    width = max((len(row) for row in rows), default=0)
    if number is None:
        number = _fullest(rows, width, lambda cell: amount_of(cell) is None and _has_number(cell), skip=(amount,))
    if number is None:
        number = _fullest(rows, width, _has_number, skip=(amount,))
    if amount is None:
        amount = _fullest(rows, width, lambda cell: amount_of(cell) is not None, skip=(number,))
    found = []
    for row in rows:
        text = _cell(row, number)
        if text not in (None, "") and _has_number(text):
            found.append(AdviceLine(_text(text), amount_of(_cell(row, amount)) if amount is not None else None))
    return found


def _text(cell):
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _cell(row, column):
    return row[column] if column is not None and column < len(row) else None


def _has_number(cell):
    return sum(sign.isdigit() for sign in str(cell or "")) >= 3


def _titled(titles, words, skip):
    for word in words:
        for column, title in enumerate(titles):
            if word in title and column not in skip:
                return column
    return None


def _fullest(rows, width, holds, skip):
    """The column in which this holds most often, the last of equals."""
    counts = {
        column: sum(bool(holds(_cell(row, column))) for row in rows) for column in range(width) if column not in skip
    }
    best = max(counts.values(), default=0)
    return max(column for column, count in counts.items() if count == best) if best else None
