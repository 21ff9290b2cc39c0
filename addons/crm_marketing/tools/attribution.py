"""Attribution: how the money of a conversion is shared by the touches before it. No Odoo, no database.

A path is the list of a customer's touches before a conversion, oldest first; a channel is what a touch came through
(medium, source, campaign or kind). Every rule returns one weight a touch; the weights of a path sum to 1, whatever
the rule, so that no model changes the total. With one touch all rules agree. Weights are Fractions or floats;
`credits` turns them into money of whole cents that sums to the money shared, a refund (negative) by the same split.

Rules: first, last, linear, position (40/20/40), time decay (half-life), W-shaped (30/30/30/10), Markov (removal
effects of the channels) and Shapley (the channels of a path, each counted once). models/crm_attribution_query.py does
the same in SQL; a test compares the two.
"""

from collections import Counter, defaultdict
from itertools import combinations
from math import factorial

MODELS = ("first", "last", "linear", "position", "decay", "w_shaped", "markov", "shapley")
START, CONVERSION, NULL = "(start)", "(conversion)", "(null)"


def first(count):
    """All to the first touch.

    >>> first(3)
    [1.0, 0.0, 0.0]
    """
    return [1.0] + [0.0] * (count - 1)


def last(count):
    """All to the last touch.

    >>> last(3)
    [0.0, 0.0, 1.0]
    """
    return [0.0] * (count - 1) + [1.0]


def linear(count):
    """The same to every touch.

    >>> linear(4)
    [0.25, 0.25, 0.25, 0.25]
    """
    return [1.0 / count] * count


def position(count):
    """40 % to the first, 40 % to the last, 20 % shared by the others; two touches share equally.

    >>> position(1), position(2), position(4)
    ([1.0], [0.5, 0.5], [0.4, 0.1, 0.1, 0.4])
    """
    if count < 3:
        return linear(count)
    return [0.4] + [0.2 / (count - 2)] * (count - 2) + [0.4]


def decay(ages, half_life):
    """A touch counts half for every half-life of days before the conversion (`ages` in days, oldest first).

    >>> decay([14, 7, 0], 7)
    [0.14285714285714285, 0.2857142857142857, 0.5714285714285714]
    """
    newest = min(ages)
    parts = [2.0 ** ((newest - age) / half_life) for age in ages]
    total = sum(parts)
    return [part / total for part in parts]


def w_shaped(count, lead, deal):
    """30 % each to the first touch, the touch that made the lead and the one that made the deal; 10 % to the others.

    `lead`, `deal`: positions from 0, None = there was none: then its 30 % is not there and the rest is in proportion.
    A touch that is two milestones has both shares; without other touches their 10 % is in proportion to the rest.

    >>> w_shaped(5, 2, 4)
    [0.3, 0.05, 0.3, 0.05, 0.3]
    >>> [round(part, 3) for part in w_shaped(2, 1, 1)]
    [0.333, 0.667]
    """
    parts = [0.0] * count
    for index in (0, lead, deal):
        if index is not None:
            parts[index] += 0.3
    others = [index for index, part in enumerate(parts) if not part]
    for index in others:
        parts[index] = 0.1 / len(others)
    total = sum(parts)
    return [part / total for part in parts]


def shapley(channels):
    """Every channel of the path the same, shared by its touches.

    The Shapley value of the game 'v(S) = conversions of the paths whose channels all lie in S' is exactly the sum
    over paths of 1 / (number of different channels): `shapley_by_definition` is the oracle.

    >>> shapley(["mail", "mail", "fair"])
    [0.25, 0.25, 0.5]
    """
    counts = Counter(channels)
    return [1.0 / len(counts) / counts[channel] for channel in channels]


def by_effect(channels, effects):
    """Every channel of the path in proportion to its effect, shared by its touches; equal where none has an effect.

    >>> by_effect(["mail", "fair", "mail"], {"mail": 0.5, "fair": 0.5})
    [0.25, 0.5, 0.25]
    """
    counts = Counter(channels)
    total = sum(effects.get(channel, 0.0) for channel in counts)
    if total <= 0:
        return shapley(channels)
    return [effects.get(channel, 0.0) / total / counts[channel] for channel in channels]


# === MARKOV === #


