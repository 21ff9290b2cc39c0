"""What happened to the pipeline between two days, deal by deal.

A deal's state on a day is `(status, amount, unit, within)`; the unit is whoever answers for it (company, team,
salesperson) and `within` says whether its expected closing lies in the window asked for (True without window).
The rule splits each deal into steps whose amounts add up: start + all changes = end, in total and in each unit.
Amounts in company currency; signs as they act on the pipeline (won, lost, out and down are negative).
"""

from typing import NamedTuple

STEPS = (
    ("1_start", "Start"),
    ("2_new", "New"),
    ("3_in", "Moved in"),
    ("4_up", "Grown"),
    ("5_down", "Shrunk"),
    ("6_out", "Moved out"),
    ("7_won", "Won"),
    ("8_lost", "Lost"),
    ("9_end", "End"),
)
"""Codes sort in the order in which a waterfall is drawn."""

CLOSED = ("won", "lost")


class State(NamedTuple):
    """Where a deal stood at the end of a day. `status`: open, won, lost, parked (archived) or gone (deleted)."""

    status: str
    amount: int
    unit: tuple
    within: bool = True

    @property
    def is_open(self):
        return self.status == "open" and self.within


def steps(before, after):
    """Return [(step, amount, unit, reason)] of one deal between two days; None = not there.

    >>> here, there = ("c", "A"), ("c", "B")
    >>> steps(State("open", 100, here), State("open", 130, here))
    [('1_start', 100, ('c', 'A'), ''), ('4_up', 30, ('c', 'A'), 'amount'), ('9_end', 130, ('c', 'A'), '')]
    >>> steps(State("open", 100, here), State("won", 90, here))
    [('1_start', 100, ('c', 'A'), ''), ('5_down', -10, ('c', 'A'), 'amount'), ('7_won', -90, ('c', 'A'), '')]
    >>> steps(None, State("lost", 50, here))
    [('2_new', 50, ('c', 'A'), ''), ('8_lost', -50, ('c', 'A'), '')]
    >>> [row[:2] for row in steps(State("open", 100, here), State("open", 80, there))]
    [('1_start', 100), ('3_in', 80), ('6_out', -100), ('9_end', 80)]
    >>> steps(State("lost", 70, here), State("open", 70, here))
    [('3_in', 70, ('c', 'A'), 'reopened'), ('9_end', 70, ('c', 'A'), '')]
    """
    was = before is not None and before.is_open
    now = after is not None and after.is_open
    closed = after is not None and after.status in CLOSED
    rows = []
    if was:
        rows.append(("1_start", before.amount, before.unit, ""))
    if was and (now or closed) and before.unit == after.unit:
        change = after.amount - before.amount
        if change:
            rows.append(("4_up" if change > 0 else "5_down", change, after.unit, "amount"))
    elif was and (now or closed):
        rows.append(("3_in", after.amount, after.unit, "handed_over"))
        rows.append(("6_out", -before.amount, before.unit, "handed_over"))
    elif was:
        rows.append(("6_out", -before.amount, before.unit, _left(after)))
    elif _comes(before, after):
        rows.append(("2_new" if before is None else "3_in", after.amount, after.unit, _came(before)))
    if closed and (was or _comes(before, after)):
        rows.append(("7_won" if after.status == "won" else "8_lost", -after.amount, after.unit, ""))
    if now:
        rows.append(("9_end", after.amount, after.unit, ""))
    return rows


def _comes(before, after):
    """Whether a deal that was not open at the first day enters, if only to be closed before the second."""
    if after is None or not after.within or after.status not in ("open", *CLOSED):
        return False
    return after.is_open or before is None or before.status != after.status


def _came(before):
    if before is None:
        return ""
    return {"open": "close_date", "parked": "restored", "gone": "restored"}.get(before.status, "reopened")


def _left(after):
    if after is None or after.status == "gone":
        return "deleted"
    return "archived" if after.status == "parked" else "close_date"
