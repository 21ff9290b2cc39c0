"""Follow-up rules: limits of the ages, the first that fits, rest after tasks and campaigns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_marketing import follow

ANN = {
    "contact": 100,
    "purchase": 10,
    "created": 400,
    "importance": "a",
    "is_open": False,
    "task": None,
    "campaign": None,
}
RULE = follow.Rule("contact", 90, 180, "a", 60, 30)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"contact": 90}, True),
        ({"contact": 180}, True),
        ({"contact": 89}, False),
        ({"contact": 181}, False),
        ({"importance": "b"}, False),
        ({"is_open": True}, False),
        ({"task": 59}, False),
        ({"task": 60}, True),
        ({"campaign": 30}, False),
        ({"campaign": 31}, True),
    ],
)
def test_limits(changes, expected):
    assert follow.fits(RULE, ANN | changes) is expected


def test_the_first_rule_that_fits_is_the_one():
    late = RULE._replace(age_from=0, importance="any")
    assert follow.first([RULE, late], ANN) == 0
    assert follow.first([RULE, late], ANN | {"importance": "none"}) == 1
    assert follow.first([RULE], ANN | {"contact": 1}) is None


def test_a_rule_of_a_segment_fits_its_members():
    rule = RULE._replace(segment=7)
    assert not follow.fits(rule, ANN)
    assert follow.fits(rule, ANN | {"segments": {7, 8}})


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_a_rule_without_end_fits_every_later_age(age, more):
    rule = RULE._replace(age_to=0)
    if follow.fits(rule, ANN | {"contact": age}):
        assert follow.fits(rule, ANN | {"contact": age + more})
