"""Read and write single cells of a spreadsheet: texts, numbers, dates. No Odoo, no database.

Nothing is guessed: what can be read in two ways is not read.
"""

import contextlib
import datetime
import re
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

DATE_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*")


class HistoryError(Exception):
    """The file as a whole cannot be read. `code` names the problem, `values` fill its message."""

    def __init__(self, code, **values):
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


def clean(cell):
    """Text of a cell as the other rules expect it: no outer spaces, 85123.0 is 85123."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (datetime.datetime, datetime.date)):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime.datetime) else cell.isoformat()
    return " ".join(str(cell).replace("\x00", "").split())


def clean_key(text):
    """A customer or stock number: 17850.0, as spreadsheets write it, is 17850."""
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def parse_number(text):
    """Decimal of a text, or None. `1.5`, `1,5`, `1,234.50` and `1.234,50` are read; `1,234` is ambiguous: None."""
    if not PLAIN_NUMBER.fullmatch(text):
        return None
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        thousands = "," if point > comma else "."
        text = text.replace(thousands, "").replace(",", ".")
    elif comma >= 0:
        if text.count(",") > 1 or len(text) - comma == 4:
            return None
        text = text.replace(",", ".")
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def parse_typed_number(text, thousands):
    """Decimal of what a person typed whose language groups by `thousands`, or None: `1,234` and `1.234` are then clear.

    >>> parse_typed_number("1,234", ","), parse_typed_number("1,234", "."), parse_typed_number("1,5", ",")
    (Decimal('1234'), Decimal('1.234'), Decimal('1.5'))
    """
    text = re.sub(r"(?<=\d)[\s']+(?=\d{3})", "", text.strip())
    if thousands in (",", ".") and re.fullmatch(rf"[+-]?\d{{1,3}}({re.escape(thousands)}\d{{3}})+", text):
        text = text.replace(thousands, "")
    elif thousands != "," and text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    return parse_number(text)


def parse_date(text, date_format):
    """Date (without time) of a text, or None. ISO texts are read whatever the format."""
    with contextlib.suppress(ValueError):
        return datetime.date.fromisoformat(text[:10])
    try:
        return datetime.datetime.strptime(text, date_format).date()
    except ValueError:
        return None


def detect_date_format(texts, formats=DATE_FORMATS):
    """The one format that reads most texts; HistoryError where day and month cannot be told apart.

    Texts that no format reads do not count: their rows are rejected one by one.
    """
    scores = Counter()
    for text in texts:
        for date_format in formats:
            try:
                datetime.datetime.strptime(text, date_format)
            except ValueError:
                continue
            scores[date_format] += 1
    if not scores:
        return formats[0]
    best = max(scores.values())
    winners = [date_format for date_format in formats if scores[date_format] == best]
    if len({date_format[:2] for date_format in winners}) > 1:
        raise HistoryError("ambiguous_date", example=next(iter(texts)))
    return winners[0]


def round_amount(quantity, price, decimals):
    """Amount of a line as Odoo rounds it: half up, away from zero, to the currency's decimals."""
    return (quantity * price).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def safe_cell(text):
    """User text as a spreadsheet cell: what a program would run as a formula gets an apostrophe. Numbers stay."""
    text = str(text)
    if text.startswith(FORMULA_STARTS) and not PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text
