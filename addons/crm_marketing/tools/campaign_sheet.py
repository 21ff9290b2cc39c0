"""Write the table of all campaigns as an Excel workbook with charts. No Odoo, no database.

Numbers are written as numbers, everything else as text: what a user typed is never a formula or a link.
"""

import io

CHARTED = 15  # campaigns in a chart
KINDS = ("text", "money", "integer", "percent", "ratio", "date")


def campaign_workbook(title, columns, rows, totals, charts, digits=2):
    """The workbook as bytes.

    `columns`: pairs (label, kind of KINDS; a percent of 0.5 is 50 %). `rows`: lists of cells, None = empty. `totals`:
    cells of the last line. `charts`: pairs (title, [column numbers]): bars of the first CHARTED rows.
    """
    import xlsxwriter  # heavy, and needed for workbooks only

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": title})
    sheet = book.add_worksheet("Campaigns")
    styles = _styles(book, digits)
    sheet.write_string(0, 0, title, styles["title"])
    for number, (label, _kind) in enumerate(columns):
        sheet.write_string(2, number, str(label), styles["head"])
        sheet.set_column(number, number, 32 if not number else 15)
    for line, row in enumerate(rows, start=3):
        _write(sheet, line, columns, row, styles)
    _write(sheet, 3 + len(rows), columns, totals, styles, "total_")
    sheet.freeze_panes(3, 1)
    if rows:
        sheet.autofilter(2, 0, 2 + len(rows), len(columns) - 1)
        _charts(book, columns, min(len(rows), CHARTED), charts)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    book.close()
    return out.getvalue()


def _styles(book, digits):
    money = "#,##0" + ("." + "0" * digits if digits else "")
    formats = {
        "text": "@",
        "money": money,
        "integer": "#,##0",
        "percent": "0.0%",
        "ratio": "0.00",
        "date": "yyyy-mm-dd",
    }
    styles = {kind: book.add_format({"num_format": form}) for kind, form in formats.items()}
    for kind, form in formats.items():
        styles[f"total_{kind}"] = book.add_format({"num_format": form, "bold": True, "top": 1})
    styles["title"] = book.add_format({"bold": True, "font_size": 14})
    styles["head"] = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEEEEE", "text_wrap": True})
    return styles


def _write(sheet, line, columns, row, styles, prefix=""):
    for number, ((_label, kind), cell) in enumerate(zip(columns, row, strict=True)):
        style = styles[prefix + kind]
        if cell is None:
            sheet.write_blank(line, number, None, style)
        elif kind == "text":
            sheet.write_string(line, number, str(cell), style)
        elif kind == "date":
            sheet.write_datetime(line, number, cell, style)
        else:
            sheet.write_number(line, number, cell, style)


def _charts(book, columns, count, charts):
    target = book.add_worksheet("Charts")
    for place, (title, numbers) in enumerate(charts):
        chart = book.add_chart({"type": "bar"})
        for number in numbers:
            chart.add_series(
                {
                    "name": ["Campaigns", 2, number],
                    "categories": ["Campaigns", 3, 0, 2 + count, 0],
                    "values": ["Campaigns", 3, number, 2 + count, number],
                }
            )
        chart.set_title({"name": title})
        chart.set_y_axis({"reverse": True})
        chart.set_size({"width": 900, "height": 160 + 28 * count})
        target.insert_chart(place * (10 + 2 * count), 0, chart)
