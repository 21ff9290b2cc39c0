"""Reading of a service clock from the events of its ticket.

Nothing is counted tick by tick: a clock is a function of the ticket's events, of the terms that were in force and of
the moment at which it is read. Whoever has the events can therefore recompute every stored figure.

Signs: slack is the time left; negative = the target is overrun. All times are naive UTC.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from .intervals import ZERO, WorkingTime

# Kinds of ticket events.
OPEN = "open"  # the request arrived; carries the terms
POLICY = "policy"  # other terms hold from here on; time used so far stays used
RESPONSE = "response"  # an agent answered the customer
PAUSE = "pause"  # we wait for the customer
RESUME = "resume"
SOLVE = "solve"
REOPEN = "reopen"

# Kinds of clocks.
FIRST_RESPONSE = "response"
RESOLUTION = "resolution"

RUNNING, PAUSED, MET, BREACHED = "running", "paused", "met", "breached"


class Event(NamedTuple):
    at: datetime
    kind: str


class Terms(NamedTuple):
    """What was promised from `since` on: a target as working time of one calendar."""

    since: datetime
    target: timedelta
    working: WorkingTime


class Reading(NamedTuple):
    """A clock at one moment. `deadline` is None while the clock is paused in time or the calendar has no working time.

    `breached_at` is the deadline that passed, not the moment somebody noticed; once set it stays, whatever follows.
    """

    state: str
    started: datetime
    stopped: datetime | None
    paused_since: datetime | None
    deadline: datetime | None
    breached_at: datetime | None
    elapsed: timedelta
    slack: timedelta


def read_clock(clock, events, terms, now):
    """Return the `Reading` of a clock (FIRST_RESPONSE or RESOLUTION) at `now`.

    Precondition: `events` are in order and start with OPEN; `terms` are in order, the first holds from OPEN on.
    Events after `now` are not known yet and are left out. The state is decided in this order: breached, met, paused,
    running. A target is broken when the clock stops, or runs on, after its deadline; stopping at the deadline meets it.
    """
    events = [event for event in events if event.at <= now]
    terms = [item for item in terms if item.since <= now] or list(terms[:1])
    started = events[0].at if events else terms[0].since
    stopped, held_since, pauses = _holds(clock, events)
    end = stopped or held_since or now
    if stopped is not None:
        # Terms agreed after the clock stopped promise nothing any more.
        terms = [item for item in terms if item.since <= stopped] or list(terms[:1])
    used, deadline, breached_at = ZERO, None, None
    for index, item in enumerate(terms):
        last = index + 1 == len(terms)
        stop = end if last else min(terms[index + 1].since, end)
        deadline = item.working.deadline(item.since, item.target - used, pauses)
        if breached_at is None and deadline is not None and deadline < stop:
            breached_at = deadline
        used += item.working.elapsed(item.since, stop, pauses)
    if held_since is not None and stopped is None and deadline is not None and deadline > held_since:
        deadline = None
    return Reading(
        state=_state(breached_at, stopped, held_since),
        started=started,
        stopped=stopped,
        paused_since=held_since if stopped is None else None,
        deadline=deadline,
        breached_at=breached_at,
        elapsed=used,
        slack=terms[-1].target - used,
    )


def _state(breached_at, stopped, held_since):
    if breached_at is not None:
        return BREACHED
    if stopped is not None:
        return MET
    return RUNNING if held_since is None else PAUSED


def _holds(clock, events):
    """Return (moment the clock stopped or None, start of the pause still open or None, closed pauses).

    The first response stops for good at the first answer, or at the solution when no answer came before. The
    resolution stops at the solution; a reopening starts it again and the time spent solved counts as a pause.
    """
    waiting = solved = False
    since, pauses = None, []
    for event in events:
        if clock == FIRST_RESPONSE and event.kind in (RESPONSE, SOLVE):
            return event.at, None, pauses + ([(since, event.at)] if since is not None else [])
        if event.kind in (PAUSE, RESUME):
            waiting = event.kind == PAUSE
        elif event.kind in (SOLVE, REOPEN):
            solved = event.kind == SOLVE
            waiting = False
        held = waiting or solved
        if held and since is None:
            since = event.at
        elif not held and since is not None:
            pauses.append((since, event.at))
            since = None
    if solved:
        # The open pause, if any, began before the solution: the ticket was solved while we waited.
        stopped = max(event.at for event in events if event.kind == SOLVE)
        return stopped, None, pauses + ([(since, stopped)] if since < stopped else [])
    return None, since, pauses


WAITING_STAGES = frozenset({"waiting"})
DONE_STAGES = frozenset({"solved", "closed"})


def stage_events(old, new):
    """Return the kinds of events that a move between two kinds of stages makes, in order.

    >>> stage_events("open", "waiting"), stage_events("waiting", "solved"), stage_events("solved", "closed")
    (['pause'], ['solve'], [])
    >>> stage_events("closed", "waiting")
    ['reopen', 'pause']
    """
    kinds = []
    if new in DONE_STAGES:
        return [] if old in DONE_STAGES else [SOLVE]
    if old in DONE_STAGES:
        kinds.append(REOPEN)
    if new in WAITING_STAGES and old not in WAITING_STAGES:
        kinds.append(PAUSE)
    elif old in WAITING_STAGES and new not in WAITING_STAGES:
        kinds.append(RESUME)
    return kinds
