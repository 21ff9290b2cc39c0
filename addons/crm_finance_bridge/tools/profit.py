"""What a customer is worth: the parts of profit, three levels, return, value of the customer base. No Odoo here.

Amounts are in one currency and signed by what they do to profit: + adds, - takes away. Years are calendar years.
"""

# In the order of the waterfall. Level: which profit is the first that the part belongs to.
PARTS = {
    "revenue": "marginal",
    "discount": "marginal",
    "returned": "marginal",
    "goods": "marginal",
    "freight": "total",
    "service": "total",
    "contact": "total",
    "commission": "total",
    "campaign": "total",
    "expense": "total",
    "credit": "net",
    "bad_debt": "net",
    "overhead": "net",
}
LEVELS = ("marginal", "total", "net")
# R189: lifetime purchases less marketing and administration cost; goods are not in it.
PURCHASES = ("revenue", "discount", "returned")
MARKETING = ("contact", "commission", "campaign")
ADMINISTRATION = ("freight", "service", "expense", "credit", "bad_debt", "overhead")


def up_to(level):
    """Parts of a profit level: those of the level and of the ones before."""
    reached = LEVELS[: LEVELS.index(level) + 1]
    return tuple(part for part, first in PARTS.items() if first in reached)


def of(level):
    """Parts that belong to a level and not to the one before."""
    return tuple(part for part, first in PARTS.items() if first == level)


def levels(amounts):
    """{level: profit} of {part: amount}."""
    return {level: sum(amounts.get(part, 0) for part in up_to(level)) for level in LEVELS}


def cost_to_serve(amounts):
    """What serving the customer cost, positive; without the goods and without money's own cost."""
    return -sum(amounts.get(part, 0) for part in of("total"))


def return_on(profit, cost):
    """Percent that comes back on what was spent; None where nothing was spent: no cost yet."""
    return 100 * profit / cost if cost > 0 else None


def base_value(profit, retention, interest):
    """Value of the customers at the end of a year in which they brought `profit`.

    Gupta and Lehmann 2003: the same profit every year, `retention` (0 to 1) of the customers stay each year, money
    costs `interest` (0 to 1): profit * r / (1 + i - r). None without a year to compare with (retention None).
    """
    if retention is None or 1 + interest - retention <= 0:
        return None
    return profit * retention / (1 + interest - retention)


def goal_state(value, baseline, goal):
    """Where a figure stands between the year it is compared with and its goal."""
    if baseline is None:
        return "none"
    if value >= goal:
        return "reached"
    return "better" if value > baseline else "below"
