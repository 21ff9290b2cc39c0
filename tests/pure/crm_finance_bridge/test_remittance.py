"""Lists of invoices that payers send: columns by their titles, or by what stands in them."""

import doctest
import importlib
from decimal import Decimal

import pytest

remittance = importlib.import_module("suite_tools.crm_finance_bridge.remittance")


def test_doctests():
    result = doctest.testmod(remittance)
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
