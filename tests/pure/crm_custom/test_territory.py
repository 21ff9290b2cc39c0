"""The territory rule: specificity decides, ties are conflicts, overlaps are found."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_custom import territory as rules
from suite_tools.crm_custom.territory import Place, Rule

DAY = date(2026, 6, 30)
codes = st.sampled_from(["", "10", "15", "19", "2", "29999"])
some_rules = st.builds(
    Rule,
    key=st.integers(1, 999),
    territory=st.integers(1, 4),
    country=st.sampled_from([None, 1, 2]),
    state=st.sampled_from([None, 7]),
    zip_from=codes,
    industry=st.sampled_from([None, 3]),
    size_min=st.sampled_from([0, 10]),
    size_max=st.sampled_from([0, 50]),
)
places = st.builds(
    Place,
    country=st.sampled_from([None, 1, 2]),
    state=st.sampled_from([None, 7]),
    zip=st.sampled_from(["", "10115", "19 999", "29"]),
    industry=st.sampled_from([None, 3]),
    size=st.sampled_from([None, 10, 60]),
)


@given(st.lists(some_rules, max_size=6), places)
def test_order_of_rules_does_not_matter(rows, place):
    assert rules.decide(rows, place, DAY) == rules.decide(rows[::-1], place, DAY)


@given(some_rules, some_rules, places)
def test_rules_that_never_overlap_never_conflict(one, two, place):
    if not rules.overlap(one, two):
        assert rules.decide([one, two], place, DAY)[0] != rules.CONFLICT
    assert rules.overlap(one, two) == rules.overlap(two, one)


def test_postcode_range_takes_what_begins_with_its_end():
    rule = Rule(1, 1, zip_from="10", zip_to="19")
    taken = [code for code in ("09999", "10000", "19999", "20000", "") if rules.matches(rule, Place(zip=code), DAY)]
    assert taken == ["10000", "19999"]


def test_dates_are_inclusive():
    rule = Rule(1, 1, start=DAY, stop=DAY)
    days = [date(2026, 6, 29), DAY, date(2026, 7, 1)]
    assert [rules.matches(rule, Place(), day) for day in days] == [False, True, False]


def test_deeper_territory_wins_a_tie():
    rows = [Rule(1, 10, depth=1, country=1), Rule(2, 20, depth=2, country=1)]
    assert rules.decide(rows, Place(country=1), DAY) == (rules.ASSIGNED, 20, (2,))
