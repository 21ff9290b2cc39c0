"""Which gates stand before a deal, and how slow it is."""

import doctest
import importlib

from hypothesis import given
from hypothesis import strategies as st

stages = importlib.import_module("suite_tools.crm_custom.stages")

TEAMS = (False, 1, 2)
LINES = st.lists(st.tuples(st.booleans(), st.booleans(), st.sets(st.sampled_from((1, 2)))), min_size=2, max_size=7).map(
    lambda rows: [
        stages.Stage(number, won, fold, frozenset(teams)) for number, (won, fold, teams) in enumerate(rows, 1)
    ]
)
GATES = st.lists(st.tuples(st.integers(1, 7), st.sampled_from(TEAMS)), max_size=9).map(
    lambda rows: [stages.Gate(number, stage, team) for number, (stage, team) in enumerate(rows, 1)]
)


def test_examples_in_docstrings():
    result = doctest.testmod(stages)
    assert result.attempted > 0
    assert result.failed == 0


@given(LINES, GATES, st.lists(st.tuples(st.integers(1, 7), st.sampled_from(TEAMS)), min_size=1, max_size=6))
def test_no_way_round_leads_past_a_gate(line, gates, way):
    """Whatever the steps between, the gates met on the way cover those behind the last place."""
    met, before = set(), None
    for stage, team in way:
        place = stages.Place("opportunity", stage, team, 1)
        behind = stages.gates_behind(gates, line, place)
        met |= behind - stages.gates_behind(gates, line, before)
        before = place
    assert stages.gates_behind(gates, line, before) <= met


@given(LINES, GATES, st.sampled_from(TEAMS))
def test_a_new_deal_can_always_begin(line, gates, team):
    start = next((stage for stage in line if stage.serves(team) and not stage.fold), None)
    if start:
        assert not stages.gates_behind(gates, line, stages.Place("opportunity", start.id, team, 1))
