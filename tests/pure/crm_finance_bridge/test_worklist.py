"""The worklist: what a call is worth grows and shrinks the way it should, and a day never exceeds a capacity."""

from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_finance_bridge import worklist

money = st.floats(0, 1e6, allow_nan=False)
facts = st.builds(
    worklist.Facts,
    free=st.tuples(*[money] * 5),
    unapplied=money,
    kept=st.integers(0, 5),
    judged=st.integers(5, 9),
    contact_days=st.none() | st.integers(0, 60),
    broken_days=st.none() | st.integers(0, 60),
    no_answer=st.integers(0, 5),
)


@given(facts)
def test_gain_is_bounded(item):
    claim = sum(worklist.claimable(item))
    assert -1e-6 <= worklist.gain(item) <= claim * max(worklist.UPLIFT) * 1.5 + 1e-6
    assert abs(claim - max(0.0, sum(item.free) - item.unapplied)) < 1e-3


@given(facts, money)
def test_more_money_more_gain_and_silence_less(item, extra):
    more = item._replace(free=(item.free[0] + extra, *item.free[1:]))
    assert worklist.gain(more) >= worklist.gain(item) - 1e-6
    assert worklist.gain(item._replace(no_answer=item.no_answer + 1)) <= worklist.gain(item)
    if item.kept < item.judged:
        assert worklist.gain(item._replace(kept=item.kept + 1)) >= worklist.gain(item)


tasks = st.dictionaries(st.integers(1, 50), st.tuples(money, st.booleans()), max_size=20)


@given(tasks, st.integers(0, 10))
def test_plan(rows, capacity):
    chosen = worklist.plan([(key, gain, pinned) for key, (gain, pinned) in rows.items()], capacity)
    pinned = {key for key, row in rows.items() if row[1]}
    assert pinned <= set(chosen)
    assert len(chosen) <= max(capacity, len(pinned))
    left = [rows[key][0] for key in rows if key not in chosen]
    worst = min((rows[key][0] for key in chosen if key not in pinned), default=None)
    assert worst is None or all(gain <= worst for gain in left)


@given(tasks, st.dictionaries(st.integers(1, 4), st.integers(0, 5), max_size=4))
def test_assign(rows, collectors):
    chosen = worklist.assign([(key, row[0]) for key, row in rows.items()], collectors, {})
    able = {key for key, capacity in collectors.items() if capacity}
    assert set(chosen.values()) <= able
    assert set(chosen) == (set(rows) if able else set())
