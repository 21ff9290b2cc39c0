"""The payer's own list of what a payment is for: which column is the invoice, which the amount. Pure, no Odoo.

A column is chosen by the title that says it best ("Invoice No." before "Invoice", "Amount paid" before "Invoice
amount"); one that speaks of a date is neither. Without titles, what stands in the columns decides.
"""

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from .remittance_amount import amount_of, is_date

# words of titles; up to three letters: a whole word, else any part of one
DATES = (
    *("date", "datum", "vom", "fälligkeit", "échéance", "fecha", "data"),
    "日期",
    "到期日",
    "开票日",
    "付款日",
    "發票日期",
    "開票日",
)
DOCUMENTS = (
    *("invoice", "bill", "document", "rechnung", "beleg", "dokument", "facture", "fattura", "factura"),
    *("发票", "账单", "单据", "凭证", "發票", "帳單", "單據", "憑證"),
)
NUMBERS = ("number", "no", "num", "nr", "id", "nummer", "numéro", "numero", "号", "编号", "號", "編號")
REFERENCES = ("reference", "referenz", "référence", "ref", "单号", "單號")
POSITIONS = ("pos", "position", "line", "zeile", "row", "序号", "行")
OTHERS = (  # the payer's own numbers, and what is no number
    *("our", "own", "unser", "notre", "order", "bestell", "auftrag", "po", "customer", "kunde", "client"),
    *("type", "typ", "art", "status", "currency", "währung", "name", "text", "method", "terms"),
    *("我方", "订单", "采购", "客户", "类型", "状态", "币种", "名称", "方式", "条件"),
    *("訂單", "採購", "客戶", "類型", "狀態", "幣別", "名稱", "條件"),
)
SUMS = ("amount", "betrag", "montant", "importe", "importo", "金额", "款额", "金額", "款額")
PAID = ("paid", "bezahlt", "gezahlt", "zahlbetrag", "payé", "pagado", "pagato", "实付", "已付", "實付")
PAYMENTS = ("payment", "zahlung", "paiement", "pago", "pagamento", "付款", "支付")  # or its number, its run
NETS, TOTALS = ("net", "netto"), ("total", "sum", "summe", "gesamt", "合计", "总额", "合計", "總額")
NOT_PAID = (  # amounts that are not what is paid
    *("discount", "skonto", "rabatt", "escompte", "tax", "vat", "mwst", "ust", "tva", "iva", "open", "offen", "unpaid"),
    *(
        "unbezahlt",
        "outstanding",
        "original",
        "rest",
        "balance",
        "saldo",
        "fee",
        "折扣",
        "税",
        "余额",
        "未付",
        "手续费",
    ),
)
TOTAL_LINES = ("total", "subtotal", "grand total", "sum", "summe", "gesamt", "somme", "合计", "总计", "小计")
MAX_LINES = 5_000
_DECIMALS = re.compile(r"[.,](\d{1,2}|-+)\D*$")


class AdviceLine(NamedTuple):
    text: str
    amount: Decimal | None


class AmountError(ValueError):
    """An amount that cannot be read: `row` as counted in the file (the titles are row 1), number of the invoice, text
    of the cell."""

    def __init__(self, row, number, text):
        super().__init__(f"{row}: {text}")
        self.row, self.number, self.text = row, number, text


def read(header, rows):
    """[AdviceLine] of a table. Lines of totals, without a number, or over nothing (0.00) are left out."""
    rows = [list(row) for row in rows][: MAX_LINES + 1]
    titles = [_words(cell) for cell in header]
    number, first = _best(titles, _number_rank), 2
    amount = _amount_column(titles, rows, number)
    if number is None and amount is None:
        rows, titles, first = [list(header), *rows], [], 1  # no titles at all
    width = max((len(row) for row in rows), default=0)
    dates = {column for column, title in enumerate(titles) if _says(title, DATES)}
    if number is None:
        skip = {amount, *dates}
        number = _fullest(rows, width, lambda cell: amount_of(cell) is None and _may_name(cell), skip)
        number = _fullest(rows, width, _may_name, skip) if number is None else number
    if amount is None:
        counted = {column for column, title in enumerate(titles) if _says(title, (*POSITIONS, *NUMBERS, *NOT_PAID))}
        amount = _fullest(rows, width, lambda cell: amount_of(cell) is not None, {number, *dates, *counted})
    found = []
    for place, row in enumerate(rows, first):
        text = _cell(row, number)
        if text in (None, "") or not _has_number(text) or _is_total(text):
            continue
        paid = _paid(_cell(row, amount), place, _text(text))
        if paid is None or paid:
            found.append(AdviceLine(_text(text), paid))
    return found


