"""Loyalty of one customer to one product: how long, how often, and whether it grows or fades.

Amounts are untaxed, in company currency, credit notes deducted. The same rule stands in SQL in
`models/crm_product_buyer.py`; a test compares both.
"""

from dateutil.relativedelta import relativedelta

STATES = ("new", "growing", "steady", "weakening", "lapsed")


def months(first, last):
    """Calendar months from the month of `first` up to that of `last`, both counted."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


def degree(active_months, first, today):
    """Months with a purchase in percent of the months since the first one."""
    return 100 * active_months / months(first, today)


def trend(amount_12, amount_before):
    """Change in percent of the last twelve months on the twelve before; None without a base."""
    return 100 * (amount_12 - amount_before) / amount_before if amount_before > 0 else None


def state(first, last, amount_12, amount_before, today, change_pct):
    """One of STATES; `change_pct` is the change in percent that counts as growing or weakening.

    new: first bought within twelve months, too early to compare. lapsed: nothing bought for twelve months.
    """
    year_ago = today - relativedelta(months=12)
    if first > year_ago:
        return "new"
    if last <= year_ago:
        return "lapsed"
    change = trend(amount_12, amount_before)
    if change is None:
        return "growing"
    if change >= change_pct:
        return "growing"
    return "weakening" if change <= -change_pct else "steady"
