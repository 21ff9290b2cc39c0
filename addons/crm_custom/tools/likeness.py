"""How sure it is that two records are one customer, and the sentence that says why.

Each thing the records agree or disagree on adds points: about the binary logarithm of how much more often it is
found in two records of one customer than in two of different ones (Fellegi and Sunter, 1969). 10 points make one
customer about a thousand times likelier than before. The points were set on FEBRL dataset2 and rounded; the other
FEBRL sets only check them (`scripts/bench duplicates`).
"""

from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from .identity import Identity, email_domain, encode, same_phone

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
LEAST = dict(LEVELS)
NAME_POINTS = (3.5, 0.5, 8.5)  # equal names: least, more for each letter, most
# The level that a name must reach where more than so many points are asked of it.
NAME_STEPS = tuple(
    (better, NAME_POINTS[2] + POINTS["name"][worse])
    for better, worse in (("same", "close"), ("close", "similar"), ("similar", "partly"))
) + (("partly", POINTS["name"]["different"]),)
MAX_TOKEN = 24  # letters of a word that are compared
CACHE = 32768  # words and pairs of words that are remembered: a scan meets the same ones again and again


class Part(NamedTuple):
    """One thing compared: what ("vat", "name" ...), how it came out ("same", "close" ...), points."""

    what: str
    level: str
    points: float


class Likeness(NamedTuple):
    """Points in all; certainty "sure", "likely", "possible" or ""; parts, weightiest first.

    "" are two customers: then the points are those found until that was clear, without parts.
    """

    score: float
    certainty: str
    parts: tuple


def certainty(score):
    """Certainty of a score.

    >>> certainty(12.0), certainty(11.9), certainty(7.5), certainty(4.5), certainty(4.4)
    ('sure', 'likely', 'likely', 'possible', '')
    """
    return "sure" if score >= SURE else "likely" if score >= LIKELY else "possible" if score >= POSSIBLE else ""


def edits(one, other):
    """Letters to insert, drop, change or swap with their neighbour to turn one text into the other.

    Source: Hyyrö, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances" (2003): a column of
    the table of distances is held in the bits of two numbers, `up` and `down`; ten times quicker than the table.

    >>> edits("berlin", "berlni"), edits("meier", "mayer"), edits("", "ab")
    (1, 2, 2)
    """
    start, end = 0, min(len(one), len(other))
    while start < end and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    if not one or not other:
        return len(one) or len(other)
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


class Shape(NamedTuple):
    """What the words that are compared again and again are judged by."""

    text: str  # the letters that are compared
    letters: int  # a bit for each letter; letters that share a bit make words look more alike, never less
    grams: int  # a bit for each two letters that follow each other; exact for alphabets of up to 32 letters
    number: bool
    size: int  # letters; a CJK character carries as much as three


@lru_cache(maxsize=CACHE)
def _shape(word):
    text, letters, grams = word[:MAX_TOKEN], 0, 0
    codes = [ord(char) for char in text]
    for code in codes:
        letters |= 1 << (code & 63)
    for code, following in pairwise(codes):
        grams |= 1 << ((code & 31) << 5 | (following & 31))
    return Shape(text, letters, grams, _is_number(word), len(encode(word)))


def word_likeness(one, other):
    """Likeness of two words in [0, 1]; an initial is 0.8 like the word it begins.

    >>> word_likeness("meier", "meier"), word_likeness("j", "john"), word_likeness("abc", "xyz")
    (1.0, 0.8, 0.0)
    """
    if one == other:
        return 1.0
    one, other = _shape(one), _shape(other)
    return _near_likeness(one.text, other.text) if _most_likeness(one, other) else 0.0


