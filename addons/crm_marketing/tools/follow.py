"""Follow-up: which rule fits a customer; pure Python, no database. Ages and rests in days."""

from typing import NamedTuple


class Rule(NamedTuple):
    """What a follow-up rule asks: basis of the age, its span (0: no end), importance, rests, segment (0: all)."""

    basis: str
    age_from: int
    age_to: int
    importance: str
    repeat_days: int
    spare_days: int
    segment: int = 0


def fits(rule, customer):
    """Whether the rule fits. `customer`: age by basis, importance, is_open, days since task and campaign (or None).

    >>> rule = Rule("contact", 90, 0, "a", 60, 30)
    >>> ann = {"contact": 100, "importance": "a", "is_open": False, "task": None, "campaign": None}
    >>> fits(rule, ann), fits(rule, ann | {"contact": 89}), fits(rule, ann | {"campaign": 30})
    (True, False, False)
    """
    age = customer[rule.basis]
    if age < rule.age_from or (rule.age_to and age > rule.age_to):
        return False
    if rule.importance not in ("any", customer["importance"]):
        return False
    if rule.segment and rule.segment not in customer.get("segments", ()):
        return False
    if customer["is_open"] or (customer["task"] is not None and customer["task"] < rule.repeat_days):
        return False
    return customer["campaign"] is None or not rule.spare_days or customer["campaign"] > rule.spare_days


def first(rules, customer):
    """Place of the first rule that fits, or None."""
    return next((place for place, rule in enumerate(rules) if fits(rule, customer)), None)
