from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_marketing import dealing

calls = st.lists(
    st.tuples(st.none() | st.integers(1, 5), st.none() | st.integers(1, 5)), max_size=40
).map(lambda rows: [dealing.Call(number, *row) for number, row in enumerate(rows)])  # fmt: skip
loads = st.dictionaries(st.integers(1, 4), st.integers(0, 5), max_size=4)


def test_own_customers_first_then_territory_then_the_idle():
    rows = [dealing.Call(1, 8, 7), dealing.Call(2, 9, 7), dealing.Call(3), dealing.Call(4, 9, 9)]
    assert dealing.deal(rows, {7: 0, 8: 5}) == {1: (8, "own"), 2: (7, "territory"), 3: (7, "load"), 4: (7, "load")}


def test_nobody_is_given_more_than_he_holds():
    rows = [dealing.Call(number, 7) for number in range(4)]
    assert dealing.deal(rows, {7: 1, 8: 0}, capacity=2) == {
        0: (7, "own"), 1: (8, "load"), 2: (8, "load"), 3: (None, None)
    }  # fmt: skip


@given(calls, loads, st.integers(0, 6))
def test_every_call_once_and_never_over_the_limit(rows, held, capacity):
    dealt = dealing.deal(rows, held, capacity)
    assert set(dealt) == {call.id for call in rows}
    given_to = Counter(agent for agent, _reason in dealt.values() if agent)
    for agent, count in given_to.items():
        assert agent in held
        assert not capacity or held[agent] + count <= capacity
    if held and not capacity:
        assert all(agent for agent, _reason in dealt.values())


@given(calls, st.integers(2, 4))
def test_strangers_are_spread_evenly(rows, agents):
    strangers = [dealing.Call(call.id) for call in rows]
    dealt = dealing.deal(strangers, dict.fromkeys(range(agents), 0))
    counts = Counter(dict.fromkeys(range(agents), 0))
    counts.update(agent for agent, _reason in dealt.values())
    assert max(counts.values()) - min(counts.values()) <= 1
