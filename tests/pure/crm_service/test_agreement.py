"""R090: which agreement covers a request and what is left of it: rules on days and ids alone."""

import importlib
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

agreement = importlib.import_module("suite_tools.crm_service.agreement")
Cover = agreement.Cover

days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
names = st.frozensets(st.integers(1, 4), max_size=2)


@st.composite
def covers(draw):
    start = draw(days)
    stop = start + timedelta(days=draw(st.integers(0, 900)))
    return Cover(draw(st.integers(1, 99)), start, stop, draw(names), draw(names), draw(names))


@given(st.lists(covers(), max_size=6), days, st.integers(1, 4), st.integers(1, 4), names)
def test_the_closest_valid_agreement_is_taken(found, day, asset, product, categories):
    """R090: the one taken is valid, fits, and none that is valid fits more closely."""
    chosen = agreement.choose(found, day, asset, product, categories)
    fits = [item.fit(asset, product, categories) for item in found if item.valid(day)]
    fits = [fit for fit in fits if fit is not None]
    if chosen is None:
        assert not fits
    else:
        assert chosen.start <= day <= chosen.stop
        assert chosen.fit(asset, product, categories) == max(fits)


def test_both_ends_belong_to_the_agreement():
    """R090: the first and the last day are covered, the days beside them are not."""
    cover = Cover(1, date(2026, 1, 1), date(2026, 12, 31))
    assert [cover.valid(date(*day)) for day in ((2025, 12, 31), (2026, 1, 1), (2026, 12, 31), (2027, 1, 1))] == [
        False,
        True,
        True,
        False,
    ]
    assert agreement.last_ended([cover], date(2026, 12, 31)) is None
    assert agreement.last_ended([cover], date(2027, 1, 1)) is cover


def test_naming_one_product_leaves_the_others_out():
    """R090: an agreement on one product covers nothing else; one that names nothing covers everything."""
    on_one = Cover(1, date(2026, 1, 1), date(2026, 12, 31), products=frozenset({7}))
    assert on_one.fit(product=7) == agreement.PRODUCT
    assert on_one.fit(product=8) is None
    assert Cover(2, date(2026, 1, 1), date(2026, 12, 31)).fit() == agreement.EVERYTHING


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_left_is_never_negative(quantity, used):
    """R090: what is left lies between nothing and all; without a quantity there is no limit."""
    rest = agreement.left(quantity, used)
    assert rest is None if not quantity else 0 <= rest <= quantity


@given(days, st.integers(1, 120))
def test_months_later(day, months):
    """R125: warranty and maintenance end on the same day of the month, or on its last."""
    later = agreement.after_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day
    assert agreement.after_months(day, 0) is None


@given(days, st.integers(0, 1500))
def test_the_next_period_follows_without_gap(start, length):
    """R090: a renewal begins the day after and lasts about as long."""
    stop = start + timedelta(days=length)
    first, last = agreement.next_period(start, stop)
    assert first == stop + timedelta(days=1)
    assert abs((last - first).days - length) <= 3


def test_a_year_stays_a_year():
    """R090: an agreement of one calendar year is renewed for the next, leap year or not."""
    assert agreement.next_period(date(2027, 1, 1), date(2027, 12, 31)) == (date(2028, 1, 1), date(2028, 12, 31))
