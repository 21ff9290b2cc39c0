"""Reading of the service clocks of a ticket from its events.

Nothing is counted tick by tick: a clock is a function of the ticket's events, of the terms that were in force and of
the moment at which it is read. Whoever has the events can therefore recompute every stored figure.

Signs: slack is the time left; negative = the target is overrun. All times are naive UTC.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from .intervals import ZERO, WorkingTime, normalize, subtract

# Kinds of ticket events.
OPEN = "open"  # the request arrived; carries the terms
POLICY = "policy"  # other terms hold from here on; time used so far stays used
ASSIGN = "assign"  # somebody owns the ticket who was without owner
CUSTOMER = "customer"  # the customer wrote
RESPONSE = "response"  # an agent answered the customer
PAUSE = "pause"  # we wait for the customer, or for another party that the policy lets us wait for
RESUME = "resume"
SOLVE = "solve"
REOPEN = "reopen"
STAGE = "stage"  # another stage that means the same to the clocks

# Kinds of clocks.
FIRST_RESPONSE = "response"
NEXT_RESPONSE = "next_response"
RESOLUTION = "resolution"
MILESTONE = "milestone"

RUNNING, PAUSED, MET, BREACHED = "running", "paused", "met", "breached"

# Shares of the promised time, in percent, at which a running clock warns.
WARNINGS = (50, 75, 90)


class Event(NamedTuple):
    """`stage` is the stage that the ticket came to with this event, None when it stayed where it was."""

    at: datetime
    kind: str
    stage: int | None = None


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
    warnings: tuple = ()  # the moments at which the shares of WARNINGS are reached, while the clock runs in time

    def next_warning(self, warned):
        """Return the moment of the first warning after `warned` percent, or None when none is left."""
        return next((at for share, at in zip(WARNINGS, self.warnings, strict=False) if share > warned), None)


class Rule(NamedTuple):
    """When a milestone starts and stops: a kind of event, or `stage:7` for the arrival in stage 7.

    `repeat`: it starts again whenever the start comes after a stop.
    """

    start: str
    stop: str
    repeat: bool = False


def read_clock(clock, events, terms, now):
    """Return the `Reading` of a clock (FIRST_RESPONSE or RESOLUTION) at `now`.

    Precondition: `events` are in order and start with OPEN; `terms` are in order, the first holds from OPEN on.
    Events after `now` are not known yet and are left out. The state is decided in this order: breached, met, paused,
    running. A target is broken when the clock stops, or runs on, after its deadline; stopping at the deadline meets it.
    """
    events = [event for event in events if event.at <= now]
    started = events[0].at if events else terms[0].since
    if clock == FIRST_RESPONSE:
        stopped = next((event.at for event in events if event.kind in (RESPONSE, SOLVE)), None)
    else:
        stopped = _last_solved(events)
    return _read(started, stopped, _holds(events), terms, now)


def read_next_responses(events, terms, now):
    """Return a `Reading` for each time that a customer who had been answered wrote again.

    Several messages before the answer are one question: the first of them starts the clock. The answer, or the
    solution, stops it. Messages before the first answer are the first response's affair.
    """
    known = [event for event in events if event.at <= now]
    first = next((number for number, event in enumerate(known) if event.kind in (RESPONSE, SOLVE)), len(known))
    spans = _spans(known[first:], lambda event: event.kind == CUSTOMER, lambda event: event.kind in (RESPONSE, SOLVE))
    return _read_spans(spans, known, terms, now)


def read_milestone(rule, events, terms, now):
    """Return a `Reading` for each run of a milestone: one, or with `rule.repeat` one for each start after a stop."""
    known = [event for event in events if event.at <= now]
    spans = _spans(known, _matcher(rule.start), _matcher(rule.stop))
    return _read_spans(spans if rule.repeat else spans[:1], known, terms, now)


def waits_since(events):
    """Return since when the customer waits for an answer, or None.

    From the opening until the first answer or solution, then from his first message after the last answer.

    >>> waits_since([Event(1, OPEN), Event(2, CUSTOMER)]), waits_since([Event(1, OPEN), Event(2, RESPONSE)])
    (1, None)
    >>> waits_since([Event(1, OPEN), Event(2, RESPONSE), Event(3, CUSTOMER), Event(4, CUSTOMER)])
    3
    """
    since = None
    for event in events:
        if event.kind in (RESPONSE, SOLVE):
            since = None
        elif event.kind in (OPEN, CUSTOMER) and since is None:
            since = event.at
    return since


def _read_spans(spans, events, terms, now):
    """Read each span that the terms reach; what was over before anything was promised is no clock."""
    holds = _holds(events)
    spans = [(started, stopped) for started, stopped in spans if stopped is None or stopped >= terms[0].since]
    return [_read(started, stopped, holds, terms, now) for started, stopped in spans]


def _read(started, stopped, holds, terms, now):
    """Return the `Reading` of one run of a clock; `holds` are the pauses [(start, stop or None)] of the ticket."""
    holds = [
        (max(start, started), stop)
        for start, stop in holds
        if (stop is None or stop > started) and (stopped is None or start < stopped)
    ]
    held_since = holds[-1][0] if holds and holds[-1][1] is None and stopped is None else None
    pauses = [(start, stop or stopped) for start, stop in holds if stop is not None or stopped is not None]
    end = stopped or held_since or now
    # Terms agreed after the clock stopped promise nothing any more.
    known = [item for item in terms if item.since <= (stopped or now)] or list(terms[:1])
    first = max((number for number, item in enumerate(known) if item.since <= started), default=0)
    known = known[first:]
    used, deadline, breached_at, warnings = ZERO, None, None, ()
    for index, item in enumerate(known):
        last = index + 1 == len(known)
        since = max(item.since, started)
        stop = end if last else min(known[index + 1].since, end)
        amounts = [item.target * share / 100 - used for share in WARNINGS] if last else []
        *warnings, deadline = item.working.deadlines(since, [*amounts, item.target - used], pauses)
        if breached_at is None and deadline is not None and _ran_between(deadline, stop, pauses):
            breached_at = deadline
        used += item.working.elapsed(since, stop, pauses)
    state = _state(breached_at, stopped, held_since)
    if held_since is not None and deadline is not None and deadline > held_since:
        deadline = None
    return Reading(
        state=state,
        started=started,
        stopped=stopped,
        paused_since=held_since,
        deadline=deadline,
        breached_at=breached_at,
        elapsed=used,
        slack=known[-1].target - used,
        warnings=tuple(warnings) if state == RUNNING else (),
    )


def _ran_between(start, stop, pauses):
    """Say whether the clock ran at some moment between two; a pause that begins at the deadline holds it there.

    >>> _ran_between(2, 5, [(2, 5)]), _ran_between(2, 5, [(2, 4)]), _ran_between(5, 5, [])
    (False, True, False)
    """
    return start < stop and bool(subtract([(start, stop)], normalize(pauses)))


def _state(breached_at, stopped, held_since):
    if breached_at is not None:
        return BREACHED
    if stopped is not None:
        return MET
    return RUNNING if held_since is None else PAUSED


def _last_solved(events):
    """Return when the ticket was solved last, or None while it is open."""
    solved = None
    for event in events:
        if event.kind == SOLVE:
            solved = event.at
        elif event.kind == REOPEN:
            solved = None
    return solved


def _holds(events):
    """Return the pauses of a ticket in order, [(start, stop)]; the stop of the last is None while it lasts.

    A solved ticket rests, too: a reopening starts its clocks again and the time spent solved counts as a pause.
    """
    waiting = solved = False
    since, pauses = None, []
    for event in events:
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
    return pauses if since is None else [*pauses, (since, None)]


def _spans(events, starts, stops):
    """Return [(start, stop or None)] in order; a start while a span is open, and a stop while none is, change nothing.

    `starts`, `stops`: functions of an event. An event that is both ends the span that is open, or starts one.
    """
    spans, since = [], None
    for event in events:
        if since is not None and stops(event):
            spans.append((since, event.at))
            since = None
        elif since is None and starts(event):
            since = event.at
    return spans if since is None else [*spans, (since, None)]


def _matcher(boundary):
    """Return a function that says whether an event is this boundary of a `Rule`."""
    kind, _colon, stage = boundary.partition(":")
    if kind == STAGE and stage:
        return lambda event: event.stage == int(stage)
    return lambda event: event.kind == kind


WAITING_STAGES = frozenset({"waiting"})
DONE_STAGES = frozenset({"solved", "closed"})

# Whom a ticket may wait for, and which of them stop the clocks by a policy's `pauses`.
WAITING_FOR = ("customer", "supplier", "carrier", "technician", "parts", "colleague")
PAUSING = {
    "never": frozenset(),
    "customer": frozenset({"customer"}),
    "outside": frozenset({"customer", "supplier", "carrier", "parts"}),
    "all": frozenset(WAITING_FOR),
}


class Position(NamedTuple):
    """Where a ticket stands, as far as its clocks care. `pauses`: a key of PAUSING."""

    stage_kind: str
    waiting_for: str | bool = False
    pauses: str = "customer"

    @property
    def done(self):
        return self.stage_kind in DONE_STAGES

    @property
    def held(self):
        """A stage of the kind 'waiting' pauses, whomever it waits for, unless the policy never pauses."""
        if self.pauses == "never" or self.done:
            return False
        return self.stage_kind in WAITING_STAGES or self.waiting_for in PAUSING[self.pauses]


def move_events(old, new):
    """Return the kinds of events that a move between two positions makes, in order.

    >>> move_events(Position("open"), Position("waiting")), move_events(Position("waiting"), Position("solved"))
    (['pause'], ['solve'])
    >>> move_events(Position("closed"), Position("waiting")), move_events(Position("solved"), Position("closed"))
    (['reopen', 'pause'], [])
    >>> move_events(Position("open"), Position("open", "supplier"))
    []
    >>> move_events(Position("open", "supplier", "outside"), Position("open", False, "outside"))
    ['resume']
    """
    if new.done:
        return [] if old.done else [SOLVE]
    kinds = [REOPEN] if old.done else []
    if new.held and not old.held:
        kinds.append(PAUSE)
    elif old.held and not new.held:
        kinds.append(RESUME)
    return kinds
