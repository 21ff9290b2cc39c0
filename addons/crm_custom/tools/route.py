"""The order in which a day's customers are visited: nearest neighbour, then 2-opt.

Points are (latitude, longitude) in degrees, WGS84; distances are great circles in kilometres: roads are longer, but
about equally so. A route starts at its start point, if there is one, and ends at the last customer.
"""

from math import asin, cos, radians, sin, sqrt
from urllib.parse import urlencode

EARTH_KM = 6371.0088
"""Mean radius of the earth (IUGG)."""
TINY_KM = 1e-9
"""A gain below this is rounding."""


def is_point(latitude, longitude):
    """Whether these are coordinates; (0, 0) is what an address without coordinates carries.

    >>> is_point(48.1, 11.6), is_point(0.0, 0.0), is_point(91, 0)
    (True, False, False)
    """
    return bool(latitude or longitude) and -90 <= latitude <= 90 and -180 <= longitude <= 180


def distance(one, two):
    """Return the kilometres between two points.

    >>> round(distance((48.1374, 11.5755), (52.5186, 13.4081)))
    504
    """
    (lat1, lon1), (lat2, lon2) = [(radians(latitude), radians(longitude)) for latitude, longitude in (one, two)]
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def length(points, start=None):
    """Return the kilometres of a route through `points` in this order, from `start` if given.

    >>> round(length([(0, 1), (0, 2)], start=(0, 0)))
    222
    """
    path = ([start] if start else []) + list(points)
    return sum(distance(one, two) for one, two in zip(path, path[1:], strict=False))


def best_order(points, start=None):
    """Return the indexes of `points` in the order to visit them.

    Never longer than the entry order: that one is improved too, and the shorter result is taken. With a start the
    start is fixed; without, any customer can be first.

    >>> best_order([(0, 3), (0, 1), (0, 2)], start=(0, 0))
    [1, 2, 0]
    """
    count = len(points)
    if count < 2:
        return list(range(count))
    between = [[distance(one, two) for two in points] for one in points]
    first_leg = [distance(start, point) if start else 0.0 for point in points]
    firsts = [min(range(count), key=first_leg.__getitem__)] if start else range(min(count, 12))
    tries = [list(range(count))] + [_nearest_neighbour(first, between) for first in firsts]
    best = tries[0]
    for order in tries:
        improved = _two_opt(list(order), between, first_leg)
        if _total(improved, between, first_leg) < _total(best, between, first_leg) - TINY_KM:
            best = improved
    return best


def _total(order, between, first_leg):
    legs = sum(between[one][two] for one, two in zip(order, order[1:], strict=False))
    return first_leg[order[0]] + legs


def _nearest_neighbour(first, between):
    order, left = [first], set(range(len(between))) - {first}
    while left:
        nearest = min(left, key=lambda point: (between[order[-1]][point], point))
        order.append(nearest)
        left.remove(nearest)
    return order


def _two_opt(order, between, first_leg):
    """Turn parts of the route around as long as that shortens it."""
    count, better = len(order), True
    while better:
        better = False
        for i in range(count - 1):
            for j in range(i + 1, count):
                if _gain(order, i, j, between, first_leg) > TINY_KM:
                    order[i : j + 1] = order[i : j + 1][::-1]
                    better = True
    return order


def _gain(order, i, j, between, first_leg):
    """Kilometres saved by visiting order[i..j] backwards."""
    one, two = order[i], order[j]
    before = first_leg[one] if i == 0 else between[order[i - 1]][one]
    after = first_leg[two] if i == 0 else between[order[i - 1]][two]
    if j + 1 < len(order):
        before += between[two][order[j + 1]]
        after += between[one][order[j + 1]]
    return before - after


def map_url(places, start=None):
    """Return the link that shows the way through `places` ('48.1,11.5' or an address) on a map.

    >>> map_url(["48.1,11.5", "48.2,11.6"], start="48,11")
    'https://www.google.com/maps/dir/?api=1&origin=48%2C11&destination=48.2%2C11.6&waypoints=48.1%2C11.5'
    >>> map_url(["Main Street 1, Bonn"])
    'https://www.google.com/maps/search/?api=1&query=Main+Street+1%2C+Bonn'
    """
    if len(places) == 1 and not start:
        return f"https://www.google.com/maps/search/?{urlencode({'api': 1, 'query': places[0]})}"
    stops = list(places)
    query = {"api": 1, "origin": start or stops.pop(0), "destination": stops.pop()}
    if stops:
        query["waypoints"] = "|".join(stops)
    return f"https://www.google.com/maps/dir/?{urlencode(query)}"
