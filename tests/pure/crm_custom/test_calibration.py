"""Calibration of probabilities and the qualification score."""

import doctest
import importlib

from hypothesis import given
from hypothesis import strategies as st

calibration = importlib.import_module("suite_tools.crm_custom.calibration")
qualification = importlib.import_module("suite_tools.crm_custom.qualification")

DEALS = st.lists(st.tuples(st.floats(0, 100), st.booleans()), min_size=1, max_size=60)


def test_examples_in_docstrings():
    for module in (calibration, qualification):
        result = doctest.testmod(module)
        assert result.attempted > 0
        assert result.failed == 0


@given(DEALS)
def test_bins_hold_every_deal_once(deals):
    bins = calibration.bins(deals)
    assert sum(found.deals for found in bins) == len(deals)
    assert all(found.low <= found.mean + 1e-9 and found.mean <= found.low + 10 + 1e-9 for found in bins)
    won = sum(found.actual * found.deals for found in bins) / 100
    assert round(won) == sum(1 for _chance, outcome in deals if outcome)


@given(DEALS)
def test_brier_lies_between_right_and_wrong(deals):
    assert 0 <= calibration.brier(deals) <= 1
    assert 0 <= calibration.reference(deals) <= 0.25


@given(st.lists(st.tuples(st.floats(0.1, 9), st.none() | st.floats(0, 100)), max_size=8))
def test_score_lies_between_the_answers(answers):
    value, complete = qualification.score(answers)
    known = [points for _weight, points in answers if points is not None]
    assert (value is None) == (not known)
    assert complete == (bool(answers) and len(known) == len(answers))
    if known:
        assert min(known) - 0.01 <= value <= max(known) + 0.01
