"""Who calls whom: customers of a call list dealt to agents. Pure; loads and capacities are numbers of open calls."""

from typing import NamedTuple

OWN, TERRITORY, LOAD = "own", "territory", "load"


class Call(NamedTuple):
    """A customer to be called; `owner` and `keeper` are the salesperson of the customer and of its territory."""

    id: int
    owner: int | None = None
    keeper: int | None = None


def deal(calls, loads, capacity=0):
    """Return {call id: (agent, reason) or (None, None)}.

    `loads`: {agent: open calls now}; `capacity`: most open calls an agent holds, 0 = no limit. The customer's own
    salesperson comes first, then that of the territory, each while there is room; the rest go to the agent with the
    fewest calls, of equals to the lower number. Customers who know an agent are dealt before those who know none,
    so that strangers do not fill an agent whose own customers wait.

    >>> deal([Call(1), Call(2, owner=8), Call(3)], {7: 0, 8: 0})
    {2: (8, 'own'), 1: (7, 'load'), 3: (7, 'load')}
    """
    loads = dict(loads)

    def room(agent):
        return agent in loads and (not capacity or loads[agent] < capacity)

    dealt = {}
    for known in (True, False):
        for call in calls:
            if call.id in dealt:
                continue
            choice = _known(call, room) if known else _fewest(loads, room)
            if choice:
                loads[choice[0]] += 1
                dealt[call.id] = choice
            elif not known:
                dealt[call.id] = (None, None)
    return dealt


def _known(call, room):
    if call.owner is not None and room(call.owner):
        return call.owner, OWN
    if call.keeper is not None and room(call.keeper):
        return call.keeper, TERRITORY
    return None


def _fewest(loads, room):
    free = [agent for agent in loads if room(agent)]
    return (min(free, key=lambda agent: (loads[agent], agent)), LOAD) if free else None