def transitions(paths):
    """Count the steps of paths [(channels, converted)] or [(channels, converted, how many)] -> {(from, to): number}."""
    counts = Counter()
    for channels, converted, *number in paths:
        number = number[0] if number else 1
        steps = [START, *channels, CONVERSION if converted else NULL]
        for step in zip(steps, steps[1:], strict=False):
            counts[step] += number
    return counts


def conversion_probability(counts, without=None):
    """Probability to convert from the start of the chain; who would go to the channel `without` is lost.

    First-order chain, solved exactly: p = A p + b over its channels (Gauss with pivots).
    """
    totals = defaultdict(float)
    for (origin, _target), number in counts.items():
        totals[origin] += number
    states = [state for state in totals if state != without]
    index = {state: number for number, state in enumerate(states)}
    size = len(states)
    rows = [[float(row == column) for column in range(size)] + [0.0] for row in range(size)]
    for (origin, target), number in counts.items():
        if origin in index:
            row = rows[index[origin]]
            if target == CONVERSION:
                row[size] += number / totals[origin]
            elif target in index:
                row[index[target]] -= number / totals[origin]
    return _solve(rows)[index[START]] if START in index else 0.0


def _solve(rows):
    """Solve a system given as rows of coefficients with the right side last; a free unknown is 0."""
    size = len(rows)
    for column in range(size):
        pivot = max(range(column, size), key=lambda number: abs(rows[number][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        if abs(rows[column][column]) < 1e-14:
            continue
        for number in range(size):
            factor = rows[number][column] / rows[column][column]
            if number != column and factor:
                rows[number] = [value - factor * other for value, other in zip(rows[number], rows[column], strict=True)]
    return [row[size] / row[number] if abs(row[number]) >= 1e-14 else 0.0 for number, row in enumerate(rows)]


def removal_effects(counts):
    """{channel: share of the conversions lost without it}, 0 to 1, from the steps of `transitions`.

    >>> paths = [(["a", "b"], True), (["a"], False), (["b"], True)]
    >>> {channel: round(effect, 3) for channel, effect in sorted(removal_effects(transitions(paths)).items())}
    {'a': 0.5, 'b': 1.0}
    """
    channels = sorted({state for step in counts for state in step} - {START, CONVERSION, NULL})
    base = conversion_probability(counts)
    if base <= 0:
        return dict.fromkeys(channels, 0.0)
    return {channel: max(0.0, 1.0 - conversion_probability(counts, channel) / base) for channel in channels}


# === MONEY === #


def weights(model, path, effects=None, half_life=7.0):
    """Weights of one path by the model's name; `path`: {"channels", "ages", "lead", "deal"}."""
    count = len(path["channels"])
    if model in ("first", "last", "linear", "position"):
        return globals()[model](count)
    if model == "decay":
        return decay(path["ages"], half_life)
    if model == "w_shaped":
        return w_shaped(count, path.get("lead"), path.get("deal"))
    return shapley(path["channels"]) if model == "shapley" else by_effect(path["channels"], effects or {})


def credits(cents, parts):
    """Share whole cents by weights that sum to 1: differences of rounded running totals, so that nothing is lost.

    A negative amount is shared as its opposite: a refund takes back what the payment gave.

    >>> credits(100, [1/3, 1/3, 1/3]), credits(-100, [1/3, 1/3, 1/3])
    ([33, 34, 33], [-33, -34, -33])
    """
    if cents < 0:
        return [-part for part in credits(-cents, parts)]
    total, running, before, shares = sum(parts), 0.0, 0, []
    for number, part in enumerate(parts, start=1):
        running += part
        upto = cents if number == len(parts) else int(cents * running / total + 0.5 + 1e-9)
        shares.append(upto - before)
        before = upto
    return shares


def shapley_by_definition(paths):
    """{channel: value} over all coalitions of the channels, with v(S) = conversions inside S: slow, for tests.

    >>> shapley_by_definition([(["a", "b"], 6), (["a"], 2)])
    {'a': 5.0, 'b': 3.0}
    """
    channels = sorted({channel for path, _number in paths for channel in path})
    size = len(channels)
    values = dict.fromkeys(channels, 0.0)

    def worth(coalition):
        return sum(number for path, number in paths if set(path) <= coalition)

    for channel in channels:
        others = [other for other in channels if other != channel]
        for length in range(size):
            share = factorial(length) * factorial(size - length - 1) / factorial(size)
            for coalition in combinations(others, length):
                values[channel] += share * (worth({*coalition, channel}) - worth(set(coalition)))
    return values