def _paid(cell, place, number):
    """The amount of a cell; None where it is empty."""
    paid = amount_of(cell)
    if paid is None and str(cell if cell is not None else "").strip(" -–—"):
        raise AmountError(place, number, _text(cell))
    return paid


# === TITLES === #


def _words(title):
    """A title in small letters, its words parted: "InvoiceNo." is "invoice no"."""
    text = unicodedata.normalize("NFKC", str(title if title is not None else "")).replace("#", " no ")
    text = re.sub(r"(?<=[^\W\d_A-Z])(?=[A-Z])", " ", text).lower().replace("n°", " no ")
    return re.sub(r"[\W_]+", " ", text).strip()


def _says(title, words):
    parts = title.split()
    return any(
        word in title if len(word) > 3 or not word.isascii() else word in parts or _ends(parts, word) for word in words
    )


def _ends(parts, word):
    return word == "nr" and any(part.endswith(word) for part in parts)


def _number_rank(title):
    """How well a title names the column of invoice numbers, less is better; None: not at all."""
    document, number = _says(title, DOCUMENTS), _says(title, NUMBERS)
    reference = _says(title, REFERENCES)
    if _says(title, (*DATES, *SUMS, *NETS, *TOTALS)) or not (document or number or reference):
        return None
    rank = (0 if number or reference else 1 if title in DOCUMENTS else 2) if document else 3 if reference else 4
    return _says(title, (*OTHERS, *POSITIONS)), rank, len(title)


def _amount_rank(title):
    """How well a title names the column of amounts paid, less is better; None: not at all."""
    ranks = [place for place, words in enumerate((PAID, PAYMENTS, NETS, SUMS, TOTALS)) if _says(title, words)]
    plain = _says(title, SUMS)
    if _says(title, DATES) or not ranks or (not plain and _says(title, (*NUMBERS, *REFERENCES, *OTHERS))):
        return None
    whole = _says(title, DOCUMENTS) and not _says(title, (*PAID, *PAYMENTS))  # what was invoiced, not what is paid
    return _says(title, NOT_PAID), whole, ranks[0], len(title)


def _amount_column(titles, rows, number):
    """The column of amounts paid by its title. Under "payment" alone may stand its number or its run: such a column
    comes after other amounts unless its own have decimals, and is none where they are no amounts."""
    bare = [
        column
        for column, title in enumerate(titles)
        if _says(title, PAYMENTS) and not _says(title, (*PAID, *SUMS, *NETS, *TOTALS))
    ]
    for holds in (_has_decimals, lambda cell: amount_of(cell) is not None):
        doubtful = {column for column in bare if not _mostly(rows, column, holds)}
        sure = ["" if column in doubtful else title for column, title in enumerate(titles)]
        amount = _best(sure, _amount_rank, number)
        if amount is not None and not (_says(titles[amount], NOT_PAID) and holds is _has_decimals):
            return amount
    return None


def _best(titles, rank, skip=None):
    ranks = [
        (found, column)
        for column, title in enumerate(titles)
        if title and column != skip and (found := rank(title)) is not None
    ]
    return min(ranks)[1] if ranks else None


# === CELLS === #


def _text(cell):
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    return unicodedata.normalize("NFKC", text).strip()


def _cell(row, column):
    return row[column] if column is not None and column < len(row) else None


def _has_number(cell):
    return sum(sign.isdigit() for sign in str(cell or "")) >= 3


def _may_name(cell):
    """Whether it may be the number of an invoice where no title says so."""
    return _has_number(cell) and not is_date(cell)


def _has_decimals(cell):
    """Whether an amount is written with decimals: 12.5, "100,00"; not a number or a day as 20260112."""
    amount = amount_of(cell)
    if amount is None:
        return False
    return bool(_DECIMALS.search(_text(cell))) if isinstance(cell, str) else amount % 1 != 0


def _mostly(rows, column, holds):
    """Whether this holds in at least half of the cells that are filled."""
    filled = [cell for cell in (_cell(row, column) for row in rows) if cell not in (None, "")]
    return bool(filled) and 2 * sum(bool(holds(cell)) for cell in filled) >= len(filled)


def _is_total(cell):
    return bool(re.fullmatch(rf"({'|'.join(TOTAL_LINES)})\s*:?(\s+[\d.,]+)?", str(cell).strip().lower()))


def _fullest(rows, width, holds, skip):
    """The column in which this holds most often, the last of equals."""
    counts = {
        column: sum(bool(holds(_cell(row, column))) for row in rows) for column in range(width) if column not in skip
    }
    best = max(counts.values(), default=0)
    return max(column for column, count in counts.items() if count == best) if best else None
