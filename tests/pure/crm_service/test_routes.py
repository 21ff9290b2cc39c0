"""R108, R104: the first route that fits decides; a question is answered only when it is the one asked."""

import doctest
import importlib

from hypothesis import given
from hypothesis import strategies as st

routes = importlib.import_module("suite_tools.crm_service.routes")
Conditions, Facts = routes.Conditions, routes.Facts

few = st.frozensets(st.integers(1, 3), max_size=2)
conditions = st.builds(
    Conditions,
    teams=few,
    classes=st.frozensets(st.sampled_from("abc"), max_size=2),
    tags=few,
    countries=few,
    categories=few,
    keywords=st.lists(st.sampled_from(["order status", "balance"]), max_size=2).map(tuple),
)
facts = st.builds(
    Facts,
    team=st.integers(0, 3),
    customer_class=st.sampled_from(["", "a", "b"]),
    tags=few,
    country=st.integers(0, 3),
    category=st.integers(0, 3),
    text=st.sampled_from(["", "What is my balance?", "Status of order 7", "hello"]),
)


def test_examples_in_docstrings():
    result = doctest.testmod(routes)
    assert result.attempted >= 5
    assert result.failed == 0


@given(conditions, facts)
def test_a_condition_taken_away_never_makes_a_route_fit_less(route, request):
    if routes.fits(route, request):
        for name in Conditions._fields:
            assert routes.fits(route._replace(**{name: type(getattr(route, name))()}), request)


@given(st.lists(conditions, max_size=4), facts)
def test_the_first_that_fits_decides_and_an_empty_route_fits_all(several, request):
    index = routes.first(several, request)
    if index is None:
        assert not any(routes.fits(route, request) for route in several)
        assert routes.first([*several, Conditions()], request) == len(several)
    else:
        assert routes.fits(several[index], request)
        assert not any(routes.fits(route, request) for route in several[:index])


@given(st.lists(st.sampled_from(["opening hours", "bank account", "hours", "bank"]), min_size=1, max_size=4), st.text())
def test_two_questions_alike_are_undecided(phrases, text):
    twins = [(1, phrases), (2, phrases)]
    assert routes.best_question(twins, text + " opening hours bank account") is None


@given(st.integers(1, 99999), st.integers(1, 99999))
def test_a_reference_is_found_as_a_whole_only(one, two):
    names = [f"S{one}", f"S{two}"]
    assert f"S{one}" in routes.references_in(names, f"Where is s{one}?")
    if one != two:
        assert f"S{two}" not in routes.references_in(names, f"Where is s{one}?")
