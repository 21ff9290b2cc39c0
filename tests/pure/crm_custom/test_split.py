"""Splitting money without losing a cent."""

import doctest
import importlib
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

split = importlib.import_module("suite_tools.crm_custom.split")

AMOUNTS = st.decimals(-(10**9), 10**9, places=2)
WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=12)


def test_examples_in_docstrings():
    result = doctest.testmod(split)
    assert result.attempted > 0
    assert result.failed == 0


@given(AMOUNTS, WEIGHTS)
def test_parts_sum_to_the_amount(amount, weights):
    assert sum(split.largest_remainder(amount, weights)) == amount


@given(AMOUNTS, WEIGHTS.filter(any))
def test_each_part_is_within_a_cent_of_its_share(amount, weights):
    total = sum(weights)
    for part, weight in zip(split.largest_remainder(amount, weights), weights, strict=True):
        assert abs(part * total - amount * weight) < Decimal("0.01") * total


@given(AMOUNTS, WEIGHTS)
def test_sign_does_not_matter(amount, weights):
    assert split.largest_remainder(-amount, weights) == [-part for part in split.largest_remainder(amount, weights)]


@given(AMOUNTS, WEIGHTS.filter(any))
def test_heavier_never_gets_less(amount, weights):
    parts = split.largest_remainder(abs(amount), weights)
    for part, weight in zip(parts, weights, strict=True):
        for other, lighter in zip(parts, weights, strict=True):
            if weight > lighter:
                assert part >= other


def test_no_weights_no_parts():
    assert split.largest_remainder("10", []) == []


def test_weights_of_zero_give_all_to_the_first():
    assert split.largest_remainder("10", [0, 0]) == [Decimal(10), Decimal(0)]
