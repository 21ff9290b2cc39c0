"""Write a document (quotation, order, purchase order) as an Excel workbook. No Odoo, no database.

Numbers are written as numbers, everything else as text: what a user typed is never a formula or a link.
"""

import io

WIDEST = 60


def document_workbook(title, facts, columns, rows, totals, decimals=2):
    """The workbook as bytes.

    `facts`: pairs (label, text) above the table. `columns`: pairs (label, kind); kind is 'text', 'number', 'money' or
    'percent' (12.5 is 12.5 %). `rows`: lists of cells, or one text for a section or note. `totals`: pairs (label,
    amount) beneath the last column. `decimals` of the currency; amounts are written as they are given.
    """
    import xlsxwriter  # heavy, and needed for workbooks only

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": title})
    sheet = book.add_worksheet(sheet_name(title))
    styles = _styles(book, decimals)
    sheet.write_string(0, 0, title, styles["title"])
    line = 2
    for label, text in facts:
        sheet.write_string(line, 0, str(label), styles["label"])
        sheet.write_string(line, 1, str(text or ""))
        line += 1
    line += 1
    for index, (label, _kind) in enumerate(columns):
        sheet.write_string(line, index, str(label), styles["head"])
    sheet.freeze_panes(line + 1, 0)
    for row in rows:
        line += 1
        _write_row(sheet, line, columns, row, styles)
    line += 1
    for label, amount in totals:
        line += 1
        sheet.write_string(line, max(len(columns) - 2, 0), str(label), styles["label"])
        sheet.write_number(line, len(columns) - 1, amount, styles["total"])
    for index, width in enumerate(_widths(columns, rows)):
        sheet.set_column(index, index, width)
    sheet.fit_to_pages(1, 0)
    sheet.set_paper(9)
    book.close()
    return out.getvalue()


def sheet_name(title):
    """A title as the name of a sheet: without what Excel forbids, at most 31 characters.

    >>> sheet_name("Order [S00012]: 3/4")
    'Order S00012 34'
    """
    return "".join(char for char in title if char not in "[]:*?/\\'").strip()[:31] or "1"


def _styles(book, decimals):
    money = "#,##0" + ("." + "0" * decimals if decimals else "")
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "label": book.add_format({"bold": True}),
        "head": book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEEEEE", "text_wrap": True}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "number": book.add_format({"num_format": "#,##0.######", "valign": "top"}),
        "money": book.add_format({"num_format": money, "valign": "top"}),
        "percent": book.add_format({"num_format": "0.00", "valign": "top"}),
        "total": book.add_format({"num_format": money, "bold": True, "top": 1}),
    }


def _write_row(sheet, line, columns, row, styles):
    if isinstance(row, str):
        sheet.write_string(line, 0, row, styles["label"])
        return
    for index, ((_label, kind), cell) in enumerate(zip(columns, row, strict=True)):
        if kind == "text":
            sheet.write_string(line, index, str(cell or ""), styles["text"])
        elif cell is not None:
            sheet.write_number(line, index, cell, styles[kind])


def _widths(columns, rows):
    for index, (label, kind) in enumerate(columns):
        cells = [str(row[index] or "") for row in rows if not isinstance(row, str)] if kind == "text" else []
        longest = max((len(part) for cell in cells for part in cell.splitlines() or [""]), default=0)
        yield min(max(len(str(label)), longest, 12 if kind == "money" else 8) + 2, WIDEST)
