"""The rules of question groups and of assignment."""

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st
from suite_tools.crm_service.assignment import (
    ABSENT,
    FULL,
    UNSKILLED,
    Agent,
    Group,
    choose_agent,
    found_keywords,
    match_group,
    split_keywords,
    ticket_weight,
)

LAMPS = Group(1, frozenset({10}), ("lamp", "灯泡"))
PUMPS = Group(2, frozenset({20}), ("pump", "leak"))
TALK = Group(3, frozenset(), ("invoice", "price"))
GROUPS = (LAMPS, PUMPS, TALK)


def test_product_or_keyword_alone_decides():
    """R100: the product's category (or a parent of it), else the words of the request."""
    assert match_group(GROUPS, "It is broken", [1, 20, 21]).group == 2
    assert match_group(GROUPS, "The pumps leak", []) == (2, False, ("pump", "leak"))
    assert match_group(GROUPS, "Wrong PRICE", [30]).group == 3
    assert match_group(GROUPS, "Hello", []) is None
    assert match_group(GROUPS, "换灯泡", []).group == 1


def test_product_of_another_category_rules_a_group_out():
    assert match_group(GROUPS, "lamp lamp leak", [20]).group == 2
    assert match_group((LAMPS,), "lamp", [20]) is None


def test_more_evidence_wins_and_order_breaks_ties():
    assert match_group(GROUPS, "pump leak: price of the invoice", []).group == 2
    assert match_group((TALK, PUMPS), "pump leak: price of the invoice", []).group == 3
    assert match_group(GROUPS, "price", [10]).group == 1


def test_keywords_stand_at_the_start_of_a_word():
    assert found_keywords(("port",), "transport") == ()
    assert found_keywords(("port",), "ports, Port") == ("port",)
    assert found_keywords(("no light",), "There is no\nlight") == ("no light",)
    assert split_keywords("") == split_keywords(None) == split_keywords(" ,;\n") == ()


@given(st.text(), st.text())
def test_any_text_is_a_text(keywords, text):
    """No text of a user breaks the rule, and a keyword is found in itself."""
    words = split_keywords(keywords)
    assert set(found_keywords(words, text)) <= set(words)
    for word in words:
        assert word in found_keywords((word,), word)


def test_urgent_counts_double_and_waiting_a_quarter():
    assert [ticket_weight(priority, False) for priority in "0123"] == [0.5, 1, 1.5, 2]
    assert ticket_weight("3", True) == 0.5


def test_lowest_load_of_the_present_skilled_free():
    """R101: skill, presence and capacity rule out; then the load decides."""
    agents = [
        Agent(1, level=0, open=0, load=0),
        Agent(2, level=3, open=0, load=0, present=False),
        Agent(3, level=2, open=5, load=1, capacity=5),
        Agent(4, level=1, open=4, load=3.5),
        Agent(5, level=1, open=4, load=3, capacity=5),
    ]
    choice = choose_agent(agents)
    assert choice.agent.id == 5
    assert choice.candidates == 2
    assert choice.refused == {UNSKILLED: 1, ABSENT: 1, FULL: 1}
    assert choose_agent(agents, need_skill=False).agent.id == 1
    assert choose_agent(agents[:3]).agent is None


def test_ties_go_to_skill_then_to_who_waited_longest():
    early, late = datetime(2026, 1, 1), datetime(2026, 1, 2)
    assert choose_agent([Agent(1, 1, 0, 0), Agent(2, 2, 0, 0)]).agent.id == 2
    assert choose_agent([Agent(1, 1, 0, 0, last=late), Agent(2, 1, 0, 0, last=early)]).agent.id == 2
    assert choose_agent([Agent(1, 1, 0, 0, last=early), Agent(2, 1, 0, 0)]).agent.id == 2
    assert choose_agent([Agent(2, 1, 0, 0), Agent(1, 1, 0, 0)]).agent.id == 1


AGENTS = st.lists(
    st.builds(
        Agent,
        id=st.integers(1, 9),
        level=st.integers(0, 3),
        open=st.integers(0, 6),
        load=st.floats(0, 10),
        capacity=st.integers(0, 6),
        present=st.booleans(),
    ),
    unique_by=lambda agent: agent.id,
)


@given(AGENTS, st.booleans())
def test_nobody_absent_full_or_unskilled_is_ever_chosen(agents, need_skill):
    choice = choose_agent(agents, need_skill)
    assert choice.candidates + sum(choice.refused.values()) == len(agents)
    if choice.agent:
        assert choice.agent.present
        assert not choice.agent.capacity or choice.agent.open < choice.agent.capacity
        assert choice.agent.level or not need_skill
    else:
        assert choice.candidates == 0


@given(AGENTS)
def test_the_order_of_the_agents_does_not_matter(agents):
    assert choose_agent(agents).agent == choose_agent(agents[::-1]).agent
