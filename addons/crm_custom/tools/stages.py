"""Rules of the pipeline's stages: which gates stand before a place, and how slow a deal is.

A stage is `(id, is_won, is_start, team ids)` in the order of the pipeline; no Odoo here.
"""

from typing import NamedTuple

MIN_WON = 5
"""Won deals below which the median of a stage says nothing ('not enough data')."""


class Stage(NamedTuple):
    """A stage of the pipeline; `team_ids` empty = open to every team; `fold` = not where deals start."""

    id: int
    is_won: bool = False
    fold: bool = False
    team_ids: frozenset = frozenset()

    def serves(self, team_id):
        return not self.team_ids or team_id in self.team_ids


class Place(NamedTuple):
    """Where a deal stands. `kind`: 'lead' or 'opportunity'; ids may be False."""

    kind: str
    stage_id: int
    team_id: int
    company_id: int


class Gate(NamedTuple):
    """A gate before a stage; team and company False = for all."""

    id: int
    stage_id: int
    team_id: int = False
    company_id: int = False


def gates_behind(gates, stages, place):
    """Return the ids of the gates that a deal standing at the place must have passed.

    `stages`: all stages, in order. A leap counts: the gates of every stage up to the place's own. Whoever wins has
    passed all stages of the team. The stage in which deals of the team start, and what lies before, has no gate.
    Leads that are not yet opportunities have passed none.

    >>> line = [Stage(1), Stage(2), Stage(3), Stage(4, is_won=True)]
    >>> gates = [Gate(20, 2), Gate(30, 3, team_id=7), Gate(40, 4)]
    >>> sorted(gates_behind(gates, line, Place("opportunity", 3, 7, 1)))
    [20, 30]
    >>> sorted(gates_behind(gates, line, Place("opportunity", 4, 8, 1)))
    [20, 40]
    >>> gates_behind(gates, line, Place("lead", 4, 7, 1))
    set()
    """
    if not place or place.kind != "opportunity" or not place.stage_id:
        return set()
    passed = stages_behind(stages, place.stage_id, place.team_id)
    return {
        gate.id
        for gate in gates
        if gate.stage_id in passed
        and gate.team_id in (False, place.team_id)
        and gate.company_id in (False, place.company_id)
    }


def stages_behind(stages, stage_id, team_id):
    """Return the ids of the stages whose gates count for a deal of the team in the stage.

    >>> line = [Stage(1), Stage(2, team_ids=frozenset({7})), Stage(3), Stage(4, is_won=True)]
    >>> sorted(stages_behind(line, 3, 8))
    [3]
    >>> sorted(stages_behind(line, 4, 7))
    [2, 3, 4]
    >>> stages_behind(line, 1, 7)
    set()
    """
    places = {stage.id: number for number, stage in enumerate(stages)}
    if stage_id not in places:
        return set()
    start = next((places[stage.id] for stage in stages if stage.serves(team_id) and not stage.fold), -1)
    own = stages[places[stage_id]]
    if places[stage_id] == start or (places[stage_id] < start and not own.is_won):
        return set()
    passed = {
        stage.id
        for stage in stages
        if places[stage.id] > start
        and stage.serves(team_id)
        and not stage.is_won
        and (own.is_won or places[stage.id] < places[stage_id])
    }
    return passed | {stage_id}


def pace(days, deals, median_days, p75_days):
    """Return how a deal's days in its stage compare with those of won deals there.

    'no_data' under MIN_WON won deals, 'normal' up to the median, 'slow' up to the upper quartile, else 'stuck'.

    >>> [pace(days, 9, 10.0, 20.0) for days in (10, 20, 21)]
    ['normal', 'slow', 'stuck']
    >>> pace(99, 4, 10.0, 20.0)
    'no_data'
    """
    if not deals or deals < MIN_WON:
        return "no_data"
    if days <= median_days:
        return "normal"
    return "slow" if days <= p75_days else "stuck"
