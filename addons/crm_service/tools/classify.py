"""Which category does a text belong to? A multinomial naive Bayes over words, that can say which words decided.

Transparent on purpose: a model is counts of words a category, nothing else. It is trained on the team's own closed
tickets; each text counts a word once. `confidence` is a probability (0 to 1) made honest by a temperature: raw Bayes
probabilities are far too sure of themselves, so the logarithms are divided by the temperature that made past guesses,
each made without knowing its own text, most likely.
"""

from collections import Counter
from math import exp, log
from typing import NamedTuple

from .words import content_words

MIN_TEXTS = 40  # closed tickets in all, below which nothing is learned
MIN_CATEGORY = 5  # closed tickets of one category, below which it is not guessed
MAX_WORDS = 300  # different words read of one text
MAX_VOCABULARY = 20000  # different words a model keeps: the most frequent
FOLDS = 5
TEMPERATURES = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0)
REASONS = 4  # words told


class Guess(NamedTuple):
    """A category (as it was trained), its probability 0 to 1, and the words that spoke for it, strongest first."""

    label: str
    confidence: float
    words: list


class Check(NamedTuple):
    """Result of the cross-validation: texts judged, texts guessed right, and the temperature found."""

    judged: int
    right: int
    temperature: float


def features(text):
    """Return the different content words of a plain text, in order."""
    return list(dict.fromkeys(content_words(text)))[:MAX_WORDS]


def train(documents):
    """Return a model from `documents`, pairs of (features, label); labels are strings so that it can be stored.

    >>> model = train([(["lamp", "dark"], "1"), (["invoice"], "2")])
    >>> model["texts"], model["words"]["lamp"]
    ({'1': 1, '2': 1}, {'1': 1})
    """
    model = {"texts": {}, "totals": {}, "words": {}}
    for words, label in documents:
        learn(model, words, label)
    return model


def learn(model, words, label, times=1):
    """Add one text to a model; `times` = -1 takes it out again. Changes and returns the model.

    >>> model = train([(["lamp"], "1")])
    >>> learn(learn(model, ["lamp", "new"], "2"), ["lamp", "new"], "2", -1) == train([(["lamp"], "1")])
    True
    """
    _add(model["texts"], label, times)
    _add(model["totals"], label, times * len(words))
    for word in words:
        counts = model["words"].setdefault(word, {})
        _add(counts, label, times)
        if not counts:
            del model["words"][word]
    return model


def _add(counts, key, number):
    counts[key] = counts.get(key, 0) + number
    if counts[key] <= 0:
        del counts[key]


def prune(model):
    """Keep the `MAX_VOCABULARY` most frequent words; changes and returns the model."""
    if len(model["words"]) > MAX_VOCABULARY:
        frequency = Counter({word: sum(counts.values()) for word, counts in model["words"].items()})
        model["words"] = {word: model["words"][word] for word, _count in frequency.most_common(MAX_VOCABULARY)}
    return model


def guess(model, words, temperature=1.0):
    """Return the best `Guess`, or None when the model knows no category or none of the words.

    >>> model = train([(["lamp", "dark"], "1"), (["lamp", "old"], "1"), (["invoice"], "2")])
    >>> best = guess(model, ["lamp", "unknown"])
    >>> best.label, best.words
    ('1', ['lamp'])
    >>> guess(model, ["unknown"]) is None
    True
    """
    known = [word for word in words if word in model["words"]]
    labels = sorted(model["texts"])
    if not known or not labels:
        return None
    parts = {label: _log_shares(model, known, label) for label in labels}
    texts = sum(model["texts"].values())
    scores = {label: log(model["texts"][label] / texts) + sum(parts[label]) for label in labels}
    best = max(labels, key=lambda label: (scores[label], label))
    weights = [exp((scores[label] - scores[best]) / temperature) for label in labels]
    return Guess(best, 1 / sum(weights), _reasons(known, parts, best))


def _log_shares(model, known, label):
    """Return the logarithm of each word's share in the category, one unseen occurrence added to every word."""
    total = log(model["totals"].get(label, 0) + len(model["words"]))
    return [log(model["words"][word].get(label, 0) + 1) - total for word in known]


def _reasons(known, parts, best):
    """Return the words that speak most for `best` against the strongest other category, those against left out."""
    if len(parts) == 1:
        return known[:REASONS]
    gains = {}
    for index, word in enumerate(known):
        other = max(shares[index] for label, shares in parts.items() if label != best)
        gains[word] = parts[best][index] - other
    ranked = sorted((word for word in gains if gains[word] > 0), key=lambda word: (-gains[word], word))
    return ranked[:REASONS]


def usable(documents):
    """Return the documents of the categories with at least `MIN_CATEGORY` of them.

    Empty when fewer than `MIN_TEXTS` are left or fewer than two categories: then there is not enough data.
    """
    counts = Counter(label for _words, label in documents)
    kept = [(words, label) for words, label in documents if words and counts[label] >= MIN_CATEGORY]
    enough = len(kept) >= MIN_TEXTS and len({label for _words, label in kept}) > 1
    return kept if enough else []


def cross_validate(documents):
    """Judge each text by a model that never saw it, in `FOLDS` parts taken in turn; return a `Check`."""
    model = train(documents)
    judged, losses = [], Counter()
    for fold in range(FOLDS):
        part = documents[fold::FOLDS]
        for words, label in part:
            learn(model, words, label, -1)
        for words, label in part:
            if model["texts"]:
                best = guess(model, words)
                judged.append(best is not None and best.label == label)
                for temperature in TEMPERATURES:
                    losses[temperature] -= log(max(_probability(model, words, label, temperature), 1e-9))
        for words, label in part:
            learn(model, words, label)
    temperature = min(TEMPERATURES, key=lambda item: (losses[item], item))
    return Check(len(judged), sum(judged), temperature)


def _probability(model, words, label, temperature):
    known = [word for word in words if word in model["words"]]
    texts = sum(model["texts"].values())
    scores = {item: log(count / texts) + sum(_log_shares(model, known, item)) for item, count in model["texts"].items()}
    top = max(scores.values())
    weights = {item: exp((score - top) / temperature) for item, score in scores.items()}
    return weights.get(label, 0.0) / sum(weights.values())
