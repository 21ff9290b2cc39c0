"""Figures of receivables from cells: open items of one age, due state and sign, which SQL has summed. No Odoo.

A cell is told by one number, `bucket * SPAN + due state + sign + what is said of it`; whatever figure counts one item
of a cell counts all of them. Rows are (customer, company, group, cell, oldest days overdue, items, open, disputed,
promised, open in the document's currency); amounts: + = the customer owes.
"""

from functools import cache

LATE, TODAY, WEEK, LATER = range(4)  # due before the date, on it, in the seven days after it, later
DUE = 3  # the bits of the due state
WEEK_DAYS = 7  # "due in the next seven days": tomorrow until seven days after the date; receipts do not fall due
OWED, CREDIT = 4, 8  # the customer owes; owed to the customer; neither: nothing is open in this currency
DISPUTED, PROMISED = 16, 32  # a part of it is
UNDISPUTED = 64  # not all of it is disputed
SPAN = 128  # cells of one bucket
BUCKETS = 6

CELL, OLDEST, ITEMS, OPEN = 3, 4, 5, 6  # places in a row

NAMES = (
    *("total", "overdue", "current", "due_today", "due_week"),
    *("unapplied", "disputed", "promised", "undisputed", "late_gross", "document"),
)
"""The figures after those of the buckets, in order."""


@cache
def mask(cell):
    """Bits of the figures that count a cell: buckets first, then NAMES.

    >>> [NAMES[i - BUCKETS] for i in range(BUCKETS, BUCKETS + len(NAMES)) if mask(1 * SPAN + LATE + CREDIT) >> i & 1]
    ['total', 'overdue', 'unapplied', 'document']
    """
    due = cell & DUE
    counted = {
        "total": True,
        "overdue": due == LATE,
        "current": due != LATE,
        "due_today": due == TODAY and cell & OWED,
        "due_week": due == WEEK and cell & OWED,
        "unapplied": cell & CREDIT,
        "disputed": cell & DISPUTED,
        "promised": cell & PROMISED,
        "undisputed": due == LATE and cell & UNDISPUTED,
        "late_gross": due == LATE and cell & OWED,
        "document": True,
    }
    bits = sum(1 << index for index, name in enumerate(NAMES, BUCKETS) if counted[name])
    return bits | 1 << cell // SPAN


def value(name, amounts):
    """What a figure takes of (open, disputed, promised, document)."""
    if name == "undisputed":
        return amounts[0] - amounts[1]
    return amounts[{"disputed": 1, "promised": 2, "document": 3}.get(name, 0)]


def amount(rows, index):
    """One figure of rows, by its place among the buckets and NAMES."""
    name = NAMES[index - BUCKETS] if index >= BUCKETS else None
    return sum(value(name, row[OPEN:]) for row in rows if mask(row[CELL]) >> index & 1)


def figures(rows):
    """(amounts, numbers of items) of rows, in the order of the buckets and NAMES."""
    cells = {}
    for _customer, _company, _group, cell, _oldest, items, open_amount, disputed, promised, document in rows:
        found = cells.get(cell)
        if found is None:
            cells[cell] = [items, open_amount, disputed, promised, document]
        else:
            found[0] += items
            found[1] += open_amount
            found[2] += disputed
            found[3] += promised
            found[4] += document
    names = [None] * BUCKETS + list(NAMES)
    amounts, counts = [0.0] * len(names), [0] * len(names)
    for cell, (items, *sums) in cells.items():
        bits = mask(cell)
        for index, name in enumerate(names):
            if bits >> index & 1:
                amounts[index] += value(name, sums)
                counts[index] += items
    return amounts, counts
