"""Rules of the history loader: reading cells, judging rows, grouping into documents."""

import csv
import datetime
import gzip
import importlib
import io
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

cells = importlib.import_module("suite_tools.crm_custom.cells")
history = importlib.import_module("suite_tools.crm_custom.history")
settlement = importlib.import_module("suite_tools.crm_custom.settlement")
spreadsheet = importlib.import_module("suite_tools.crm_custom.spreadsheet")

HEADER = list(history.COLUMNS.values())[:8]
TODAY = datetime.date(2020, 1, 31)
OPTIONS = history.Options(today=TODAY, date_format="%Y-%m-%d %H:%M:%S")
GOOD = ["1001", "A1", "Lamp", "2", "2020-01-02 08:00:00", "2.55", "17.0", "France"]


def plan(*lines, options=OPTIONS):
    columns = history.resolve_columns(HEADER)
    return history.make_plan(history.read_rows(iter(lines), columns), options)


def changed(**values):
    line = list(GOOD)
    for field, value in values.items():
        line[list(history.COLUMNS).index(field)] = value
    return line


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"number": ""}, "no_number"),
        ({"date": "soon"}, "bad_date"),
        ({"date": ""}, "bad_date"),
        ({"date": "2020-02-01 08:00:00"}, "future_date"),
        ({"code": ""}, "no_code"),
        ({"quantity": "two"}, "bad_quantity"),
        ({"price": "1,234"}, "bad_price"),
        ({"customer": ""}, "no_customer"),
        ({"price": "0"}, "zero_price"),
        ({"price": "-1"}, "negative_price"),
        ({"quantity": "0"}, "zero_quantity"),
        ({"quantity": "-2"}, "negative_quantity"),
        ({"number": "C1001"}, "positive_cancellation"),
    ],
)
def test_each_reason_is_given(values, reason):
    result = plan(changed(**values))
    assert [rejection.reason for rejection in result.rejections] == [reason]
    assert not result.documents


def test_rows_of_one_number_are_one_document():
    result = plan(GOOD, changed(code="a1", quantity="1", price="0.001"), changed(number="1002"))
    first = result.documents["1001"]
    assert first.customer == "17"
    assert first.date == datetime.date(2020, 1, 2)
    assert [(line.code, line.amount) for line in first.lines] == [("A1", Decimal("5.10")), ("A1", Decimal("0.00"))]
    assert first.amount == Decimal("5.10")
    assert len(result.documents) == 2


def test_cancellation_is_a_credit_note_with_positive_lines():
    document = plan(changed(number="C7", quantity="-3")).documents["C7"]
    assert document.is_refund
    assert document.lines[0].quantity == 3
    assert (document.amount, document.signed_amount) == (Decimal("7.65"), Decimal("-7.65"))


def test_row_of_another_customer_is_left_out():
    result = plan(GOOD, changed(customer="18"))
    assert [rejection.reason for rejection in result.rejections] == ["other_customer"]


def test_walk_in_customer_takes_rows_without_one():
    result = plan(changed(customer=""), options=OPTIONS._replace(walk_in="WALK-IN"))
    assert result.documents["1001"].customer == "WALK-IN"


def test_today_is_not_the_future():
    assert not plan(changed(date="2020-01-31 23:00:00")).rejections


def test_name_of_a_product_is_its_most_frequent_description():
    result = plan(GOOD, changed(description="Lampe"), changed(description="Lampe"), changed(description=""))
    assert result.product_name("A1") == "Lampe"
    assert result.product_name("NONE") == "NONE"


amounts = st.decimals(min_value=-50, max_value=50, places=3)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["1", "2", "C3", "", "A4"]),
            st.sampled_from(["5", "6", ""]),
            st.integers(-9, 9),
            amounts,
        ),
        max_size=30,
    )
)
def test_file_total_is_invoices_less_credit_notes_plus_rejections(lines):
    result = plan(*(changed(number=n, customer=c, quantity=str(q), price=str(p)) for n, c, q, p in lines))
    booked = sum((document.signed_amount for document in result.documents.values()), Decimal(0))
    rejected = sum((rejection.amount for rejection in result.rejections), Decimal(0))
    assert booked + rejected == result.total
    accepted = sum(len(document.lines) for document in result.documents.values())
    assert accepted + len(result.rejections) == result.row_count == len(lines)
    for document in list(result.documents.values()):
        result.reject_document(document, "closed_period")
    assert sum((rejection.amount for rejection in result.rejections), Decimal(0)) == result.total


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5", "1.5"),
        ("-3", "-3"),
        ("1,5", "1.5"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234", None),
        ("1e5", None),
        ("nan", None),
        ("", None),
        ("=1+1", None),
    ],
)
def test_numbers(text, value):
    assert cells.parse_number(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("text", "thousands", "value"),
    [
        ("1,234", ",", "1234"),
        ("1,234", ".", "1.234"),
        ("1,234", " ", "1.234"),
        ("1.234", ",", "1.234"),
        ("1.234", ".", "1234"),
        ("1.234.567", ".", "1234567"),
        ("1,234,567.8", ",", "1234567.8"),
        ("1 234 567,8", " ", "1234567.8"),
        ("1\u202f234,5", "\u202f", "1234.5"),
        ("1'234.50", "'", "1234.50"),
        ("1,50", ",", "1.50"),
        (" 60 ", ",", "60"),
        ("0", ",", "0"),
        ("12,34,567", ",", None),
        ("1 2", ",", None),
        ("1e5", ",", None),
        ("nan", ".", None),
        ("", ",", None),
    ],
)
def test_typed_numbers(text, thousands, value):
    assert cells.parse_typed_number(text, thousands) == (None if value is None else Decimal(value))


