"""How sure it is that two records are one customer, and the sentence that says why.

Each thing the records agree or disagree on adds points: about the binary logarithm of how much more often it is
found in two records of one customer than in two of different ones (Fellegi and Sunter, 1969). 10 points make one
customer about a thousand times likelier than before. The points were set on FEBRL dataset2 and rounded; the other
FEBRL sets only check them (`scripts/bench duplicates`).
"""

from functools import lru_cache
from typing import NamedTuple

from .identity import email_domain, encode, same_phone

SURE, LIKELY, POSSIBLE = 12.0, 7.5, 4.5  # lowest points of each certainty
CERTAINTIES = ("sure", "likely", "possible")

POINTS = {
    "vat": {"same": 11.0, "close": 6.0, "different": -4.0},
    "phone": {"same": 7.0, "different": -0.5},
    "email": {"same": 8.5, "domain": 3.0, "different": -0.5},
    "name": {"close": -1.0, "similar": -3.0, "partly": -6.0, "different": -4.5},  # same: see `name_points`
    "street": {"same": 6.0, "close": 5.0, "similar": 2.5, "different": -2.5},
    "zip": {"same": 2.5, "close": 1.0, "different": -1.5},
    "city": {"same": 2.5, "close": 2.0, "different": -1.5},
    "state": {"same": 0.5, "different": -1.0},
}
# Likeness in [0, 1] from which a text counts as such.
LEVELS = (("same", 0.999), ("close", 0.86), ("similar", 0.7), ("partly", 0.5))
NAME_POINTS = (3.5, 0.5, 8.5)  # equal names: least, more for each letter, most
MAX_TOKEN = 24  # letters of a word that are compared


class Part(NamedTuple):
    """One thing compared: what ("vat", "name" ...), how it came out ("same", "close" ...), points."""

    what: str
    level: str
    points: float


class Likeness(NamedTuple):
    """Points in all; certainty "sure", "likely", "possible" or "" (two customers); parts, weightiest first."""

    score: float
    certainty: str
    parts: tuple


def certainty(score):
    """Certainty of a score.

    >>> certainty(12.0), certainty(11.9), certainty(7.5), certainty(4.5), certainty(4.4)
    ('sure', 'likely', 'likely', 'possible', '')
    """
    return "sure" if score >= SURE else "likely" if score >= LIKELY else "possible" if score >= POSSIBLE else ""


@lru_cache(maxsize=262144)
def edits(one, other):
    """Letters to insert, drop, change or swap with their neighbour to turn one text into the other.

    Source: Hyyrö, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances" (2003): a column of
    the table of distances is held in the bits of two numbers, `up` and `down`; ten times quicker than the table.

    >>> edits("berlin", "berlni"), edits("meier", "mayer"), edits("", "ab")
    (1, 2, 2)
    """
    if not one:
        return len(other)
    places = {}
    for place, char in enumerate(one):
        places[char] = places.get(char, 0) | 1 << place
    full, last = (1 << len(one)) - 1, 1 << len(one) - 1
    up, down, diagonal, before, distance = full, 0, 0, 0, len(one)
    for char in other:
        here = places.get(char, 0)
        swapped = ((~diagonal & here) << 1) & before
        diagonal = ((((here & up) + up) ^ up) | here | down | swapped) & full
        right, left = down | (~(diagonal | up) & full), diagonal & up
        distance += bool(right & last) - bool(left & last)
        right, left = (right << 1 | 1) & full, left << 1 & full
        up, down, before = left | (~(diagonal | right) & full), right & diagonal, here
    return distance


@lru_cache(maxsize=262144)
def word_likeness(one, other):
    """Likeness of two words in [0, 1]; an initial is 0.8 like the word it begins.

    >>> word_likeness("meier", "meier"), word_likeness("j", "john"), word_likeness("abc", "xyz")
    (1.0, 0.8, 0.0)
    """
    if one == other:
        return 1.0
    short, long = one[:MAX_TOKEN], other[:MAX_TOKEN]
    if len(short) > len(long):
        short, long = long, short
    if len(short) == 1:
        return 0.8 if long.startswith(short) else 0.0
    start = 0.1 if short[:2] == long[:2] else 0.0
    strange = len(set(long) - set(short))  # each of these letters costs an edit: a bound that is quick to find
    if not short or len(short) * 2 < len(long) or start + 1.0 - strange / len(long) < 0.5:
        return 0.0
    if _is_number(one) or _is_number(other):
        return 0.0
    if len(short) > 4 and 5 * len(_bigrams(short) & _bigrams(long)) < len(long) - 1:
        return 0.0
    likeness = min(0.98, start + 1.0 - edits(short, long) / len(long))
    return likeness if likeness >= 0.5 else 0.0


@lru_cache(maxsize=262144)
def _bigrams(word):
    return frozenset(word[start : start + 2] for start in range(len(word) - 1))


@lru_cache(maxsize=262144)
def _is_number(text):
    return any(char.isdigit() for char in text)


def words_likeness(one, other):
    """Likeness of two tuples of words in [0, 1], in any order, weighed by the letters of each word.

    >>> words_likeness(("acme", "berlin"), ("acme", "berlin"))
    1.0
    >>> round(words_likeness(("acme", "industries"), ("acme", "industry")), 2)
    0.86
    """
    if one == other:
        return 1.0
    rest = list(other)
    lonely, matched = [], 0.0
    for word in one:
        if word in rest:
            rest.remove(word)
            matched += 2 * len(encode(word))
        else:
            lonely.append(word)
    for word in lonely:
        best = max(rest, key=lambda rival, word=word: word_likeness(word, rival), default=None)
        likeness = word_likeness(word, best) if best else 0.0
        if likeness:
            rest.remove(best)
            matched += likeness * (len(encode(word)) + len(encode(best)))
    letters = sum(len(encode(word)) for word in (*one, *other))
    return max(matched / letters if letters else 0.0, _unspaced_likeness(one, other))


