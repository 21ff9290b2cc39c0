"""What a suggestion is worth, and how well a product fits what a customer asked for.

Margins and prices are in one currency per call, per unit; shares run from 0 to 1, a fit from 0 to 100.
"""

import re

IN_STOCK, COMING, OUT = 1.0, 0.7, 0.3
WORDS, BUDGET, STOCK = 70, 15, 15  # weights of a fit, together 100
MIN_WORD = 2


def availability(storable, free, forecast, quantity=1):
    """Weight of a product's stock: all of it free now, expected in time, or still to be bought."""
    if not storable or free >= quantity:
        return IN_STOCK
    return COMING if forecast >= quantity else OUT


def expected_margin(confidence, margin, stock):
    """Margin that the suggestion earns on average; never below zero: a loss is not worth suggesting."""
    return confidence * max(margin, 0.0) * stock


def acceptance(accepted, answered):
    """Share of suggestions accepted so far; a half before anyone answered."""
    return (accepted + 1) / (answered + 2)


def words(text):
    """The different words of a stated requirement, in lower case, in their order."""
    found = re.findall(r"[^\W_]+", (text or "").lower())
    return list(dict.fromkeys(word for word in found if len(word) >= MIN_WORD))


def fit(matched, asked, price, budget, stock):
    """0 to 100: words met, price within the budget (falling to zero at twice the budget), stock."""
    share = matched / asked if asked else 0.0
    money = 1.0 if not budget or price <= budget else max(0.0, 2 - price / budget)
    return WORDS * share + BUDGET * money + STOCK * stock
