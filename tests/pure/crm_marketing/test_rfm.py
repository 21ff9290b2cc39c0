"""RFM fifths against Online Retail's and CDNOW's shape, and by what must always hold."""

from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_marketing import rfm

values = st.lists(st.integers(-50, 50), min_size=rfm.MIN_CUSTOMERS, max_size=80)


def test_without_ties_every_fifth_has_as_many():
    scores = rfm.quintiles(list(range(100)))
    assert [scores.count(score) for score in rfm.SCORES] == [20] * 5
    assert scores == sorted(scores)


def test_most_customers_of_cdnow_bought_once_and_share_a_score():
    """1,411 of 2,357 without a repeat: row numbers would spread them over three fifths."""
    counts = [0] * 1411 + [1] * 439 + [2] * 214 + [3] * 100 + [4] * 193
    scores = rfm.quintiles(counts)
    assert set(scores[:1411]) == {1}
    assert scores[1411] == 3, "59.9 % are worse: not yet the fourth fifth"
    assert scores[-1] == 5


@given(values)
def test_ties_share_a_score_and_more_is_never_less(found):
    scores = rfm.quintiles(found)
    by_value = dict(zip(found, scores, strict=True))
    assert [by_value[value] for value in found] == scores
    ordered = [by_value[value] for value in sorted(by_value)]
    assert ordered == sorted(ordered)
    assert min(scores) == 1 and max(scores) <= 5


@given(values, st.randoms())
def test_order_of_customers_does_not_matter(found, rng):
    before = dict(zip(found, rfm.quintiles(found), strict=True))
    rng.shuffle(found)
    assert dict(zip(found, rfm.quintiles(found), strict=True)) == before


def test_every_cell_has_one_group_and_every_group_a_cell():
    cells = rfm.cells()
    assert len(cells) == 125
    assert {name for *_cell, name in cells} == set(rfm.GROUPS)
