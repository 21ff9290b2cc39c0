"""Which open items add up to an amount? Exact sums of whole numbers (cents), no Odoo.

A search is complete up to MAX_TERMS items out of MAX_ITEMS, and knows the oldest few and all of any number; among more
than MAX_ITEMS only what people really pay is tried (one, two, all, the oldest few), and the answer says so.
"""

from itertools import combinations
from typing import NamedTuple

MAX_ITEMS = 24  # meet in the middle: two halves of at most 4,096 sums
MAX_TERMS = 6


class Found(NamedTuple):
    """`hits`: {target: [indexes, ...]}, at most `limit` a target; `complete`: no other subset can add up."""

    hits: dict
    complete: bool


def _half(amounts, first, max_terms):
    """All subsets of one half: [(sum, size, indexes)]."""
    subsets = [(0, 0, ())]
    for offset, amount in enumerate(amounts):
        index = first + offset
        subsets += [
            (total + amount, size + 1, (*indexes, index)) for total, size, indexes in subsets if size < max_terms
        ]
    return subsets


def find(amounts, targets, *, max_terms=MAX_TERMS, limit=4):
    """Subsets of `amounts` whose sum is one of `targets`: a Found. The empty subset is never an answer.

    >>> find([60, 80, 20], [100]).hits
    {100: [(1, 2)]}
    >>> find([60, 80, 20], [70]).hits
    {70: []}
    """
    hits = {target: [] for target in targets}
    usable = list(range(len(amounts)))
    if all(amount > 0 for amount in amounts) and targets:
        top = max(targets)
        usable = [index for index in usable if amounts[index] <= top]
    if len(usable) > MAX_ITEMS:
        _likely(amounts, usable, hits, limit)
        return Found(hits, False)
    _middle(amounts, usable, hits, max_terms, limit)
    for target, prefix in _prefixes(amounts, usable).items():
        if target in hits and len(prefix) > max_terms:
            hits[target] = [*hits[target], prefix][:limit]
    return Found(hits, True)


def _prefixes(amounts, usable):
    """{sum: the oldest items that make it}: the first few, up to all (items come oldest first)."""
    prefixes, total = {}, 0
    for count, index in enumerate(usable, 1):
        total += amounts[index]
        prefixes.setdefault(total, tuple(usable[:count]))
    return prefixes


def _middle(amounts, usable, hits, max_terms, limit):
    half = len(usable) // 2
    left = _half([amounts[index] for index in usable[:half]], 0, max_terms)
    right = {}
    for total, size, indexes in _half([amounts[index] for index in usable[half:]], half, max_terms):
        right.setdefault(total, []).append((size, indexes))
    for target, found in hits.items():
        for total, size, indexes in left:
            for other_size, others in right.get(target - total, ()):
                if 0 < size + other_size <= max_terms:
                    found.append(tuple(usable[index] for index in (*indexes, *others)))
            if len(found) >= limit:
                break
        found.sort(key=lambda indexes: (len(indexes), indexes))
        del found[limit:]


def _likely(amounts, usable, hits, limit):
    """One, two, all, or the oldest few of many items (they come oldest first)."""
    where = {}
    for index in usable:
        where.setdefault(amounts[index], []).append(index)
    prefixes = _prefixes(amounts, usable)
    for target, found in hits.items():
        seen = {(index,) for index in where.get(target, ())}
        for index in usable:
            seen.update((index, other) for other in where.get(target - amounts[index], ()) if other > index)
            if len(seen) >= limit:
                break
        if target in prefixes:
            seen.add(prefixes[target])
        found.extend(sorted(seen, key=lambda indexes: (len(indexes), indexes))[:limit])


def brute_force(amounts, target, max_terms=MAX_TERMS):
    """Every subset by trying all: the oracle of the tests."""
    return [
        indexes
        for size in range(1, min(max_terms, len(amounts)) + 1)
        for indexes in combinations(range(len(amounts)), size)
        if sum(amounts[index] for index in indexes) == target
    ]
