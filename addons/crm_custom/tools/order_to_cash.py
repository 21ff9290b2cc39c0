"""Where an order, or several, stands on the way from order to cash; without a database."""

CENT = 0.005
# Line statuses of crm.order.flow after which nothing more is to come.
DONE = frozenset(("paid", "returned", "closed_short"))


def stage(ordered, delivered, invoiced, collected, statuses=()):
    """The furthest stage that has begun, "part" when it is not complete.

    Amounts are untaxed and in one currency; `statuses` are those of the order lines.

    >>> stage(0, 0, 0, 0), stage(100, 0, 0, 0), stage(100, 40, 0, 0), stage(100, 100, 0, 0)
    ('none', 'to_ship', 'part_shipped', 'shipped')
    >>> stage(100, 100, 40, 0), stage(100, 0, 100, 0), stage(100, 100, 100, 40), stage(100, 100, 100, 100)
    ('part_invoiced', 'invoiced', 'part_paid', 'paid')
    >>> stage(100, 80, 80, 80, {"paid", "returned"})
    'paid'
    """
    if not statuses and abs(ordered) < CENT:
        return "none"
    if statuses and "paid" in statuses and set(statuses) <= DONE:
        return "paid"
    for done, name in ((collected, "paid"), (invoiced, "invoiced"), (delivered, "shipped")):
        if done >= ordered - CENT and done >= CENT:
            return name
        if done >= CENT:
            return f"part_{name}"
    return "to_ship"
