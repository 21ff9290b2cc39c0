"""The rules of the voice of the customer: intervals, scales, goals, quadrants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_service import voice

counts = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_wilson_against_published_values():
    """Newcombe 1998, method 3 (score): 81/263 and 0/20."""
    assert voice.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert voice.wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert voice.wilson(0, 0) is None


@given(counts)
def test_wilson_holds_the_share_and_mirrors(pair):
    hits, number = pair
    low, high = voice.wilson(hits, number)
    assert 0 <= low <= hits / number + 1e-12 and hits / number - 1e-12 <= high <= 1
    mirrored = voice.wilson(number - hits, number)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-9)


@given(counts)
def test_wilson_gets_narrower(pair):
    hits, number = pair
    low, high = voice.wilson(hits, number)
    more_low, more_high = voice.wilson(4 * hits, 4 * number)
    assert more_high - more_low < high - low


@given(st.integers(0, 10), st.integers(0, 10), st.integers(-5, 15))
def test_scale5_stays_on_the_scale(low, high, value):
    result = voice.scale5(value, low, high)
    if high <= low:
        assert result is None
    else:
        assert 1 <= result <= 5
        assert 0 <= voice.index100(result) <= 100


@pytest.mark.parametrize(
    ("value", "band"), [(5, "very"), (4.5, "very"), (4.4, "satisfied"), (3, "neutral"), (2.5, "unsatisfied")]
)
def test_bands(value, band):
    assert voice.band(value) == band


def test_goal_and_decline():
    assert voice.goal(60, 5) == pytest.approx(63)
    assert voice.goal(99, 5) == 100
    assert voice.decline(200, 50) == 75
    assert voice.decline(0, 50) is None


@pytest.mark.parametrize(
    ("expectation", "experience", "sales", "repurchase", "expected"),
    [
        (None, 4, 1, 1, "no_data"),
        (3, 4, 10, 0, "undersold"),
        (3, 3, 100, 0, "balanced"),
        (5, 3, 100, 10, "overpromised"),
        (5, 3, 100, None, "overpromised"),
        (5, 3, 100, 90, "weak"),
    ],
)
def test_quadrants(expectation, experience, sales, repurchase, expected):
    assert voice.quadrant(expectation, experience, sales, repurchase, (50, 40)) == expected
