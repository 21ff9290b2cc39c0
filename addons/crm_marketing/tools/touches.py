"""Which opens and clicks were made by a person, and which by a machine or twice. Pure; times are datetimes, one zone.

Mail scanners open every link of a mail within seconds of its delivery, and one scanner serves many recipients from
one address. A person clicks the same link twice. Neither is a second response.
"""

from collections import defaultdict, namedtuple
from datetime import timedelta

FAST = timedelta(seconds=3)  # from delivery to the first link
SCAN = timedelta(seconds=5)  # in which a person does not follow SCAN_LINKS links of one mail
SCAN_LINKS = 3
BURST = timedelta(seconds=10)  # in which one address does not act for BURST_TRACES recipients
BURST_TRACES = 5
REPEAT = timedelta(minutes=10)
# How far back (and ahead) one touch changes the judgement of another.
WINDOW = max(SCAN, BURST, REPEAT)
MACHINES = ("bot", "scanner", "burst")

# `trace`: the mail of one recipient; `link`: what was clicked (None: the mail was opened); `ip` may be None.
Hit = namedtuple("Hit", "id date trace link ip sent")


def judge(hits):
    """Return {hit id: reason or None} for opens and clicks, whatever their order.

    The first reason that applies counts: bot (before delivery plus FAST), scanner, burst, duplicate. An open at the
    second of a machine's click is the machine's.
    """
    hits = sorted(hits, key=lambda hit: (hit.date, hit.id))
    verdict = dict.fromkeys((hit.id for hit in hits), None)
    clicks = [hit for hit in hits if hit.link is not None]
    for found, reason in (
        ((hit.id for hit in hits if hit.sent and hit.date - hit.sent < FAST), "bot"),
        (_dense(clicks, lambda hit: hit.trace, lambda hit: hit.link, SCAN, SCAN_LINKS), "scanner"),
        (_dense(clicks, lambda hit: hit.ip, lambda hit: hit.trace, BURST, BURST_TRACES), "burst"),
        (_opens_of_machines(hits, verdict), "bot"),
        (_repeats(hits, verdict), "duplicate"),
    ):
        for hit_id in found:
            verdict[hit_id] = verdict[hit_id] or reason
    return verdict


def _dense(hits, group, thing, span, least):
    """Ids of hits that lie in some window of `span` in which one group has `least` different things."""
    groups = defaultdict(list)
    for hit in hits:
        if group(hit) is not None:
            groups[group(hit)].append(hit)
    found = set()
    for members in groups.values():
        start = 0
        for end, hit in enumerate(members):
            while hit.date - members[start].date > span:
                start += 1
            window = members[start : end + 1]
            if len({thing(other) for other in window}) >= least:
                found.update(other.id for other in window)
    return found


def _opens_of_machines(hits, verdict):
    """Opens within a second of a machine's click on the same mail; lazily, after the clicks are judged."""
    moments = {(hit.trace, hit.date) for hit in hits if hit.link is not None and verdict[hit.id] in MACHINES}
    second = timedelta(seconds=1)
    for hit in hits:
        if hit.link is None and any(
            (hit.trace, hit.date + shift) in moments for shift in (-second, 0 * second, second)
        ):
            yield hit.id


def _repeats(hits, verdict):
    """The same link (or mail) again within REPEAT of the one that counted; machines do not make one count twice."""
    last = {}
    for hit in hits:
        if verdict[hit.id]:
            continue
        key = (hit.trace, hit.link)
        if key in last and hit.date - last[key] < REPEAT:
            yield hit.id
        else:
            last[key] = hit.date