def test_date_format_is_told_from_the_whole_file():
    assert cells.detect_date_format(["12/1/2010 8:26", "12/31/2010 9:00"]) == "%m/%d/%Y %H:%M"
    assert cells.detect_date_format(["1/12/2010", "31/12/2010", "nonsense"]) == "%d/%m/%Y"
    with pytest.raises(cells.HistoryError, match="ambiguous_date"):
        cells.detect_date_format(["1/12/2010", "2/11/2010"])


def test_missing_column_is_named():
    with pytest.raises(cells.HistoryError) as caught:
        history.resolve_columns(["InvoiceNo", "Quantity"])
    assert "StockCode" in caught.value.values["missing"]


def test_columns_are_found_by_mapping_and_loose_names():
    header = ["invoice no", "STOCK_CODE", "Qty", "InvoiceDate", "UnitPrice", "CustomerID"]
    columns = history.resolve_columns(header, {"quantity": "Qty"})
    assert columns["number"] == 0
    assert columns["quantity"] == 2
    assert "country" not in columns


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1"])
def test_formulas_are_made_harmless(text):
    assert cells.safe_cell(text).startswith("'")


def test_numbers_and_words_stay_as_they_are():
    assert [cells.safe_cell(text) for text in ("-12", "-1.50", "Lamp", "")] == ["-12", "-1.50", "Lamp", ""]


def test_rejected_rows_are_written_without_formulas():
    content = spreadsheet.write_csv(["Row"], [["=cmd|' /C calc'!A0"]])
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1][0].startswith("'=")


def test_country_names():
    assert history.country_key("EIRE") == ("code", "IE")
    assert history.country_key("France") == ("name", "france")
    assert history.country_key("Unspecified") is None
    assert history.country_key("") is None


def test_services_have_codes_without_digits():
    assert [history.is_service(code) for code in ("POST", "M", "C2", "85123A")] == [True, True, False, False]


# === FILES === #


def table(content, **options):
    header, lines = spreadsheet.read_table(content, **options)
    return [header, *map(list, lines)]


def test_csv_and_gzip_and_semicolons():
    for content in (b"a,b\n1,2\n", gzip.compress(b"a,b\n1,2\n"), b"a;b\n1;2\n"):
        assert table(content) == [["a", "b"], ["1", "2"]]


def test_workbook():
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active.append([1, datetime.datetime(2020, 1, 2, 8)])
    stream = io.BytesIO()
    book.save(stream)
    header, lines = spreadsheet.read_table(stream.getvalue())
    assert header == ["a", "b"]
    assert [cells.clean(cell) for cell in next(lines)] == ["1", "2020-01-02 08:00:00"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"a,b\n", "empty_file"),
        (b"\n\n", "empty_file"),
        ("é,b\n1,2".encode("latin-1"), "wrong_encoding"),
        (b"\xd0\xcf\x11\xe0rest", "old_excel"),
        (b"\x1f\x8bbroken", "broken_archive"),
        (b"PK\x03\x04broken", "not_a_spreadsheet"),
        (b"\x89PNG\x00\x00,", "wrong_encoding"),
        (b"just words\nmore words", "not_a_spreadsheet"),
    ],
)
def test_unreadable_files_are_named(content, code):
    with pytest.raises(cells.HistoryError) as caught:
        table(content)
    assert caught.value.code == code


# === PAYMENTS === #


def settle(number="1", customer="17", amount=Decimal("10.00"), **options):
    options = {"seed": 7, "until": datetime.date(2021, 1, 1), **options}
    date = datetime.date(2020, 1, 1)
    return settlement.settle(number, customer, date, date + datetime.timedelta(days=30), amount, **options)


def test_payments_are_the_same_each_time_and_differ_by_seed():
    numbers = [str(number) for number in range(200)]
    first = [settle(number, number) for number in numbers]
    assert first == [settle(number, number) for number in numbers]
    assert first != [settle(number, number, seed=8) for number in numbers]


@given(st.text(max_size=8), st.text(max_size=8), st.integers(1, 10**7), st.integers(0, 400))
def test_payment_is_after_the_invoice_and_never_more(number, customer, cents, days):
    until = datetime.date(2020, 1, 1) + datetime.timedelta(days=days)
    amount = Decimal(cents) / 100
    payment = settle(number, customer, amount, until=until)
    if payment:
        assert datetime.date(2020, 1, 1) <= payment.date <= until
        assert 0 < payment.amount <= amount


def test_about_a_third_of_the_documents_is_late_and_some_stay_open():
    due = datetime.date(2020, 1, 31)
    payments = [settle(str(number), str(number % 300)) for number in range(3000)]
    kinds = Counter(
        "open" if payment is None else "part" if payment.amount < 10 else "late" if payment.date > due else "on time"
        for payment in payments
    )
    assert 0.25 < kinds["late"] / 3000 < 0.55
    assert kinds["open"] > 20
    assert kinds["part"] > 20
