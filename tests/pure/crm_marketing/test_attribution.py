"""Rules of attribution: weights sum to one, models agree on one touch, money is lost nowhere; Markov and Shapley
against their definitions."""

import doctest
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_marketing import attribution

CHANNELS = st.sampled_from(["mail", "sms", "call", "fair", "form"])
EFFECTS = {"mail": 0.2, "sms": 0.0, "call": 0.7, "fair": 0.4}


@st.composite
def paths(draw):
    channels = draw(st.lists(CHANNELS, min_size=1, max_size=9))
    ages = sorted(draw(st.lists(st.integers(0, 90), min_size=len(channels), max_size=len(channels))), reverse=True)
    positions = st.none() | st.integers(0, len(channels) - 1)
    return {"channels": channels, "ages": ages, "lead": draw(positions), "deal": draw(positions)}


def test_examples():
    assert doctest.testmod(attribution).failed == 0


@given(paths(), st.integers(-(10**9), 10**9), st.sampled_from(attribution.MODELS))
def test_no_model_changes_the_total(path, cents, model):
    weights = attribution.weights(model, path, EFFECTS)
    assert len(weights) == len(path["channels"])
    assert min(weights) >= 0
    assert sum(weights) == pytest.approx(1)
    shares = attribution.credits(cents, weights)
    assert sum(shares) == cents
    assert attribution.credits(-cents, weights) == [-share for share in shares]
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - cents * weight) <= 1.001


@given(CHANNELS, st.integers(0, 90), st.sampled_from(attribution.MODELS))
def test_models_agree_on_one_touch(channel, age, model):
    path = {"channels": [channel], "ages": [age], "lead": 0, "deal": 0}
    assert attribution.weights(model, path, EFFECTS) == [1.0]


@given(st.lists(st.tuples(st.lists(CHANNELS, min_size=1, max_size=6), st.integers(1, 9)), min_size=1, max_size=6))
def test_shapley_is_that_of_the_definition(journeys):
    ours = dict.fromkeys({channel for path, _number in journeys for channel in path}, 0.0)
    for path, number in journeys:
        for channel, weight in zip(path, attribution.shapley(path), strict=True):
            ours[channel] += number * weight
    assert ours == pytest.approx(attribution.shapley_by_definition(journeys))


def test_removal_effects_by_hand():
    """start -> a 2/3, b 1/3; a -> b 1/2, lost 1/2; b -> conversion. P = 2/3 * 1/2 + 1/3 = 2/3; without a 1/3."""
    counts = attribution.transitions([(["a", "b"], True), (["a"], False), (["b"], True)])
    assert attribution.conversion_probability(counts) == pytest.approx(2 / 3)
    assert attribution.removal_effects(counts) == pytest.approx({"a": 0.5, "b": 1.0})


def test_removal_effects_are_those_of_a_random_walk():
    """The exact chain beside 40,000 walks of it: within one point of a hundred."""
    rng = random.Random(4)
    journeys = [
        ([rng.choice("abcd") for _touch in range(rng.randint(1, 5))], rng.random() < 0.4) for _path in range(200)
    ]
    counts = attribution.transitions(journeys)
    targets = {}
    for (origin, target), number in counts.items():
        targets.setdefault(origin, ([], []))[0].append(target)
        targets[origin][1].append(number)

    def walk(without=None):
        state = attribution.START
        while state not in (attribution.CONVERSION, attribution.NULL, without):
            state = rng.choices(*targets[state])[0]
        return state == attribution.CONVERSION

    for without in (None, "a", "c"):
        share = sum(walk(without) for _walk in range(40000)) / 40000
        assert attribution.conversion_probability(counts, without) == pytest.approx(share, abs=0.01)


def test_without_conversions_nothing_has_an_effect():
    assert attribution.removal_effects(attribution.transitions([(["a", "b"], False)])) == {"a": 0.0, "b": 0.0}
    assert attribution.removal_effects(attribution.transitions([])) == {}
