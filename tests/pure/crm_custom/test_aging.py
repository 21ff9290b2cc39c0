"""Days overdue and buckets."""

import doctest
import importlib
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

aging = importlib.import_module("suite_tools.crm_custom.aging")

LIMITS = st.lists(st.integers(1, 2000), min_size=4, max_size=4, unique=True).map(sorted).map(tuple)


def test_examples_in_docstrings():
    result = doctest.testmod(aging)
    assert result.attempted > 0
    assert result.failed == 0


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(-4000, 4000))
def test_days_overdue_counts_days(due, days):
    assert aging.days_overdue(due, due + timedelta(days=days)) == days


@given(st.integers(-5000, 5000), LIMITS)
def test_each_day_lies_in_the_one_bucket_that_spans_it(days, limits):
    spans = dict(zip(aging.BUCKETS[1:], aging.bucket_spans(limits), strict=True))
    found = [key for key, (first, last) in spans.items() if first <= days and (last is None or days <= last)]
    assert [aging.bucket(days, limits)] == (found or ["not_due"])
    assert bool(found) == (days > 0)


@given(st.integers(-5000, 5000), LIMITS)
def test_older_never_means_a_younger_bucket(days, limits):
    order = aging.BUCKETS.index
    assert order(aging.bucket(days, limits)) <= order(aging.bucket(days + 1, limits))
