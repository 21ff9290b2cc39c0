"""Writes a statement of account as a spreadsheet, one sheet a currency. No Odoo.

Numbers are numbers, dates are dates, totals are formulas with their value; text is written as text only.
"""

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from .aging_sheet import MONEY, _serial

OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_statement(target, *, title, facts, columns, sections, labels):
    """Write the workbook to `target` (a path or binary file).

    facts: pairs (label, text) above the table. columns: tuples (heading, kind, width, key); kind is text, date,
    integer or money. sections: dicts with name (of the currency), rows (dicts by key), opening (None or amount),
    total, total_key (the column beneath which it stands), summed (whether the total is the sum of that column),
    ages (pairs heading, amount). labels: opening, total, nothing.
    """
    book = xlsxwriter.Workbook(target, dict(OPTIONS))
    formats = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "label": book.add_format({"bold": True}),
        "header": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "bg_color": "#E9ECEF"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "money": book.add_format({"num_format": MONEY}),
        "total": book.add_format({"num_format": MONEY, "bold": True, "top": 1}),
    }
    if not sections:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, title, formats["title"])
        sheet.write_string(1, 0, labels["nothing"])
    for section in sections:
        _write_section(book, formats, title, facts, columns, section, labels)
    book.close()


def _write_section(book, formats, title, facts, columns, section, labels):
    sheet = book.add_worksheet(section["name"])
    for index, (_heading, _kind, width, _key) in enumerate(columns):
        sheet.set_column(index, index, width)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, title, formats["title"])
    row = 1
    for label, text in facts:
        sheet.write_string(row, 0, label, formats["label"])
        sheet.write_string(row, 1, str(text))
        row += 1
    row += 1
    for index, (heading, *_rest) in enumerate(columns):
        sheet.write_string(row, index, heading, formats["header"])
    sheet.freeze_panes(row + 1, 0)
    at = {key: index for index, (*_rest, key) in enumerate(columns)}[section["total_key"]]
    if section["opening"] is not None:
        row += 1
        sheet.write_string(row, 0, labels["opening"], formats["label"])
        sheet.write_number(row, at, section["opening"], formats["money"])
    first = row + 1
    for values in section["rows"]:
        row += 1
        _write_row(sheet, formats, row, columns, values)
    last = row
    row += 1
    sheet.write_string(row, 0, labels["total"], formats["label"])
    if section["summed"] and last >= first:
        cells = f"{xl_rowcol_to_cell(first, at)}:{xl_rowcol_to_cell(last, at)}"
        sheet.write_formula(row, at, f"=SUM({cells})", formats["total"], section["total"])
    else:
        sheet.write_number(row, at, section["total"], formats["total"])
    row += 1
    for heading, amount in section["ages"]:
        row += 1
        sheet.write_string(row, 0, heading)
        sheet.write_number(row, at, amount, formats["money"])


def _write_row(sheet, formats, row, columns, values):
    for index, (_heading, kind, _width, key) in enumerate(columns):
        value = values.get(key)
        if value is None or value is False or value == "":
            continue
        if kind == "text":
            sheet.write_string(row, index, str(value))
        elif kind == "date":
            sheet.write_number(row, index, _serial(value), formats["date"])
        else:
            sheet.write_number(row, index, value, formats["money"] if kind == "money" else None)
