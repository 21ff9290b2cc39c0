"""Rules that turn rows of a sales history into documents. No Odoo, no database.

A row is one line of an invoice: number, stock code, description, quantity, date,
unit price (before tax), customer, country. Rows with one number are one document.
A number that begins with the cancel prefix (C) is a credit note and carries
negative quantities.

Signs: `Line.quantity` and `Line.price` are positive in every accepted line;
`Line.amount` is rounded to the currency's decimals, half up, and positive.
`Row.amount` keeps the sign of the file (quantity x price), so that
file total = invoices - credit notes + rejections, to the cent.
"""

import datetime
import re
from collections import Counter
from decimal import Decimal
from typing import NamedTuple

from .cells import HistoryError, clean, clean_key, parse_date, parse_number, round_amount

# Column of the file -> field. The last four are optional.
COLUMNS = {
    "number": "InvoiceNo",
    "code": "StockCode",
    "description": "Description",
    "quantity": "Quantity",
    "date": "InvoiceDate",
    "price": "UnitPrice",
    "customer": "CustomerID",
    "country": "Country",
    "customer_name": "CustomerName",
    "due_date": "DueDate",
    "paid_on": "PaidOn",
    "paid_amount": "PaidAmount",
}
OPTIONAL = frozenset({"description", "country", "customer_name", "due_date", "paid_on", "paid_amount"})

# Why a row is left out, in the order in which the reasons are tried: the first that fits is given.
REASONS = (
    "no_number",
    "bad_date",
    "future_date",
    "no_code",
    "bad_quantity",
    "bad_price",
    "no_customer",
    "other_customer",
    "zero_price",
    "negative_price",
    "zero_quantity",
    "negative_quantity",
    "positive_cancellation",
    "bad_settlement",
    # These concern a whole document and are found against the database.
    "closed_period",
    "number_date",
    "number_taken",
    "changed_document",
)

CANCEL_PREFIX = "C"
# Country names of the file that differ from the ISO names. None: no single country, left empty.
COUNTRY_CODES = {
    "EIRE": "IE",
    "RSA": "ZA",
    "USA": "US",
    "UK": "GB",
    "CZECH REPUBLIC": "CZ",
    "HONG KONG": "HK",
    "CHANNEL ISLANDS": None,
    "EUROPEAN COMMUNITY": None,
    "UNSPECIFIED": None,
}


class Row(NamedTuple):
    """One row as it stands in the file. `position` counts from 1, the header being row 1."""

    position: int
    number: str
    code: str
    description: str
    quantity: str
    date: str
    price: str
    customer: str
    country: str
    customer_name: str = ""
    due_date: str = ""
    paid_on: str = ""
    paid_amount: str = ""


class Line(NamedTuple):
    """One accepted row: quantity and unit price positive, amount = rounded product, positive."""

    position: int
    code: str
    description: str
    quantity: Decimal
    price: Decimal
    amount: Decimal


class Rejection(NamedTuple):
    """One row left out. `amount` is quantity x price with the file's sign, 0 where one of them is unreadable."""

    row: Row
    reason: str
    amount: Decimal


class Document:
    """One invoice or credit note. `amount` is positive, `signed_amount` negative for a credit note."""

    __slots__ = (
        "amount",
        "country",
        "customer",
        "customer_name",
        "date",
        "due_date",
        "is_refund",
        "lines",
        "number",
        "paid_amount",
        "paid_on",
        "rows",
    )

    def __init__(self, number, date, customer, is_refund, row, due_date=None, paid_on=None, paid_amount=None):
        self.number = number
        self.date = date
        self.customer = customer
        self.is_refund = is_refund
        self.country = row.country
        self.customer_name = row.customer_name
        self.due_date = due_date
        self.paid_on = paid_on
        self.paid_amount = paid_amount
        self.lines = []
        self.rows = []
        self.amount = Decimal(0)

    @property
    def signed_amount(self):
        return -self.amount if self.is_refund else self.amount

    def add(self, line, row):
        self.lines.append(line)
        self.rows.append(row)
        self.amount += line.amount


class Options(NamedTuple):
    """How to read the rows. `today` is the last date that is not in the future; decimals are the currency's."""

    today: datetime.date
    date_format: str
    decimals: int = 2
    cancel_prefix: str = CANCEL_PREFIX
    walk_in: str = ""  # key of the customer who takes rows without one; empty: such rows are rejected


class Plan:
    """What a file would make: documents in order of date and number, and every row left out."""

    def __init__(self):
        self.documents = {}
        self.rejections = []
        self.row_count = 0
        self.total = Decimal(0)  # of every readable row, with the file's sign
        self.descriptions = {}  # stock code -> Counter of descriptions
        self.prices = {}  # stock code -> last price by date

    def reject_document(self, document, reason):
        """Take a document out again, because of what the database says."""
        del self.documents[document.number]
        sign = -1 if document.is_refund else 1
        self.rejections.extend(
            Rejection(row, reason, sign * line.amount) for line, row in zip(document.lines, document.rows, strict=True)
        )

    def ordered(self):
        return sorted(self.documents.values(), key=lambda document: (document.date, document.number))

    def invoices(self):
        return [document for document in self.documents.values() if not document.is_refund]

    def refunds(self):
        return [document for document in self.documents.values() if document.is_refund]

    def product_name(self, code):
        """The description used most often for the code; the first in the alphabet among equals."""
        counter = self.descriptions.get(code)
        if not counter:
            return code
        return min(counter.items(), key=lambda item: (-item[1], item[0]))[0]