def _most_likeness(one, other):
    """A bound on the likeness of two different words by their shapes, quick to find; 0 where they are not alike.

    A letter that the shorter word lacks costs an edit; an edit changes at most three pairs of letters.
    """
    if len(one.text) > len(other.text):
        one, other = other, one
    short, long = len(one.text), len(other.text)
    if short == 1:
        return 0.8 if other.text.startswith(one.text) else 0.0
    if short * 2 < long or one.number or other.number:
        return 0.0
    common = (one.grams & other.grams).bit_count()
    if short > 4 and 5 * common < long - 1:
        return 0.0
    strange = (other.letters & ~one.letters).bit_count()
    torn = (other.grams.bit_count() - common + 2) // 3
    likeness = 1.0 - (strange if strange > torn else torn) / long
    if one.text[:2] == other.text[:2]:
        likeness = min(0.98, likeness + 0.1)
    return likeness if likeness >= 0.4999 else 0.0


@lru_cache(maxsize=CACHE)
def _near_likeness(one, other):
    """Likeness of two words that `_most_likeness` does not exclude."""
    short, long = sorted((one, other), key=len)
    if len(short) == 1:
        return 0.8
    start = 0.1 if short[:2] == long[:2] else 0.0
    likeness = min(0.98, start + 1.0 - edits(short, long) / len(long))
    return likeness if likeness >= 0.5 else 0.0


@lru_cache(maxsize=CACHE)
def _is_number(text):
    return any(char.isdigit() for char in text)


def words_likeness(one, other, least=0.0):
    """Likeness of two tuples of words in [0, 1], in any order, weighed by the letters of each word.

    Below `least` the answer may be wrong but stays below: the search ends when that cannot be reached any more.

    >>> words_likeness(("acme", "berlin"), ("acme", "berlin"))
    1.0
    >>> round(words_likeness(("acme", "industries"), ("acme", "industry")), 2)
    0.86
    """
    if one == other:
        return 1.0
    rest, lonely, matched = list(other), [], 0.0
    for word in one:
        if word in rest:
            rest.remove(word)
            matched += 2 * _shape(word).size
        else:
            lonely.append(_shape(word))
    rest = [_shape(word) for word in rest]
    left = sum(shape.size for shape in lonely) + sum(shape.size for shape in rest)  # letters without a partner yet
    letters = matched + left
    wanted = least * letters - 0.001
    for shape in lonely:
        if not rest or matched + left < wanted:
            break
        best, likeness = _best_partner(shape, rest, matched + left - wanted)
        left -= shape.size
        if best:
            rest.remove(best)
            left -= best.size
            matched += likeness * (shape.size + best.size)
    likeness = matched / letters if letters else 0.0
    return likeness if len(one) == len(other) else max(likeness, _unspaced_likeness(one, other, least))


def _best_partner(shape, rest, slack):
    """(the word of `rest` that is most like this one, likeness), or (None, 0).

    `slack`: letters that may yet go without a partner. Words that would take more are only looked at where that
    matters: the likeness of most pairs of words is then never worked out.
    """
    best, likeness, doubtful = None, 0.0, []
    for rival in rest:
        most = _most_likeness(shape, rival)
        if most > likeness:
            if (1.0 - most) * (shape.size + rival.size) > slack:
                doubtful.append((most, rival))
            elif (found := _near_likeness(shape.text, rival.text)) > likeness:
                best, likeness = rival, found
    if doubtful and (best or slack >= shape.size):
        return _best_partner(shape, rest, float("inf"))
    return best, likeness


def _unspaced_likeness(one, other, least):
    """Words run together or torn apart: "pridhamstreet" and "pridham street"; 0 where it stays below `least`."""
    left, right = "".join(one), "".join(other)
    longest = max(len(left), len(right))
    if not left or not right or longest > 3 * MAX_TOKEN or abs(len(left) - len(right)) > 2:
        return 0.0
    if len(set(left) ^ set(right)) > 2 * longest * (1.0 - least) + 0.001:  # an edit changes two letters at most
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
    return min(most, least + each * sum(_shape(word).size for word in name))


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
    start, end = 0, min(len(one), len(other))
    while start < end and one[start] == other[start]:
        start += 1
    left, right = one[start:], other[start:]
    return (
        left[1:] == right[1:]
        or left[1:] == right
        or left == right[1:]
        or (left[:2] == right[1::-1] and left[2:] == right[2:])
    )


