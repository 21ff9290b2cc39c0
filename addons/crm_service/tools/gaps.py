"""Which problems come up again and again? Groups of tickets that share words, found without any list of problems."""

from collections import Counter
from typing import NamedTuple

MIN_SIZE = 4  # tickets that make a group
MAX_SHARE = 0.5  # a word in more than this share of the tickets tells nothing (when there are at least 20)
NAME_SHARE = 0.6  # a second word names the group when it stands in this share of its tickets
NAME_WORDS = 3


class Group(NamedTuple):
    """Words that name a problem, the most frequent first, and the keys of its tickets, in their order."""

    words: tuple
    keys: tuple


def groups(documents, min_size=MIN_SIZE):
    """Return the groups of `documents`, pairs (key, words), largest first; a ticket is in one group at most.

    The word in most tickets makes the first group; its tickets are taken away, and so on until no word is left that
    stands in `min_size` tickets.

    >>> lamps = [(n, ["lamp", "dark"]) for n in range(3)]
    >>> groups(lamps + [(9, ["invoice"])], min_size=3)
    [Group(words=('dark', 'lamp'), keys=(0, 1, 2))]
    """
    left = {key: set(words) for key, words in documents}
    common = _common(left)
    result = []
    while True:
        counts = Counter(word for words in left.values() for word in words if word not in common)
        if not counts:
            break
        word, count = min(counts.items(), key=lambda item: (-item[1], item[0]))
        if count < min_size:
            break
        keys = tuple(key for key, words in left.items() if word in words)
        result.append(Group(_name(word, [left[key] for key in keys], common), keys))
        for key in keys:
            del left[key]
    return result


def _common(documents):
    """Return the words that stand in too many tickets to tell a problem."""
    if len(documents) < 20:
        return frozenset()
    counts = Counter(word for words in documents.values() for word in words)
    return frozenset(word for word, count in counts.items() if count > MAX_SHARE * len(documents))


def _name(word, members, common):
    counts = Counter(item for words in members for item in words if item != word and item not in common)
    others = [item for item, count in counts.items() if count >= NAME_SHARE * len(members)]
    others.sort(key=lambda item: (-counts[item], item))
    return (word, *others[: NAME_WORDS - 1])
