"""Dated supply against dated demand: who is served when, and from which day a product runs short. No Odoo.

Quantities are in the product's unit, never negative; days are dates of one time zone; "today" is an argument.
"""

from collections import namedtuple

# A promise: `day` is None while nothing is planned that covers the rest; `source` names the supply that completes it
# (None: from stock); `missing` is what no supply covers.
Promise = namedtuple("Promise", ("day", "source", "missing"))

EPSILON = 1e-6


def shortage_day(on_hand, events, today):
    """First day on which the stock would fall below zero, or None.

    `events` are pairs (day, quantity), supply positive and demand negative. What should have happened before today
    is taken as happening today; of one day, supply comes before demand.

    >>> from datetime import date
    >>> shortage_day(5, [(date(2026, 3, 2), -4), (date(2026, 3, 4), -4), (date(2026, 3, 3), 2)], date(2026, 3, 1))
    datetime.date(2026, 3, 4)
    >>> shortage_day(5, [(date(2026, 2, 2), -5)], date(2026, 3, 1)) is None
    True
    """
    level = on_hand
    if level < -EPSILON:
        return today
    for day, quantity in sorted((max(day, today), quantity) for day, quantity in _by_day(events, today)):
        level += quantity
        if level < -EPSILON:
            return day
    return None


def _by_day(events, today):
    """Net quantity of each day."""
    net = {}
    for day, quantity in events:
        day = max(day, today)
        net[day] = net.get(day, 0) + quantity
    return net.items()


def allocate(on_hand, supplies, demands, today):
    """Serve demands in the order given, from stock first, then from supplies by day.

    `supplies`: triples (day, quantity, source); a supply that is overdue is expected today at the earliest.
    `demands`: pairs (key, quantity). Returns {key: Promise}. A unit of supply is given once.

    >>> from datetime import date
    >>> found = allocate(3, [(date(2026, 3, 9), 5, "P1")], [("a", 2), ("b", 4), ("c", 9)], date(2026, 3, 1))
    >>> found["a"], found["b"].day, found["b"].source, found["c"].day, found["c"].missing
    (Promise(day=datetime.date(2026, 3, 1), source=None, missing=0), datetime.date(2026, 3, 9), 'P1', None, 7)
    """
    queue = [[today, max(on_hand, 0), None]]
    queue += sorted(([max(day, today), quantity, source] for day, quantity, source in supplies), key=lambda row: row[0])
    result, index = {}, 0
    for key, quantity in demands:
        left, day, source = quantity, today, None
        while left > EPSILON and index < len(queue):
            taken = min(left, queue[index][1])
            if taken > EPSILON:
                day, source = queue[index][0], queue[index][2]
            left -= taken
            queue[index][1] -= taken
            if queue[index][1] <= EPSILON:
                index += 1
        short = left > EPSILON
        result[key] = Promise(None if short else day, None if short else source, left if short else 0)
    return result


def goods_state(demanded, reserved, shipped):
    """State of the goods of an order: 'none', 'waiting', 'partial', 'ready' or 'shipped'.

    `demanded` is what is still to leave, `reserved` of it what is set aside, `shipped` what has left.

    >>> [goods_state(*case) for case in ((0, 0, 0), (4, 0, 0), (4, 1, 0), (4, 4, 2), (0, 0, 4))]
    ['none', 'waiting', 'partial', 'ready', 'shipped']
    """
    if demanded <= EPSILON:
        return "shipped" if shipped > EPSILON else "none"
    if reserved <= EPSILON:
        return "waiting"
    return "ready" if reserved >= demanded - EPSILON else "partial"


def purchase_state(lines, today):
    """State of the purchases behind an order: 'none', 'to_order', 'late', 'ordered', 'part_received', 'received'.

    `lines`: (confirmed, ordered quantity, received quantity, expected day). The least advanced line counts.

    >>> from datetime import date
    >>> today = date(2026, 3, 5)
    >>> purchase_state([], today), purchase_state([(False, 5, 0, today)], today)
    ('none', 'to_order')
    >>> purchase_state([(True, 5, 0, date(2026, 3, 4)), (True, 5, 5, today)], today)
    'late'
    >>> purchase_state([(True, 5, 2, today)], today), purchase_state([(True, 5, 5, today)], today)
    ('part_received', 'received')
    """
    if not lines:
        return "none"
    if any(not confirmed for confirmed, *_rest in lines):
        return "to_order"
    pending = [line for line in lines if line[2] < line[1] - EPSILON]
    if not pending:
        return "received"
    if any(day and day < today for *_quantities, day in pending):
        return "late"
    return "part_received" if any(line[2] > EPSILON for line in lines) else "ordered"
