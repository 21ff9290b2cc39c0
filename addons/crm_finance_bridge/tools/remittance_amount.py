"""Amounts and dates as payers write them in a list. Pure, no Odoo."""

import datetime
import re
import unicodedata
from decimal import Decimal

_CURRENCY = re.compile(
    "AED|ARS|AUD|BGN|BRL|CAD|CHF|CLP|CNH|CNY|COP|CZK|DKK|EGP|EUR|GBP|HKD|HUF|IDR|ILS|INR|ISK|JPY|KES|KRW|KWD|MAD"
    "|MXN|MYR|NGN|NOK|NZD|PEN|PHP|PKR|PLN|QAR|RMB|RON|RSD|RUB|SAR|SEK|SGD|THB|TND|TRY|TWD|UAH|USD|VND|ZAR|US|HK"
    "|NT|FR|SFR|KR|RS|TL|KČ|ZŁ|FT|LEI|元|圆|円|人民币|美元|欧元"
)
CREDIT, DEBIT = frozenset(("CR", "贷")), frozenset(("DR", "借"))
_LETTERS = re.compile(r"[^\W\d_]+\.?")  # "Rs.": no decimal point
_NO_CENTS = re.compile(r"[.,/]-+(?=\)?$)")  # "100.-", "100,--", "100/-": no minus
_BODY = re.compile(r"\d[\d.,]*|[.,]\d+")
_DATE = re.compile(r"(\d{4}([-./])\d\d?\2\d\d?|\d\d?([-./])\d\d?\3(\d{4}|\d\d))([ T].*)?|\d{4}年\d{1,2}月(\d{1,2}日)?")
_DASHES = str.maketrans(dict.fromkeys("−–—‒", "-"))


def is_date(cell):
    """Whether a cell is a day.

    >>> is_date("01.02.2026"), is_date("2026/2/1"), is_date("1.234.567"), is_date("2026/01/0012")
    (True, True, False, False)
    """
    return isinstance(cell, datetime.date) or (isinstance(cell, str) and bool(_DATE.fullmatch(cell.strip())))


def amount_of(cell):
    """Decimal of a cell, or None where it is no amount. Negative: with a minus on either side, in brackets, or CR.

    >>> amount_of("1.234,50"), amount_of("1,234"), amount_of(12.5), amount_of("INV/1")
    (Decimal('1234.50'), Decimal('1234'), Decimal('12.5'), None)
    >>> amount_of("150,00-"), amount_of("(20.00)"), amount_of("20.00 CR"), amount_of("EUR 20,00")
    (Decimal('-150.00'), Decimal('-20.00'), Decimal('-20.00'), Decimal('20.00'))
    >>> amount_of("１２３．５０"), amount_of("01.02.2026")
    (Decimal('123.50'), None)
    >>> amount_of("CHF 1'000.-"), amount_of("Rs. 500")
    (Decimal('1000'), Decimal('500'))
    """
    if isinstance(cell, bool) or cell is None or is_date(cell):
        return None
    if isinstance(cell, int | float | Decimal):
        number = Decimal(str(cell))
        return number if number.is_finite() else None
    text = unicodedata.normalize("NFKC", str(cell)).translate(_DASHES).upper()
    words = {word.rstrip(".") for word in _LETTERS.findall(text)}
    if any(not _CURRENCY.fullmatch(word) for word in words - CREDIT - DEBIT):
        return None
    body = "".join(sign for sign in _LETTERS.sub("", text) if sign not in "'’`´" and not _blank(sign))
    body = _NO_CENTS.sub("", body)
    bare = body.strip("()+-")
    if not _BODY.fullmatch(bare) or len(body) - len(bare) > 3:
        return None
    number = _number(bare)
    if number is None:
        return None
    negative = "-" in body or (body.startswith("(") and body.endswith(")")) or bool(words & CREDIT)
    return -number if negative else number


def _blank(sign):
    """White space, and the signs of currencies."""
    return sign.isspace() or unicodedata.category(sign) == "Sc"


def _number(text):
    """Of digits, points and commas: the last sign is the decimal one, unless it parts thousands."""
    place = max(text.rfind(","), text.rfind("."))
    if place < 0:
        return Decimal(text)
    whole, sign, part = text[:place], text[place], text[place + 1 :]
    thousands = len(part) == 3 and whole.strip("0")
    if sign in whole:  # more than once
        decimal = False
        if not thousands:
            return None
    else:
        decimal = bool(part) and (not thousands or "," in whole or "." in whole)
    digits = re.sub(r"[.,]", "", whole)
    return Decimal(f"{digits or 0}.{part}" if decimal else digits + part)
