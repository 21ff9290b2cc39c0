"""How complete a customer's profile is, without a database."""

BASIC = ("family", "occupation", "personality", "income", "funds", "education", "network")
"""The seven basic data of an individual (R002)."""

BUSINESS = ("industry", "address", "phone", "email", "website", "employees", "contacts", "strength", "cost_control")
"""What is asked of a company."""


def completeness(filled, asked):
    """Percent of the fields asked for that are filled (0 to 100, whole), and those missing, in order.

    >>> completeness({"family", "income"}, BASIC)
    (29, ['occupation', 'personality', 'funds', 'education', 'network'])
    >>> completeness(set(BASIC), BASIC)
    (100, [])
    """
    missing = [name for name in asked if name not in filled]
    if not missing:
        return 100, []
    # Never 100 while something is missing.
    return min(99, round(100 * (len(asked) - len(missing)) / len(asked))), missing


def average_interval(orders, first, last):
    """Mean days between orders: None below two orders; `first` and `last` are days (date).

    >>> from datetime import date
    >>> average_interval(4, date(2026, 1, 1), date(2026, 1, 31))
    10.0
    >>> average_interval(1, date(2026, 1, 1), date(2026, 1, 1)) is None
    True
    """
    if orders < 2:
        return None
    return (last - first).days / (orders - 1)
