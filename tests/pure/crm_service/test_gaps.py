"""R088: groups of tickets that share words: each ticket once, each group large enough and named by its words."""

import doctest
import importlib

from hypothesis import given
from hypothesis import strategies as st

gaps = importlib.import_module("suite_tools.crm_service.gaps")

texts = st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=4), max_size=40)


def test_examples_in_docstrings():
    result = doctest.testmod(gaps)
    assert result.attempted >= 2
    assert result.failed == 0


@given(texts, st.integers(1, 6))
def test_groups_are_disjoint_large_enough_and_share_their_first_word(several, size):
    documents = list(enumerate(several))
    found = gaps.groups(documents, size)
    keys = [key for group in found for key in group.keys]
    assert len(keys) == len(set(keys))
    for group in found:
        assert len(group.keys) >= size
        assert all(group.words[0] in several[key] for key in group.keys)
        assert len(set(group.words)) == len(group.words) <= gaps.NAME_WORDS
    sizes = [len(group.keys) for group in found]
    assert sizes == sorted(sizes, reverse=True)


@given(texts)
def test_nothing_large_is_left_out(several):
    documents = list(enumerate(several))
    found = gaps.groups(documents)
    taken = {key for group in found for key in group.keys}
    common = gaps._common({key: set(words) for key, words in documents})
    left = [set(words) - common for key, words in documents if key not in taken]
    for word in "abcdefgh":
        assert sum(word in words for words in left) < gaps.MIN_SIZE


def test_a_word_of_every_ticket_names_no_problem():
    documents = [(n, ["please", "lamp" if n % 2 else "glass"]) for n in range(20)]
    assert {group.words[0] for group in gaps.groups(documents)} == {"lamp", "glass"}
