"""The worklist of collectors: whom to call first, and who calls. No Odoo, no database.

Amounts are floats in the company's currency; days count back from the day judged.
"""

from typing import NamedTuple

# Share of overdue money that a contact today brings in, by age of the debt (1-30, 31-60, 61-90, 91-180, over 180 days
# or the company's own limits). Assumed, not measured: fresh debts mostly pay themselves, old ones mostly do not pay.
UPLIFT = (0.20, 0.35, 0.30, 0.20, 0.08)
# A customer whom nobody knows keeps half of what he promises; four promises weigh as much as that assumption.
PRIOR_KEPT, PRIOR_WEIGHT = 0.5, 4
# A call right after a call brings little; after this many days it is worth a full one.
REST_DAYS = 7
# Each call in a row without an answer makes the next one worth this much less.
NO_ANSWER = 0.7


class Facts(NamedTuple):
    """What is known of one customer at one company.

    `free`: overdue amounts by age that are neither promised nor disputed. `unapplied`: receipts and credit notes not
    yet matched, positive. `kept`, `judged`: number of promises. `contact_days`, `broken_days`: days since the last
    contact and since the last promise was broken, None when there was none. `no_answer`: calls in a row without one.
    """

    free: tuple
    unapplied: float = 0.0
    kept: float = 0
    judged: int = 0
    contact_days: int | None = None
    broken_days: int | None = None
    no_answer: int = 0


def kept_rate(kept, judged):
    """Return the share of promises that a customer keeps, drawn towards one half while few are known.

    >>> kept_rate(0, 0), kept_rate(4, 4), kept_rate(0, 4)
    (0.5, 0.75, 0.25)
    """
    return (kept + PRIOR_KEPT * PRIOR_WEIGHT) / (judged + PRIOR_WEIGHT)


def claimable(facts):
    """Return the free amounts by age after unapplied money has paid the oldest of them.

    >>> claimable(Facts(free=(100.0, 50.0, 0.0, 0.0, 10.0), unapplied=30.0))
    (100.0, 30.0, 0.0, 0.0, 0.0)
    """
    left, rest = facts.unapplied, []
    for amount in reversed(facts.free):
        taken = min(max(amount, 0.0), left)
        left -= taken
        rest.append(max(amount, 0.0) - taken)
    return tuple(reversed(rest))


def gain(facts):
    """Return the cash that acting today is expected to bring, in company currency, never negative.

    >>> round(gain(Facts(free=(0.0, 1000.0, 0.0, 0.0, 0.0))), 2)
    350.0
    >>> gain(Facts(free=(0.0, 1000.0, 0.0, 0.0, 0.0), contact_days=0))
    0.0
    """
    expected = sum(amount * share for amount, share in zip(claimable(facts), UPLIFT, strict=True))
    trust = 0.5 + kept_rate(facts.kept, facts.judged)
    rested = 1.0 if facts.contact_days is None else min(facts.contact_days, REST_DAYS) / REST_DAYS
    if facts.broken_days is not None and (facts.contact_days is None or facts.broken_days <= facts.contact_days):
        rested = 1.0  # the promise was broken after the last contact: there is news to talk about
    return expected * trust * rested * NO_ANSWER**facts.no_answer


def reasons(facts, days):
    """Return why to call now, the weightiest reason first: [(code, number)].

    >>> reasons(Facts(free=(0, 10.0, 0, 0, 0), contact_days=20, no_answer=2), 45)
    [('overdue', 45), ('contact', 20), ('no_answer', 2)]
    >>> reasons(Facts(free=(10.0, 0, 0, 0, 0), broken_days=3, kept=1, judged=4), 12)
    [('broken', 3), ('overdue', 12), ('never', 0), ('kept', 38)]
    """
    found = []
    if facts.broken_days is not None and (facts.contact_days is None or facts.broken_days <= facts.contact_days):
        found.append(("broken", facts.broken_days))
    found.append(("overdue", days))
    found.append(("never", 0) if facts.contact_days is None else ("contact", facts.contact_days))
    if facts.no_answer:
        found.append(("no_answer", facts.no_answer))
    if facts.judged:
        found.append(("kept", round(100 * kept_rate(facts.kept, facts.judged))))
    return found


def assign(tasks, collectors, load):
    """Give each task to the collector with the least work for his capacity: {task: collector}.

    `tasks`: [(key, gain)]; `collectors`: {key: capacity}; `load`: {collector: gain that he has already}. The dearest
    task goes first. Nobody without capacity gets any.

    >>> assign([("a", 10.0), ("b", 9.0), ("c", 2.0)], {1: 10, 2: 10}, {})
    {'a': 1, 'b': 2, 'c': 2}
    """
    able = {key: capacity for key, capacity in collectors.items() if capacity > 0}
    load = {key: load.get(key, 0.0) for key in able}
    chosen = {}
    for key, amount in sorted(tasks, key=lambda task: (-task[1], task[0])) if able else ():
        collector = min(able, key=lambda item: (load[item] / able[item], item))
        chosen[key] = collector
        load[collector] += amount
    return chosen


def plan(tasks, capacity):
    """Return the tasks of one collector's day in order: pinned ones first, then by gain; at most `capacity`.

    `tasks`: [(key, gain, pinned)]. Pinned ones are in whatever the capacity is; without gain and pin is not worth a
    call.

    >>> plan([("a", 5.0, False), ("b", 9.0, False), ("c", 0.0, True), ("d", 0.0, False)], 2)
    ['c', 'b']
    """
    worth = sorted(
        (task for task in tasks if task[2] or task[1] > 0), key=lambda task: (not task[2], -task[1], task[0])
    )
    pinned = sum(1 for task in worth if task[2])
    return [task[0] for task in worth[: max(capacity, pinned)]]
