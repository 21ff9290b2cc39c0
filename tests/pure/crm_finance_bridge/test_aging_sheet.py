"""The spreadsheet of receivables: what a reader of the file finds in its cells."""

import datetime
import importlib
import io
import tracemalloc

import openpyxl

sheet = importlib.import_module("suite_tools.crm_finance_bridge.aging_sheet")
LABELS = {"by_customer": "By customer", "open_items": "Open items", "customer": "Customer", "total": "Total"}
COLUMNS = [
    sheet.Column("Customer"),
    sheet.Column("Due", kind="date"),
    sheet.Column("Days", kind="integer"),
    sheet.Column("Open", kind="money", total=True),
]


def write(customers, items):
    target = io.BytesIO()
    sheet.write_aging(
        target,
        title="Receivables",
        subtitle="My Company",
        labels=LABELS,
        customers=(["Not due", "1-30"], customers),
        columns=COLUMNS,
        items=items,
    )
    return target


def read(target, values):
    return openpyxl.load_workbook(target, data_only=values)


def test_numbers_dates_and_formulas():
    """R172: numbers are numbers, dates are dates, the header is frozen, totals are formulas."""
    due = datetime.date(2026, 1, 31)
    target = write([("Acme", 10.0, -2.5), ("Beta", 0.1, 0.2)], [("Acme", due, 28, 7.5), ("Beta", due, 28, 0.3)])
    book = read(target, values=False)
    assert book.sheetnames == ["By customer", "Open items"]
    first, second = book.worksheets
    assert (first.freeze_panes, second.freeze_panes) == ("B5", "B5")
    assert [cell.value for cell in first[5]] == ["Acme", 10, -2.5, "=SUM(B5:C5)"]
    assert [cell.value for cell in first[7]] == ["Total", "=SUM(B5:B6)", "=SUM(C5:C6)", "=SUM(D5:D6)"]
    assert second["B5"].value == datetime.datetime(2026, 1, 31)
    assert second["B5"].is_date
    assert second["D7"].value == "=SUM(D5:D6)"
    shown = read(target, values=True)
    assert [cell.value for cell in shown.worksheets[0][7]] == ["Total", 10.1, -2.3, 7.8]
    assert shown.worksheets[1]["D7"].value == 7.8


def test_text_is_never_a_formula():
    """R172: a customer who calls itself a formula or a link stays text."""
    names = ["=1+1", "+1", "-1", "@SUM(A1)", "http://example.com", '=HYPERLINK("http://x")', "\t=2"]
    names += ["<r><t>rich</t></r>", "<r>", "a < b & c", " spaces ", "line\nbreak", "Zoë 株式会社"]
    book = read(write([(name, 1.0, 0.0) for name in names], [(name, None, 0, 1.0) for name in names]), values=False)
    for worksheet in book.worksheets:
        cells = [worksheet.cell(row, 1) for row in range(5, 5 + len(names))]
        assert [cell.value for cell in cells] == names
        assert {cell.data_type for cell in cells} == {"s"}
        assert not any(cell.hyperlink for cell in cells)


def test_empty_ledger_makes_an_empty_sheet():
    book = read(write([], []), values=False)
    assert [cell.value for cell in book.worksheets[0][5]] == ["Total", 0, 0, 0]


def test_memory_stays_constant():
    """R172: twenty times the rows take no more memory to write than some."""

    def peak(rows):
        tracemalloc.start()
        due = datetime.date(2026, 1, 31)
        with open("/dev/null", "wb") as target:
            write_to(target, ((f"Customer {n}", due, n, 1.5) for n in range(rows)))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    def write_to(target, items):
        sheet.write_aging(
            target,
            title="",
            subtitle="",
            labels=LABELS,
            customers=(["Not due", "1-30"], []),
            columns=COLUMNS,
            items=items,
        )

    assert peak(4000) < 2 * peak(200) + 500_000
