"""The 80/20 curve on the Online Retail data, against METHODS section 2."""

import csv
import gzip
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_custom import pareto


def test_online_retail():
    """1,132 of 4,338 customers (26.1 %) make 80 % of the positive lines; the top 20 % make 74.6 %."""
    path = next((folder / "shared/data/online_retail.csv.gz" for folder in Path(__file__).parents
                 if (folder / "shared/data/online_retail.csv.gz").exists()), None)  # fmt: skip
    if not path:
        pytest.skip("shared/data/online_retail.csv.gz is not beside the checkout")
    sales = defaultdict(Decimal)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            quantity, price = int(row["Quantity"]), Decimal(row["UnitPrice"])
            if row["CustomerID"] and quantity > 0 and price > 0:
                sales[row["CustomerID"]] += quantity * price
    assert pareto.makers(sales.values()) == (1132, 4338)
    assert round(pareto.top_share(sales.values()), 1) == 74.6


@given(st.lists(st.integers(-100, 1000), max_size=60))
def test_the_makers_do_not_pass_the_share(amounts):
    key, customers = pareto.makers(amounts)
    sales = sorted((amount for amount in amounts if amount > 0), reverse=True)
    assert customers == len(sales)
    if sales:
        assert key == 1 or sum(sales[:key]) * 100 <= sum(sales) * 80
        assert key == len(sales) or sum(sales[: key + 1]) * 100 > sum(sales) * 80
        assert pareto.curve(amounts)[-1] == (100, 100)