def _unspaced_likeness(one, other):
    """Words run together or torn apart: "pridhamstreet" and "pridham street"."""
    if len(one) == len(other):
        return 0.0
    left, right = "".join(one), "".join(other)
    longest = max(len(left), len(right))
    if not left or not right or longest > 3 * MAX_TOKEN or abs(len(left) - len(right)) > 2:
        return 0.0
    return 1.0 - edits(left, right) / longest


def level(likeness):
    """Name of a likeness: same, close, similar, partly, different."""
    return next((name for name, least in LEVELS if likeness >= least), "different")


def name_points(name):
    """Points of an equal name: more for a long one; a CJK character carries as much as three letters.

    >>> name_points(("li",)), name_points(("muller", "sohne", "werkzeugbau"))
    (4.5, 8.5)
    """
    least, each, most = NAME_POINTS
    return min(most, least + each * sum(len(encode(word)) for word in name))


def _number_level(one, other):
    """Two numbers or codes: same, close (one slip of the finger) or different."""
    if one == other:
        return "same"
    return "close" if min(len(one), len(other)) >= 4 and one_slip(one, other) else "different"


def one_slip(one, other):
    """One letter dropped, added, changed or swapped with its neighbour; a quick `edits(one, other) == 1`.

    >>> one_slip("1234", "1243"), one_slip("1234", "12345"), one_slip("1234", "1234"), one_slip("1234", "4321")
    (True, True, False, False)
    """
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next((place for place, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), None)
    if start is None:
        return True
    left, right = one[start:], other[start:]
    return (
        left[1:] == right[1:]
        or left[1:] == right
        or left == right[1:]
        or (left[:2] == right[1::-1] and left[2:] == right[2:])
    )


def _name(one, other):
    likeness = words_likeness(one, other)
    if set(filter(_is_number, one)) ^ set(filter(_is_number, other)):
        likeness = min(likeness, 0.6)  # "Branch 12" is not "Branch 13"
    found = level(likeness)
    if found == "different":
        return found, POINTS["name"]["different"]
    return found, min(name_points(one), name_points(other)) + POINTS["name"].get(found, 0.0)


def _street(one, other):
    found = level(max(words_likeness(one, other), _street_part(one, other)))
    return ("different" if found == "partly" else found), POINTS["street"].get(found, POINTS["street"]["different"])


def _street_part(one, other):
    """One address stands in the other, with a building or a floor added: 0.9."""
    short, long = sorted((frozenset(one), frozenset(other)), key=len)
    return 0.9 if len(short) > 2 and short <= long else 0.0


def _city(one, other):
    found = "same" if one == other else "close" if word_likeness(one, other) >= 0.75 else "different"
    return found, POINTS["city"][found]


def _email(one, other):
    if set(one) & set(other):
        return "same", POINTS["email"]["same"]
    domains = {email_domain(key) for key in one} & {email_domain(key) for key in other}
    found = "domain" if domains - {""} else "different"
    return found, POINTS["email"][found]


def _phone(one, other):
    found = "same" if any(same_phone(left, right) for left in one for right in other) else "different"
    return found, POINTS["phone"][found]


def _number(what):
    def compared(one, other):
        found = _number_level(one, other)
        return found, POINTS[what].get(found, POINTS[what]["different"])

    return compared


def _state(one, other):
    found = "same" if one == other else "different"
    return found, POINTS["state"][found]


# What is compared, cheapest first, with the most points that it and what follows can give.
COMPARED = (
    ("vat", "vat", 99.0, _number("vat")),
    ("email", "emails", 99.0, _email),
    ("phone", "phones", 99.0, _phone),
    ("zip", "zip", 99.0, _number("zip")),
    ("state", "state", 99.0, _state),
    ("city", "city", 17.0, _city),
    ("name", "name", 14.5, _name),
    ("street", "street", 6.0, _street),
)


def compare(one, other):
    """Likeness of two identities. What one of them lacks says nothing.

    Records that share nothing but where they are (neighbours, a family, an office block) are never sure: a name,
    number, mail or phone in common is asked for.

    >>> from .identity import identity
    >>> ann = identity("Ann Berry GmbH", ["030 1234567"], ["ann@berry.de"])
    >>> compare(ann, identity("BERRY, Ann", ["+49 30 1234567"])).certainty
    'sure'
    >>> compare(ann, identity("Carl Otto", ["030 99999999"])).certainty
    ''
    """
    parts, score = [], 0.0
    for what, attribute, most, comparison in COMPARED:
        if score + most < POSSIBLE:
            return Likeness(round(score, 2), "", tuple(parts))  # no match whatever the rest says
        left, right = getattr(one, attribute), getattr(other, attribute)
        if left and right:
            parts.append(Part(what, *comparison(left, right)))
            score += parts[-1].points
    score = round(sum(part.points for part in parts), 2)
    found = certainty(score)
    if found and not any(part.points > 0 for part in parts if part.what in ("vat", "email", "phone", "name")):
        found = "possible"
    return Likeness(score, found, tuple(sorted(parts, key=lambda part: -abs(part.points))))