def _name(one, other, need):
    """`need`: points below which the two are different customers, whatever their names say exactly."""
    least = next((LEAST[name] for name, points in NAME_STEPS if need > points), 0.0)
    likeness = words_likeness(one, other, least)
    if likeness > 0.6 and set(filter(_is_number, one)) ^ set(filter(_is_number, other)):
        likeness = 0.6  # "Branch 12" is not "Branch 13"
    found = level(likeness)
    if found == "different":
        return found, POINTS["name"]["different"]
    return found, min(name_points(one), name_points(other)) + POINTS["name"].get(found, 0.0)


def _street(one, other, _need):
    # Half alike counts no more than not alike.
    found = level(max(words_likeness(one, other, LEAST["similar"]), _street_part(one, other)))
    return ("different" if found == "partly" else found), POINTS["street"].get(found, POINTS["street"]["different"])


def _street_part(one, other):
    """One address stands in the other, with a building or a floor added: 0.9."""
    if min(len(one), len(other)) < 3:
        return 0.0
    short, long = sorted((frozenset(one), frozenset(other)), key=len)
    return 0.9 if len(short) > 2 and short <= long else 0.0


def _city(one, other, _need):
    found = "same" if one == other else "close" if word_likeness(one, other) >= 0.75 else "different"
    return found, POINTS["city"][found]


def _email(one, other, _need):
    if not set(one).isdisjoint(other):
        return "same", POINTS["email"]["same"]
    domains = {email_domain(key) for key in one} & {email_domain(key) for key in other}
    found = "domain" if domains - {""} else "different"
    return found, POINTS["email"][found]


def _phone(one, other, _need):
    same = one == other or any(same_phone(left, right) for left in one for right in other)
    found = "same" if same else "different"
    return found, POINTS["phone"][found]


def _number(what):
    points = POINTS[what]

    def compared(one, other, _need):
        found = _number_level(one, other)
        return found, points.get(found, points["different"])

    return compared


def _state(one, other, _need):
    found = "same" if one == other else "different"
    return found, POINTS["state"][found]


# What is compared, cheapest first: name, place in the identity, most points that it can give, comparison.
COMPARED = tuple(
    (what, Identity._fields.index(attribute), most, comparison)
    for what, attribute, most, comparison in (
        ("state", "state", POINTS["state"]["same"], _state),
        ("zip", "zip", POINTS["zip"]["same"], _number("zip")),
        ("phone", "phones", POINTS["phone"]["same"], _phone),
        ("email", "emails", POINTS["email"]["same"], _email),
        ("vat", "vat", POINTS["vat"]["same"], _number("vat")),
        ("city", "city", POINTS["city"]["same"], _city),
        ("street", "street", POINTS["street"]["same"], _street),
        ("name", "name", NAME_POINTS[2], _name),
    )
)
# How parts of equal weight are told.
ORDER = {what: place for place, what in enumerate(("vat", "email", "phone", "zip", "state", "city", "name", "street"))}


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
    present = [step for step in COMPARED if one[step[1]] and other[step[1]]]
    room = sum(step[2] for step in present)  # most points that what is not yet compared can give
    parts, score = [], 0.0
    for what, place, most, comparison in present:
        if score + room < POSSIBLE:
            return Likeness(score, "", ())  # no match whatever the rest says
        room -= most
        found, points = comparison(one[place], other[place], POSSIBLE - score - room)
        parts.append((what, found, points))
        score += points
    if score < POSSIBLE:
        return Likeness(round(score, 2), "", ())
    score, parts = round(score, 2), [Part(*part) for part in parts]
    found = certainty(score)
    if not any(part.points > 0 for part in parts if part.what in ("vat", "email", "phone", "name")):
        found = "possible"
    return Likeness(score, found, tuple(sorted(parts, key=lambda part: (-abs(part.points), ORDER[part.what]))))
