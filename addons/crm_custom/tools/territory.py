"""Which territory a customer or lead belongs to, without a database.

Every rule whose conditions all hold is a candidate; the most specific one decides, of equally specific ones the
territory deeper in the tree. Candidates of different territories that are still equal are a conflict, no candidate
means outside every territory: neither is guessed.

`crm.territory._assign` applies the same to all customers in one SQL statement (a test compares the two).
Units: sizes in employees; dates are inclusive; postcodes are compared without spaces and signs, in capitals.
"""

import re
from dataclasses import dataclass
from datetime import date

ASSIGNED, CONFLICT, OUTSIDE = "assigned", "conflict", "outside"
WEIGHTS = {"zip": 16, "state": 8, "industry": 4, "size": 2, "country": 1}
"""Specificity of each condition: a postcode says more than everything else together."""


@dataclass(frozen=True)
class Place:
    """What is known of a customer or lead; None or "" = unknown."""

    country: int | None = None
    state: int | None = None
    zip: str = ""
    industry: int | None = None
    size: int | None = None
    company: int | None = None


@dataclass(frozen=True)
class Rule:
    """Conditions of one rule; what is empty does not matter. A state implies its country."""

    key: int
    territory: int
    depth: int = 1
    country: int | None = None
    state: int | None = None
    zip_from: str = ""
    zip_to: str = ""
    industry: int | None = None
    size_min: int = 0
    size_max: int = 0
    company: int | None = None
    start: date | None = None
    stop: date | None = None


def plain_zip(text):
    """Postcode without spaces and signs, in capitals.

    >>> plain_zip("sw1a 2-aa"), plain_zip(None)
    ('SW1A2AA', '')
    """
    return re.sub(r"[^0-9A-Z]", "", (text or "").upper())


def specificity(rule):
    """Sum of the weights of the conditions set; 0 for a rule that takes everybody.

    >>> specificity(Rule(1, 1, state=3, country=2)), specificity(Rule(1, 1, zip_from="1")), specificity(Rule(1, 1))
    (8, 16, 0)
    """
    return (
        WEIGHTS["zip"] * bool(rule.zip_from or rule.zip_to)
        + WEIGHTS["state"] * bool(rule.state)
        + WEIGHTS["industry"] * bool(rule.industry)
        + WEIGHTS["size"] * bool(rule.size_min or rule.size_max)
        + WEIGHTS["country"] * bool(rule.country and not rule.state)
    )


def matches(rule, place, day):
    """Whether all conditions of the rule hold for the place on the day."""
    if rule.start and day < rule.start or rule.stop and day > rule.stop:
        return False
    if rule.company and place.company and rule.company != place.company:
        return False
    if rule.state and rule.state != place.state:
        return False
    if rule.country and not rule.state and rule.country != place.country:
        return False
    if rule.industry and rule.industry != place.industry:
        return False
    return _size_holds(rule, place) and _zip_holds(rule, plain_zip(place.zip))


def _size_holds(rule, place):
    if not (rule.size_min or rule.size_max):
        return True
    return bool(place.size) and place.size >= rule.size_min and (not rule.size_max or place.size <= rule.size_max)


def _zip_holds(rule, code):
    """From and to are compared as text, `to` with as many signs as it has: 10 to 19 takes 19999."""
    if not (rule.zip_from or rule.zip_to):
        return True
    return bool(code) and code >= rule.zip_from and (not rule.zip_to or code[: len(rule.zip_to)] <= rule.zip_to)


def decide(rules, place, day):
    """(state, territory or None, keys of the deciding rules).

    >>> land, city = Rule(1, 10, country=5), Rule(2, 20, country=5, zip_from="10", zip_to="19")
    >>> decide([land, city], Place(country=5, zip="10115"), date(2026, 1, 1))
    ('assigned', 20, (2,))
    >>> decide([land, Rule(3, 30, country=5)], Place(country=5), date(2026, 1, 1))
    ('conflict', None, (1, 3))
    >>> decide([land], Place(country=6), date(2026, 1, 1))
    ('outside', None, ())
    """
    candidates = [rule for rule in rules if matches(rule, place, day)]
    if not candidates:
        return OUTSIDE, None, ()
    best = max((specificity(rule), rule.depth) for rule in candidates)
    deciding = [rule for rule in candidates if (specificity(rule), rule.depth) == best]
    keys = tuple(sorted(rule.key for rule in deciding))
    territories = {rule.territory for rule in deciding}
    if len(territories) > 1:
        return CONFLICT, None, keys
    return ASSIGNED, territories.pop(), keys


def _apart(low, high, other_low, other_high):
    """Whether two ranges have nothing in common; empty or zero ends are open."""
    return bool(high and other_low and high < other_low) or bool(other_high and low and other_high < low)


def overlap(one, two):
    """Whether two rules of different territories, equally specific, could claim the same customer.

    >>> overlap(Rule(1, 10, country=5), Rule(2, 20, country=5)), overlap(Rule(1, 10, country=5), Rule(2, 20, country=6))
    (True, False)
    """
    if one.territory == two.territory or (specificity(one), one.depth) != (specificity(two), two.depth):
        return False
    for name in ("country", "state", "industry", "company"):
        mine, theirs = getattr(one, name), getattr(two, name)
        if mine and theirs and mine != theirs:
            return False
    if _apart(one.start, one.stop, two.start, two.stop) or _apart(
        one.size_min, one.size_max, two.size_min, two.size_max
    ):
        return False
    return not (_zip_before(one, two) or _zip_before(two, one))


def _zip_before(one, two):
    """Whether the postcodes of one rule all lie before those of the other."""
    return bool(one.zip_to and two.zip_from) and two.zip_from[: len(one.zip_to)] > one.zip_to