# === FROM A TABLE TO ROWS === #


def resolve_columns(header, mapping=None):
    """Positions of the fields in the header: {field: position}. `mapping` is {field: name of the column}.

    Names are compared without case, spaces, dashes and underscores.
    """

    def plain(name):
        return re.sub(r"[\s_\-]", "", str(name or "")).lower()

    names = {**COLUMNS, **{field: name for field, name in (mapping or {}).items() if name}}
    places = {}
    for position, name in enumerate(header):
        places.setdefault(plain(name), position)
    found = {field: places[plain(name)] for field, name in names.items() if plain(name) in places}
    missing = [names[field] for field in COLUMNS if field not in found and field not in OPTIONAL]
    if missing:
        raise HistoryError("missing_column", missing=", ".join(missing), found=", ".join(map(clean, header)))
    asked = [name for field, name in (mapping or {}).items() if name and field not in found]
    if asked:
        raise HistoryError("missing_column", missing=", ".join(asked), found=", ".join(map(clean, header)))
    return found


def read_rows(table, columns):
    """Yield a Row for every non-empty line of the table below its header."""
    places = [columns.get(field) for field in Row._fields[1:]]
    seen = {}  # the same text is kept once: half a million rows share a few thousand
    for position, cells in enumerate(table, start=2):
        length = len(cells)
        values = [clean(cells[place]) if place is not None and place < length else "" for place in places]
        values = [seen.setdefault(value, value) for value in values]
        if any(values):
            yield Row(position, *values)


# === FROM ROWS TO DOCUMENTS === #


def judge(row, date, quantity, price, options):
    """The first reason to leave a row out, or None. Date, quantity and price are parsed, None if unreadable."""
    checks = (
        ("no_number", not row.number),
        ("bad_date", date is None),
        ("future_date", date and date > options.today),
        ("no_code", not row.code),
        ("bad_quantity", quantity is None),
        ("bad_price", price is None),
        ("no_customer", not row.customer and not options.walk_in),
        ("zero_price", price == 0),
        ("negative_price", price is not None and price < 0),
        ("zero_quantity", quantity == 0),
    )
    for reason, is_wrong in checks:
        if is_wrong:
            return reason
    is_refund = is_cancellation(row.number, options.cancel_prefix)
    if quantity < 0 and not is_refund:
        return "negative_quantity"
    if quantity > 0 and is_refund:
        return "positive_cancellation"
    return None


def is_cancellation(number, prefix):
    return bool(prefix) and number.upper().startswith(prefix.upper())


def make_plan(rows, options):
    """Judge every row and group the accepted ones by number into documents."""
    plan = Plan()
    latest = {}
    for row in rows:
        plan.row_count += 1
        date = parse_date(row.date, options.date_format) if row.date else None
        quantity, price = parse_number(row.quantity), parse_number(row.price)
        readable = quantity is not None and price is not None
        amount = round_amount(quantity, price, options.decimals) if readable else Decimal(0)
        plan.total += amount
        reason = judge(row, date, quantity, price, options)
        if reason is None:
            reason = _add_row(plan, row, date, quantity, price, amount, options)
        if reason:
            plan.rejections.append(Rejection(row, reason, amount))
            continue
        code = clean_key(row.code).upper()
        if row.description:
            plan.descriptions.setdefault(code, Counter())[row.description] += 1
        if code not in latest or date >= latest[code]:
            latest[code] = date
            plan.prices[code] = price
    return plan


def _add_row(plan, row, date, quantity, price, amount, options):
    """Add an accepted row to its document; return a reason where it contradicts the document."""
    customer = clean_key(row.customer) or options.walk_in
    document = plan.documents.get(row.number)
    if document is None:
        try:
            settlement = _settlement(row, options)
        except ValueError:
            return "bad_settlement"
        is_refund = is_cancellation(row.number, options.cancel_prefix)
        document = plan.documents[row.number] = Document(row.number, date, customer, is_refund, row, *settlement)
    elif document.customer != customer:
        return "other_customer"
    line = Line(row.position, clean_key(row.code).upper(), row.description, abs(quantity), price, abs(amount))
    document.add(line, row)
    return None


def _settlement(row, options):
    """(due date, paid on, paid amount) that the row states, None where it states none; ValueError if unreadable."""
    dates = []
    for text in (row.due_date, row.paid_on):
        date = parse_date(text, options.date_format) if text else None
        if text and date is None:
            raise ValueError(text)
        dates.append(date)
    paid = parse_number(row.paid_amount) if row.paid_amount else None
    if row.paid_amount and (paid is None or paid <= 0):
        raise ValueError(row.paid_amount)
    return (*dates, paid)


def is_service(code):
    """Postage, manual and bank charges are no goods: their codes carry no digit (POST, M, BANK CHARGES)."""
    return not any(character.isdigit() for character in code)


def country_key(name):
    """('code', 'IE'), ('name', 'france') or None for a text that names no single country."""
    text = name.strip()
    if not text:
        return None
    if text.upper() in COUNTRY_CODES:
        code = COUNTRY_CODES[text.upper()]
        return ("code", code) if code else None
    return ("code", text.upper()) if len(text) == 2 else ("name", text.lower())
