"""How much of the receivables hangs on few customers. No Odoo.

Shares are percent of what is owed by those who owe: customers with a credit balance owe nothing and have no share,
so that the shares of the others add up to 100.
"""

TOP = 5


def shares(amounts):
    """Return {key: percent} of a mapping key -> amount (+ = owes).

    >>> shares({"a": 75, "b": 25, "c": -50})
    {'a': 75.0, 'b': 25.0, 'c': 0.0}
    >>> shares({"a": 0})
    {'a': 0.0}
    """
    owed = sum(amount for amount in amounts.values() if amount > 0)
    return {key: max(amount, 0) / owed * 100 if owed else 0.0 for key, amount in amounts.items()}


def summary(percents, threshold):
    """Return the largest share, that of the five largest, how many are above the threshold, and the index.

    The index (Herfindahl-Hirschman) is the sum of the squared shares: 10,000 = one customer owes all; above 2,500 is
    held to be concentrated. A threshold of 0 highlights nobody.

    >>> summary([75.0, 25.0, 0.0], 30)
    {'largest': 75.0, 'top': 100.0, 'above': 1, 'index': 6250.0}
    >>> summary([], 30)
    {'largest': 0.0, 'top': 0.0, 'above': 0, 'index': 0.0}
    """
    ordered = sorted(percents, reverse=True)
    return {
        "largest": ordered[0] if ordered else 0.0,
        "top": sum(ordered[:TOP], 0.0),
        "above": sum(1 for share in ordered if is_above(share, threshold)),
        "index": sum((share * share for share in ordered), 0.0),
    }


def is_above(share, threshold):
    """Tell whether a share is to be highlighted: more than the threshold.

    >>> is_above(10.0, 10), is_above(10.1, 10), is_above(50, 0)
    (False, True, False)
    """
    return bool(threshold) and share > threshold
