"""R022: the day's route is a permutation of the visits and never longer than the entry order."""

import doctest
import itertools

from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_custom import route

POINTS = st.lists(st.tuples(st.floats(-85, 85), st.floats(-179, 179)), max_size=12)
START = st.none() | st.tuples(st.floats(-85, 85), st.floats(-179, 179))


def test_examples_in_docstrings():
    result = doctest.testmod(route)
    assert result.attempted > 0
    assert result.failed == 0


@given(POINTS, START)
def test_every_visit_once_and_never_longer(points, start):
    order = route.best_order(points, start)
    assert sorted(order) == list(range(len(points)))
    ordered = [points[index] for index in order]
    assert route.length(ordered, start) <= route.length(points, start) + 1e-6


@given(POINTS, START)
def test_same_facts_same_route(points, start):
    assert route.best_order(points, start) == route.best_order(points, start)


@given(st.lists(st.tuples(st.floats(40, 50), st.floats(5, 15)), min_size=2, max_size=6), st.floats(40, 50))
def test_near_the_shortest_of_all_orders(points, latitude):
    start = (latitude, 10.0)
    shortest = min(route.length(order, start) for order in itertools.permutations(points))
    order = route.best_order(points, start)
    assert route.length([points[index] for index in order], start) <= 1.35 * shortest + 1e-6


@given(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), st.tuples(st.floats(-90, 90), st.floats(-180, 180)))
def test_distance_is_symmetric_and_at_most_half_the_globe(one, two):
    assert abs(route.distance(one, two) - route.distance(two, one)) < 1e-6
    assert 0 <= route.distance(one, two) <= route.EARTH_KM * 3.1416
