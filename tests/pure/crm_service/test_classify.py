"""R106: the classifier learns, tells why, and is not surer than it may be: properties on random texts."""

import doctest
import importlib
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

classify = importlib.import_module("suite_tools.crm_service.classify")

WORDS = ["lamp", "glass", "broken", "dark", "invoice", "amount", "paid", "order", "late", "where", "破损", "发票"]
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5, unique=True)
documents = st.lists(st.tuples(texts, st.sampled_from(["1", "2", "3"])), min_size=1, max_size=30)


def test_examples_in_docstrings():
    result = doctest.testmod(classify)
    assert result.attempted >= 5
    assert result.failed == 0


@given(documents, texts, st.sampled_from(classify.TEMPERATURES))
def test_confidence_is_a_probability_and_the_reasons_stand_in_the_text(known, text, temperature):
    best = classify.guess(classify.train(known), text, temperature)
    if best is not None:
        labels = {label for _words, label in known}
        assert best.label in labels
        assert 1 / len(labels) - 1e-9 <= best.confidence <= 1
        assert set(best.words) <= set(text)
        assert len(best.words) <= classify.REASONS


@given(documents, texts)
def test_a_higher_temperature_is_less_sure_of_the_same_category(known, text):
    model = classify.train(known)
    guesses = [classify.guess(model, text, temperature) for temperature in classify.TEMPERATURES]
    if guesses[0] is not None:
        assert len({item.label for item in guesses}) == 1
        assert all(one.confidence >= two.confidence - 1e-9 for one, two in zip(guesses, guesses[1:], strict=False))


@given(documents, texts, st.sampled_from(["1", "2", "3", "4"]))
def test_learning_and_forgetting_leave_the_model_as_it_was(known, text, label):
    model = classify.train(known)
    assert classify.learn(classify.learn(classify.train(known), text, label), text, label, -1) == model


@given(documents, texts, st.sampled_from(["1", "2", "3"]))
def test_a_correction_makes_its_category_no_less_likely(known, text, label):
    model = classify.train(known)
    words = [word for word in text if word in model["words"]]
    if words and label in model["texts"]:
        before = classify._probability(model, words, label, 1.0)
        assert classify._probability(classify.learn(model, words, label), words, label, 1.0) >= before - 1e-9


@given(documents)
def test_the_order_of_the_texts_does_not_matter(known):
    assert classify.train(known) == classify.train(known[::-1])


def test_not_enough_data():
    ten = [(["lamp"], "1"), (["invoice"], "2")] * 10
    assert classify.usable(ten) == []
    assert len(classify.usable(ten * 2)) == 40
    assert classify.usable([(["lamp"], "1")] * 100) == [], "one category is no choice"
    rare = [(["glass"], "3")] * 4
    assert len(classify.usable(ten * 2 + rare)) == 40, "a category of four is not guessed"


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 100))
def test_cross_validation_finds_a_clear_rule_and_no_rule_in_noise(seed):
    random = Random(seed)
    clear, noise = [], []
    for _number in range(60):
        label = random.choice("12")
        signal = "lamp" if label == "1" else "invoice"
        clear.append(([signal, *random.sample(["a1", "b1", "c1", "d1"], 2)], label))
        noise.append((random.sample(["a1", "b1", "c1", "d1"], 2), label))
    check = classify.cross_validate(clear)
    assert check.judged == 60
    assert check.right == 60
    assert check.temperature == min(classify.TEMPERATURES)
    check = classify.cross_validate(noise)
    assert check.right < 55
    assert check.temperature >= 1


def test_a_large_vocabulary_is_cut_to_the_frequent_words(monkeypatch):
    monkeypatch.setattr(classify, "MAX_VOCABULARY", 1)
    model = classify.prune(classify.train([(["lamp"], "1"), (["lamp", "rare"], "1")]))
    assert model["words"] == {"lamp": {"1": 2}}
