"""On which days a salesperson visits which customers: class frequency, the customers' own rhythm, working days.

Pure dates, no clock; every choice is deterministic, so that the same facts give the same plan.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from . import rhythm

LEAD_DAYS = 5
"""Days before an expected order on which a visit can still influence it."""


@dataclass(frozen=True)
class Customer:
    """One customer to plan. `visits`: number in a full year. `gap`: days between orders, None = no rhythm.

    `start`: first day that counts for this customer, None = that of the plan.
    """

    key: int
    visits: int
    last_order: date | None = None
    gap: float | None = None
    last_visit: date | None = None
    start: date | None = None


def visits_in(visits_per_year, start, stop):
    """Return the visits of a year that fall to a part of it, half a visit up; every full year has all of them.

    >>> visits_in(12, date(2026, 1, 1), date(2026, 12, 31)), visits_in(12, date(2026, 4, 1), date(2026, 6, 30))
    (12, 3)
    >>> visits_in(2, date(2026, 1, 1), date(2026, 1, 31))
    0
    """
    days = (stop - start).days + 1
    return int(visits_per_year * min(days, 365) / 365 + 0.5) if days > 0 else 0


def even_days(count, start, stop, last_visit=None, share=0.5):
    """Return `count` days at equal distances from `start` to `stop`.

    The first falls one distance after the last visit where that is known, else at `share` (0 to 1) of the first
    distance, so that customers with equal frequency do not all fall on the same day.

    >>> [f"{day:%d.%m.}" for day in even_days(4, date(2026, 1, 1), date(2026, 12, 31))]
    ['15.02.', '17.05.', '17.08.', '16.11.']
    >>> [f"{day:%d.%m.}" for day in even_days(2, date(2026, 1, 1), date(2026, 12, 31), date(2025, 8, 1))]
    ['30.01.', '01.08.']
    """
    if count <= 0:
        return []
    total = (stop - start).days + 1
    step = total / count
    first = step * min(max(share, 0), 0.999)
    if last_visit:
        first = min(max(0, (last_visit - start).days + step), step * 0.999)
    return [start + timedelta(days=min(total - 1, int(first + step * number))) for number in range(count)]


def ideal_days(customer, start, stop, share=0.5):
    """Return the wished days of a customer's visits, as many as its class asks for.

    With a rhythm each visit moves to shortly before the nearest expected order that has no visit yet; visits
    without such an order keep their day.

    >>> customer = Customer(1, 2, last_order=date(2025, 12, 11), gap=90)
    >>> [f"{day:%d.%m.}" for day in ideal_days(customer, date(2026, 1, 1), date(2026, 12, 31))]
    ['06.03.', '02.09.']
    """
    start = customer.start or start
    days = even_days(visits_in(customer.visits, start, stop), start, stop, customer.last_visit, share)
    if not customer.gap or not customer.last_order or not days:
        return days
    orders = rhythm.expected(customer.last_order, customer.gap, start, stop + timedelta(days=LEAD_DAYS))
    wished = [max(start, day - timedelta(days=LEAD_DAYS)) for day in orders]
    reach = timedelta(days=((stop - start).days + 1) // (2 * len(days)))
    moved = []
    for day in days:
        near = min(wished, key=lambda wish, day=day: (abs(wish - day), wish), default=None)
        if near is not None and abs(near - day) <= reach:
            wished.remove(near)
            day = min(near, stop)
        moved.append(day)
    return sorted(moved)


def place(wishes, working_days, capacity, load=None):
    """Give each wished day a working day with room, the nearest one, the earlier of two equally near.

    wishes: [(key, number, day)]; working_days: days on which the person works; capacity: visits a day;
    load: {day: visits already planned}. Returns ({(key, number): day}, [(key, number) without room]).
    No day ever carries more than `capacity`, unless `load` did so before.

    >>> monday, tuesday = date(2026, 1, 5), date(2026, 1, 6)
    >>> wishes = [(1, 1, monday), (2, 1, monday), (3, 1, monday)]
    >>> placed, left = place(wishes, [monday, tuesday], 1)
    >>> placed == {(1, 1): monday, (2, 1): tuesday}, left
    (True, [(3, 1)])
    """
    room = {day: capacity - (load or {}).get(day, 0) for day in working_days}
    room = {day: free for day, free in room.items() if free > 0}
    placed, left = {}, []
    for key, number, day in sorted(wishes, key=lambda wish: (wish[2], wish[0], wish[1])):
        found = _nearest(day, room)
        if found is None:
            left.append((key, number))
            continue
        placed[key, number] = found
        room[found] -= 1
        if not room[found]:
            del room[found]
    return placed, left


def _nearest(day, room):
    """The nearest day with room; walks outwards, since room is usually near."""
    for distance in range(60):
        for candidate in (day - timedelta(days=distance), day + timedelta(days=distance)):
            if candidate in room:
                return candidate
    return min(room, key=lambda free: (abs(free - day), free), default=None)


def plan(customers, start, stop, working_days, capacity, load=None, done=None):
    """Return ({(key, number): day}, [(key, number) without room]) for one salesperson.

    done: {key: numbers already planned or visited}: those keep their place and are not made again.
    """
    wishes = []
    for place_in_row, customer in enumerate(customers):
        share = (place_in_row + 0.5) / len(customers)
        known = (done or {}).get(customer.key, ())
        for number, day in enumerate(ideal_days(customer, start, stop, share), 1):
            if number not in known:
                wishes.append((customer.key, number, day))
    return place(wishes, working_days, capacity, load)
