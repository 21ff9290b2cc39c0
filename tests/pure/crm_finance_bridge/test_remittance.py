"""Lists of invoices that payers send: columns by their titles, or by what stands in them."""

import datetime
import doctest
import importlib
from decimal import Decimal

import pytest

remittance = importlib.import_module("suite_tools.crm_finance_bridge.remittance")
amounts = importlib.import_module("suite_tools.crm_finance_bridge.remittance_amount")


def test_doctests():
    result = doctest.testmod(amounts)
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (
            ["Pos", "Your invoice", "Date", "Amount"],
            [[1, "INV/2026/00001", "2026-02-01", 100.5], [2, "00777", "", "20"]],
        ),
        (["发票号", "金额"], [["INV/2026/00001", "100.50"], ["00777", "20,00"]]),
        (["Rechnung", "Brutto", "Betrag"], [["INV/2026/00001", "101", "100,50"], ["00777", "21", "20"]]),
        (["INV/2026/00001", "100.50"], [["00777", 20]]),
    ],
)
def test_columns(header, rows):
    """R166: number and amount are found under titles in several languages, and without titles."""
    found = remittance.read(header, [*rows, ["Total", None, None, 120.5]])
    assert [line.amount for line in found] == [Decimal("100.5"), Decimal(20)]
    assert found[0].text == "INV/2026/00001"


def test_total_line_and_numbers_as_numbers():
    """R166: a line without a number is no invoice; a number that Excel made a float is read whole."""
    found = remittance.read(["invoice", "paid"], [[4711.0, 5], ["Total", 5], [None, None]])
    assert found == [remittance.AdviceLine("4711", Decimal(5))]


@pytest.mark.parametrize(
    ("header", "number", "amount"),
    [
        (["Invoice Date", "Invoice No.", "Payment date", "Amount"], 1, 3),
        (["Rechnungsdatum", "Rechnungs-Nr.", "Fälligkeit", "Zahlbetrag"], 1, 3),
        (["Rechnungsdatum", "Rechnungsnummer", "Rechnungsbetrag", "Skontobetrag", "Nettobetrag"], 1, 4),
        (["发票日期", "发票号码", "发票金额", "付款日期", "付款金额"], 1, 4),
        (["InvoiceDate", "InvoiceNo", "InvoiceAmount", "Discount", "Paid"], 1, 4),
        (["Payment Reference", "Invoice", "Payment date", "Payment amount"], 1, 3),
        (["PO number", "Invoice #", "Gross amount", "Tax amount", "Net amount"], 1, 4),
        (["付款单号", "发票", "付款方式", "本次付款"], 1, 3),
        (["Pos", "Invoice paid", "Our number", "Amount"], 1, 3),
        (["Date", "Invoice", "Line"], 1, None),
    ],
)
def test_titles(header, number, amount):
    """R166: the most specific title wins; a date, a discount or the payer's own number is neither of the two."""
    row = ["2026-02-01" if "ate" in title or "日期" in title or "datum" in title else 77 for title in header]
    row[number] = "INV/2026/00001"
    if amount is not None:
        row[amount] = "20,50"
    expected = [("INV/2026/00001", None if amount is None else Decimal("20.50"))]
    assert remittance.read(header, [row]) == expected


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("Zahlung;Rechnung;Betrag", ["20260112;INV/1001;100,00", "20260112;INV/1002;50"]),
        ("Payment;Invoice;Amount", ["PAY0001;INV/1001;100.00", "PAY0001;INV/1002;50.00"]),
        ("Payment run;Invoice;Total", ["12;INV/1001;100.00", "12;INV/1002;50.00"]),
        ("Zahlungsart;Rechnung;Wert", ["SEPA;INV/1001;100,00", "SEPA;INV/1002;50,00"]),
        ("付款;发票;金额", ["20260112;INV/1001;100.00", "20260112;INV/1002;50.00"]),
        ("Invoice;Amount;Payment", ["INV/1001;120.00;100.00", "INV/1002;50.00;50.00"]),
        ("Invoice;Amount;Payment", ["INV/1001;120.-;100.-", "INV/1002;50.-;50.-"]),
        ("Invoice;Payment;Discount amount", ["INV/1001;100;2", "INV/1002;50;1"]),
        ("Invoice;Payment", ["INV/1001;100", "INV/1002;50"]),
        ("Rechnung;Netto;Zahlung", ["INV/1001;84,03;100,00", "INV/1002;42,02;50,00"]),
    ],
)
def test_payment_may_be_a_number_or_an_amount(header, rows):
    """R166: under "payment" alone may stand its number, its run or the amount: what stands in it decides."""
    found = remittance.read(header.split(";"), [row.split(";") for row in rows])
    assert found == [("INV/1001", Decimal(100)), ("INV/1002", Decimal(50))]


def test_dates_without_titles():
    """R166: a day is neither a number nor an amount where no title says which column is which."""
    day = datetime.datetime(2026, 2, 1, tzinfo=datetime.UTC)
    found = remittance.read(["INV/2026/00001", "01.02.2026", day, "20.50"], [["00777", "02.02.2026", day, "30"]])
    assert found == [("INV/2026/00001", Decimal("20.50")), ("00777", Decimal(30))]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        *(("150,00-", "-150"), ("(20.00)", "-20"), ("EUR 20,00", "20"), ("20.00 CR", "-20"), ("20.00 DR", "20")),
        *(("１，２３４．５０", "1234.5"), ("（１２０．５０）", "-120.5"), ("￥1,200.00元", "1200"), ("−7,00", "-7")),
        *(("100.-", "100"), ("CHF 1'000.-", "1000"), ("100,--", "100"), ("500,-", "500"), ("100.– EUR", "100")),
        *(("-100", "-100"), ("-100.-", "-100"), ("(100.-)", "-100"), ("100.00-", "-100"), ("500.- CR", "-500")),
        *(("Rs. 500", "500"), ("Fr. 250", "250"), ("Rs.1,234.00", "1234"), ("250 Fr.", "250"), ("Rs. 500/-", "500")),
        *(("US$ 5", "5"), ("1'234.50", "1234.5"), ("1.234,567", "1234.567"), ("0.150", "0.15"), (".5", "0.5")),
    ],
)
def test_amounts(text, amount):
    """R166: amounts with a minus behind, in brackets, marked as credit, with a currency, in full-width signs."""
    assert amounts.amount_of(text) == Decimal(amount)


def test_unreadable_amount_is_said():
    """R166: an amount that cannot be read names its row and its text; empty cells and dashes are no amount."""
    rows = [["INV/2026/00001", "20"], ["INV/2026/00002", "2o,00"]]
    with pytest.raises(remittance.AmountError) as caught:
        remittance.read(["Invoice", "Paid"], rows)
    assert (caught.value.row, caught.value.number, caught.value.text) == (3, "INV/2026/00002", "2o,00")
    rows[1][1] = "-"
    assert [line.amount for line in remittance.read(["Invoice", "Paid"], rows)] == [Decimal(20), None]


def test_lines_that_pay_nothing():
    """R166: a line over 0.00 and a total with a year are no invoices; a journal that is called SUM is one."""
    rows = [["INV/2026/00001", "0.00"], ["Total 2026", "20"], ["SUM/2026/00001", "20"], ["２０２６/01/12", "7"]]
    expected = [("SUM/2026/00001", Decimal(20)), ("2026/01/12", Decimal(7))]
    assert remittance.read(["Invoice", "Paid"], rows) == expected
