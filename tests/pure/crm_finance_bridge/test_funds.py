import datetime

from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_finance_bridge import funds

DAYS = st.dates(datetime.date(2019, 1, 1), datetime.date(2028, 12, 31))
STEPS = st.sampled_from(sorted(funds.STEPS))


def test_months_of_a_span_are_cut_to_it():
    day = datetime.date
    assert funds.periods(day(2025, 12, 5), day(2026, 2, 3), "month") == [
        (day(2025, 12, 5), day(2025, 12, 31)),
        (day(2026, 1, 1), day(2026, 1, 31)),
        (day(2026, 2, 1), day(2026, 2, 3)),
    ]
    assert funds.periods(day(2026, 2, 3), day(2026, 2, 2), "month") == []
    assert funds.period_start(day(2026, 5, 31), "quarter") == day(2026, 4, 1)


@given(DAYS, DAYS, STEPS)
def test_periods_cover_every_day_once(first, last, step):
    spans = funds.periods(first, last, step)
    if first > last:
        assert not spans
        return
    assert spans[0][0] == first
    assert spans[-1][1] == last
    for (_start, stop), (start, _stop) in zip(spans, spans[1:], strict=False):
        assert start - stop == datetime.timedelta(days=1)


@given(st.lists(st.tuples(DAYS, st.integers(0, 999), st.integers(0, 999))), DAYS, DAYS, STEPS)
def test_sums_equal_brute_force(rows, first, last, step):
    found = funds.by_period(rows, first, last, step)
    inside = [row for row in rows if first <= row[0] <= last]
    assert sum(period["in"] for period in found) == sum(row[1] for row in inside)
    assert sum(period["out"] for period in found) == sum(row[2] for row in inside)
    for period in found:
        mine = [row for row in inside if period["start"] <= row[0] <= period["stop"]]
        assert period["net"] == sum(row[1] - row[2] for row in mine)
