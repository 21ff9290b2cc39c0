"""R154: part-worths and importances of a preference survey, by law."""

import doctest
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from suite_tools.crm_marketing import conjoint

sizes = st.lists(st.integers(2, 4), min_size=2, max_size=4)


def named(counts):
    return [[f"{index}.{level}" for level in range(count)] for index, count in enumerate(counts)]


def test_doctests_of_the_rules():
    result = doctest.testmod(conjoint)
    assert result.attempted >= 3
    assert result.failed == 0


@settings(deadline=None, max_examples=25)
@given(sizes, st.randoms(use_true_random=False))
def test_known_part_worths_come_back_from_the_design(counts, draw):
    """R154: ratings made of known part-worths give back those worths and importances, whatever each one's scale."""
    attributes = named(counts)
    worths = []
    for levels in attributes:
        raw = [draw.randint(-5, 5) for _level in levels]
        raw[0] += 1
        mean = sum(raw) / len(raw)
        worths.append({level: value - mean for level, value in zip(levels, raw, strict=True)})
    answers = [
        (person, profile, person * 3 + sum(worth[level] for worth, level in zip(worths, profile, strict=True)))
        for person in range(3)
        for profile in conjoint.design(attributes)
    ]
    result = conjoint.estimate(attributes, answers)
    ranges = [max(worth.values()) - min(worth.values()) for worth in worths]
    if not sum(ranges):
        assert result is None
        return
    assert result.fit == pytest.approx(1)
    assert sum(result.importance) == pytest.approx(100)
    for worth, found, part, share in zip(worths, result.worths, ranges, result.importance, strict=True):
        assert found == pytest.approx(worth, abs=1e-6)
        assert share == pytest.approx(100 * part / sum(ranges), abs=1e-6)


@settings(deadline=None, max_examples=40)
@given(sizes)
def test_a_design_shows_every_level_and_no_profile_twice(counts):
    attributes = named(counts)
    profiles = conjoint.design(attributes)
    assert len(set(profiles)) == len(profiles)
    for index, levels in enumerate(attributes):
        assert {profile[index] for profile in profiles} == set(levels)


def test_too_few_answers_tell_nothing():
    """R154: 'not enough answers' instead of a number."""
    attributes = named([3, 3])
    profile = (attributes[0][0], attributes[1][0])
    assert conjoint.estimate(attributes, []) is None
    assert conjoint.estimate(attributes, [("a", profile, 5), ("b", profile, 7)]) is None
    same = [("a", other, 5) for other in conjoint.design(attributes)]
    assert conjoint.estimate(attributes, same) is None


def test_noise_moves_the_importances_little():
    """R154: 60 people, ratings with noise: the importances stay within 3 points of the truth (70 and 30)."""
    attributes = named([2, 2])
    draw = random.Random(3)
    answers = [
        (person, profile, 5 + 3.5 * (profile[0] == "0.1") + 1.5 * (profile[1] == "1.1") + draw.gauss(0, 1))
        for person in range(60)
        for profile in conjoint.design(attributes)
    ]
    result = conjoint.estimate(attributes, answers)
    assert result.importance == pytest.approx([70, 30], abs=3)
    assert 0.5 < result.fit < 1
