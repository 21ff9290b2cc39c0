"""Writes receivables by age as a spreadsheet: two sheets, row by row, in constant memory. No Odoo.

Numbers are numbers, dates are dates, totals are formulas (with their value, for viewers that do not
calculate). Text is written as text only: a customer called "=1+1" stays a name.
"""

import re
from functools import cache
from html import escape

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

HEADER_ROW = 3  # title, subtitle, an empty row, then the header
MONEY = "#,##0.00;[Red]-#,##0.00"

SPECIAL = re.compile(r"[&<>\x00-\x1f\ufffe\uffff]|_x|^\s|\s$")  # text that needs more than to be written

column_name = cache(xl_col_to_name)


class FastSheet(Worksheet):
    """Writes numbers and plain text with one call a cell; the library takes ten, most of the time of a large file.

    Text that looks like the library's own rich text (<r>...</r>) would be written as it is, and break the file.
    """

    def _write_cell(self, row, col, cell):
        kind = type(cell).__name__
        start = f'<c r="{column_name(col)}{row + 1}"'
        if cell.format:
            start += f' s="{cell.format._get_xf_index()}"'
        if kind == "Number":
            self.fh.write(f"{start}><v>{cell.number:.16G}</v></c>")
        elif kind == "String" and self.constant_memory and not SPECIAL.search(cell.string):
            self.fh.write(f'{start} t="inlineStr"><is><t>{cell.string}</t></is></c>')
        elif kind == "String" and self.constant_memory and cell.string.startswith("<r>"):
            text = escape(self._escape_control_characters(cell.string), quote=False)
            self.fh.write(f'{start} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>')
        else:
            return super()._write_cell(row, col, cell)
        return None


class Column:
    """A column of the item sheet: heading, width and kind (text, date, integer, money); sparse: zeros stay empty."""

    def __init__(self, heading, width=14, kind="text", total=False, sparse=False):
        self.heading, self.width, self.kind, self.total, self.sparse = heading, width, kind, total, sparse


def _serial(day):
    """A date as the number that spreadsheets count days by: 1 = 1900-01-01 (and the 29 February 1900 of Lotus).

    >>> import datetime
    >>> _serial(datetime.date(2026, 1, 31))
    46053
    """
    return day.toordinal() - 693594


def write_aging(target, *, title, subtitle, labels, customers, columns, items, extras=()):
    """Write the workbook to `target` (a path or binary file).

    labels: the texts used ("by_customer", "open_items", "customer", "total").
    customers: (bucket headings, rows of (name, amount of each bucket ..., amount of each extra ...)).
    extras: headings of the money columns after the total of the buckets (overdue, disputed ...).
    columns, items: `Column`s and an iterable of tuples of the same length; None leaves a cell empty.
    """
    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    formats = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "header": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "bg_color": "#E9ECEF"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "money": book.add_format({"num_format": MONEY}),
        "total": book.add_format({"num_format": MONEY, "bold": True, "top": 1}),
        "total_text": book.add_format({"bold": True, "top": 1}),
    }
    headings, rows = customers
    _write_customers(book, formats, (title, subtitle), labels, headings, list(extras), rows)
    _write_items(book, formats, title, subtitle, labels, columns, items)
    book.close()


def _start(book, formats, name, title, subtitle, headings):
    sheet = book.add_worksheet(name, FastSheet)
    sheet.freeze_panes(HEADER_ROW + 1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW)
    for column, (_heading, width) in enumerate(headings):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, title, formats["title"])
    sheet.write_string(1, 0, subtitle)
    for column, (heading, _width) in enumerate(headings):
        sheet.write_string(HEADER_ROW, column, heading, formats["header"])
    return sheet


def _write_customers(book, formats, titles, labels, headings, extras, rows):
    columns = [(labels["customer"], 36), *((heading, 14) for heading in headings), (labels["total"], 16)]
    columns += [(heading, 14) for heading in extras]
    sheet = _start(book, formats, labels["by_customer"], *titles, columns)
    width = len(headings)
    total = width + 1
    sums = dict.fromkeys(range(1, len(columns)), 0.0)
    row = HEADER_ROW
    for name, *amounts in rows:
        row += 1
        sheet.write_string(row, 0, name or "")
        for index, amount in enumerate(amounts, start=1):
            if amount:  # most are empty, and each cell costs time
                column = index if index <= width else index + 1
                sums[column] += amount
                sheet.write_number(row, column, amount, formats["money"])
        whole = sum(amounts[:width])
        sums[total] += whole
        formula = f"=SUM({xl_range(row, 1, row, width)})"
        sheet.write_formula(row, total, formula, formats["money"], round(whole, 2))
    _write_totals(sheet, formats, row + 1, labels["total"], sums)


def _write_items(book, formats, title, subtitle, labels, columns, items):
    headings = [(column.heading, column.width) for column in columns]
    sheet = _start(book, formats, labels["open_items"], title, subtitle, headings)
    writers = {
        "text": lambda row, column, value: sheet.write_string(row, column, value),
        "date": lambda row, column, value: sheet.write_number(row, column, _serial(value), formats["date"]),
        "integer": lambda row, column, value: sheet.write_number(row, column, value),
        "money": lambda row, column, value: sheet.write_number(row, column, value, formats["money"]),
    }
    write = [writers[column.kind] for column in columns]
    sums = {index: 0.0 for index, column in enumerate(columns) if column.total}
    row = HEADER_ROW
    for values in items:
        row += 1
        for column, value in enumerate(values):
            if value or value == 0 and value is not False and not columns[column].sparse:
                write[column](row, column, value)
        for column in sums:
            sums[column] += values[column] or 0.0
    _write_totals(sheet, formats, row + 1, labels["total"], sums)
    sheet.autofilter(HEADER_ROW, 0, max(row, HEADER_ROW), len(columns) - 1)


def _write_totals(sheet, formats, row, label, sums):
    """A last row of SUM formulas."""
    sheet.write_string(row, 0, label, formats["total_text"])
    for column, value in sums.items():
        cells = f"{xl_rowcol_to_cell(HEADER_ROW + 1, column)}:{xl_rowcol_to_cell(max(row - 1, HEADER_ROW + 1), column)}"
        if row - 1 < HEADER_ROW + 1:  # nothing to add: a formula over its own cell would be a circle
            sheet.write_number(row, column, 0, formats["total"])
        else:
            sheet.write_formula(row, column, f"=SUM({cells})", formats["total"], round(value, 2))
