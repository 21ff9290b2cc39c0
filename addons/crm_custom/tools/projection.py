"""How many customers a category will have: new ones a month, and a share that leaves each month; no database.

The report `crm.customer.projection` does the same in SQL; this is its specification.
"""


def monthly_loss(before, lost):
    """Share (0 to 1) that leaves each month, when `lost` of `before` customers left within twelve months.

    >>> round(monthly_loss(100, 50), 4), monthly_loss(0, 0), monthly_loss(10, 10)
    (0.0561, 0.0, 1.0)
    """
    if not before:
        return 0.0
    return 1 - (1 - lost / before) ** (1 / 12)


def customers_after(months, now, new_a_month, loss):
    """Customers after `months`: those of today that stay, and the new ones, who leave at the same rate.

    >>> customers_after(12, 100, 0, monthly_loss(100, 50)), customers_after(12, 100, 2, 0)
    (50.0, 124)
    """
    if not loss:
        return now + new_a_month * months
    kept = (1 - loss) ** months
    return round(now * kept + new_a_month * (1 - kept) / loss, 6)
