"""The workbook of all campaigns: numbers as numbers, text never a formula, empty cells empty, charts over the rows."""

import io
import zipfile
from datetime import date

from suite_tools.crm_marketing import campaign_sheet

COLUMNS = [("Campaign", "text"), ("Spent", "money"), ("Return", "percent"), ("Paid back", "date")]


def sheets(rows, totals):
    content = campaign_sheet.campaign_workbook("All", COLUMNS, rows, totals, [("Spent", [1]), ("Return", [2])])
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name).decode() for name in book.namelist() if name.endswith(".xml")}


def test_cells_totals_and_charts():
    parts = sheets(
        [["=HYPERLINK(1)", 12.34, 0.5, date(2026, 4, 20)], ["Fair", 1, None, None]], ["Total", 13.34, 0.2, None]
    )
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert "<f>" not in sheet
    assert "<v>12.34</v>" in sheet and "<v>13.34</v>" in sheet
    assert "=HYPERLINK(1)" in parts["xl/sharedStrings.xml"]
    assert "$B$4:$B$5" in parts["xl/charts/chart1.xml"]
    assert "xl/charts/chart2.xml" in parts


def test_no_campaign_no_chart():
    parts = sheets([], ["Total", 0, None, None])
    assert not [name for name in parts if "chart" in name and name.startswith("xl/charts/")]
