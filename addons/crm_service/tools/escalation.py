"""When a step of an escalation ladder is due, read from what happened to a ticket.

The same rule fires in the live system, minute by minute, and in the dry run over a past month. Times are naive UTC.
"""

from . import sla


def fire_time(due, moves, stopped=None, halts=()):
    """Return the moment at which a step due at `due` fires, or None when it never does.

    It fires at the first moment from `due` on at which somebody should be working on the ticket: not while we wait for
    the customer, not while it is solved. It never fires once the clock has stopped (`stopped`) or when a halt (an
    answer or a new owner, as the step says) came first. What happens at the very moment it is due comes too late to
    prevent it. `moves`: (at, kind) pairs in order, kinds as in `sla`.

    >>> fire_time(5, [(1, "open"), (4, "pause"), (9, "resume")])
    9
    >>> fire_time(5, [(1, "open"), (4, "solve")]) is None
    True
    """
    waiting = solved = False
    fired = None
    for at, kind in (*moves, (None, None)):
        if (at is None or at > due) and not waiting and not solved:
            fired = due
            break
        if at is None:
            return None
        if kind in (sla.PAUSE, sla.RESUME):
            waiting = kind == sla.PAUSE
        elif kind in (sla.SOLVE, sla.REOPEN):
            solved = kind == sla.SOLVE
            waiting = False
        due = max(due, at)
    if stopped is not None and stopped <= fired:
        return None
    if any(halt < fired for halt in halts):
        return None
    return fired


def ownerless_spans(opened, rows, owner):
    """Return the spans (start, stop or None) in which a ticket had no owner.

    `rows`: (at, owner before, owner after) of each change in order; `owner`: who has it now. Owners are ids, falsy =
    nobody. A ticket without rows had its present owner from the start.
    """
    current = rows[0][1] if rows else owner
    since, spans = (None if current else opened), []
    for at, _before, after in rows:
        if after and since is not None:
            spans.append((since, at))
            since = None
        elif not after and since is None:
            since = at
    return spans + ([(since, None)] if since is not None else [])
