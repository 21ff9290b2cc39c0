"""Who answers a request: a machine or a person? Decided by the first route whose every condition fits."""

from typing import NamedTuple

from .words import coverage, words


class Facts(NamedTuple):
    """What is known of a request. Ids and codes; empty where not known. `text` is plain."""

    team: int = 0
    customer_class: str = ""
    tags: frozenset = frozenset()
    country: int = 0
    category: int = 0
    text: str = ""


class Conditions(NamedTuple):
    """Conditions of a route; an empty one fits everything. `keywords`: phrases, all words of one must be there."""

    teams: frozenset = frozenset()
    classes: frozenset = frozenset()
    tags: frozenset = frozenset()
    countries: frozenset = frozenset()
    categories: frozenset = frozenset()
    keywords: tuple = ()


def fits(conditions, facts):
    """Return True when every condition that is set holds.

    >>> fits(Conditions(keywords=("order status",)), Facts(text="Status of my order"))
    True
    >>> fits(Conditions(classes=frozenset({"a"})), Facts(customer_class="b"))
    False
    """
    return (
        (not conditions.teams or facts.team in conditions.teams)
        and (not conditions.classes or facts.customer_class in conditions.classes)
        and (not conditions.tags or bool(conditions.tags & facts.tags))
        and (not conditions.countries or facts.country in conditions.countries)
        and (not conditions.categories or facts.category in conditions.categories)
        and (not conditions.keywords or named(conditions.keywords, facts.text) is not None)
    )


def first(routes, facts):
    """Return the index of the first of `routes` (Conditions, in order) that fits, else None.

    >>> first([Conditions(categories=frozenset({7})), Conditions()], Facts(category=3))
    1
    """
    return next((index for index, conditions in enumerate(routes) if fits(conditions, facts)), None)


def named(phrases, text):
    """Return the first phrase of which the text has every word, else None."""
    known = set(words(text))
    return next((phrase for phrase in phrases if coverage(phrase, known) == 1), None)


def best_question(questions, text):
    """Return the key of the one question that the text asks, None when none or more than one fits.

    `questions`: pairs (key, phrases). A question fits when the text has every word of one of its phrases; the longest
    phrase wins, so that 'opening hours on sunday' beats 'opening hours'; two of the same length are undecided.

    >>> best_question([(1, ["opening hours"]), (2, ["opening hours sunday"])], "Your opening hours on Sunday?")
    2
    >>> best_question([(1, ["opening hours"]), (2, ["hours opening"])], "opening hours") is None
    True
    """
    known = set(words(text))
    found = {}
    for key, phrases in questions:
        lengths = [len(set(words(phrase))) for phrase in phrases if coverage(phrase, known) == 1]
        if lengths:
            found[key] = max(lengths)
    longest = [key for key, length in found.items() if length == max(found.values())]
    return longest[0] if len(longest) == 1 else None


def references_in(names, text):
    """Return the document names that stand in the text as a whole, whatever their case.

    >>> references_in(["S00012", "S0001", "PO/7"], "What about s00012 (our po/7)?")
    ['S00012', 'PO/7']
    """
    padded = f" {' '.join(words(text))} "
    return [name for name in names if words(name) and f" {' '.join(words(name))} " in padded]
