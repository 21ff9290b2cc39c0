"""The demo company's shapes: draws follow what was counted, and the same seed gives the same company."""

import datetime
import random
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts"))

from suite.demo import names, shapes

TODAY = datetime.date(2026, 11, 21)


@pytest.mark.parametrize("deciles", [shapes.LINES, shapes.QUANTITY, shapes.GAP_DAYS, shapes.DAYS_LATE])
def test_draws_have_the_counted_deciles(deciles):
    rng = random.Random(1)
    drawn = sorted(shapes.draw(rng, deciles) for _number in range(20000))
    for tenth in range(1, 10):
        step = deciles[min(10, tenth + 1)] - deciles[tenth - 1]
        assert abs(drawn[tenth * 2000] - deciles[tenth]) <= 0.1 * step + 0.05


@given(st.integers(0, 10**6), st.floats(0.5, 60))
def test_invoice_days_ascend_in_the_span_and_spare_saturdays(seed, per_year):
    first, last = TODAY.toordinal() - 1095, TODAY.toordinal() - 2
    days = shapes.invoice_days(random.Random(seed), first, last, per_year)
    assert days == sorted(set(days))
    assert all(first <= day <= last for day in days)
    assert all(datetime.date.fromordinal(day).weekday() != 5 for day in days)


def test_invoice_days_come_as_often_as_asked():
    first, last = TODAY.toordinal() - 1095, TODAY.toordinal()
    counts = [len(shapes.invoice_days(random.Random(seed), first, last, 12)) for seed in range(400)]
    assert 12 * 3 * 0.85 < sum(counts) / len(counts) < 12 * 3 * 1.15


def test_the_share_of_late_invoices_is_the_counted_one():
    rng = random.Random(2)
    late = [shapes.days_late(rng, shapes.draw(rng, shapes.CUSTOMER_DAYS_LATE)) > 0 for _number in range(20000)]
    assert abs(sum(late) / len(late) - shapes.LATE_RATE) < 0.05


def test_the_same_seed_gives_the_same_company():
    first, second = (names.company_names(random.Random("x"), 150) for _time in range(2))
    assert first == second
    assert len(set(first)) == 150
