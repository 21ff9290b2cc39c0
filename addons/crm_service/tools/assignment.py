"""Which question a request asks and who takes it: two rules that can say why.

Load is a number of tickets, weighted: an urgent one counts double, one that waits for the customer a quarter.
"""

import re
from datetime import datetime
from typing import NamedTuple

WEIGHTS = {"0": 0.5, "1": 1.0, "2": 1.5, "3": 2.0}  # of an open ticket, by priority
WAITING_SHARE = 0.25  # of that weight, while the customer has the ball
NEVER = datetime(1970, 1, 1)
# Chinese, Japanese and Korean text has no spaces: there a keyword may stand anywhere.
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
ABSENT, FULL, UNSKILLED = "absent", "full", "unskilled"


class Group(NamedTuple):
    """A question group: ids of product categories (their children belong to them) and keywords, lower case."""

    id: int
    categories: frozenset
    keywords: tuple


class Match(NamedTuple):
    group: int
    by_category: bool
    keywords: tuple


class Agent(NamedTuple):
    """A member of the team at the moment of the choice.

    `level`: 0 = without the skill, higher is better. `capacity`: most open tickets at once, 0 = no limit.
    `last`: when a ticket was last given to him.
    """

    id: int
    level: int
    open: int
    load: float
    capacity: int = 0
    present: bool = True
    last: datetime | None = None


class Choice(NamedTuple):
    """The agent chosen (None: nobody), how many could have taken it, and who could not, counted by reason."""

    agent: Agent | None
    candidates: int
    refused: dict


def split_keywords(text):
    """Return the keywords of a text field: separated by commas, semicolons or line ends; lower case, each once.

    >>> split_keywords("Lamp, bulb;LAMP\\n 灯泡、灯")
    ('lamp', 'bulb', '灯泡', '灯')
    """
    words = (" ".join(word.split()).casefold() for word in re.split(r"[,;\n，；、]", text or ""))
    return tuple(dict.fromkeys(word for word in words if word))


def found_keywords(keywords, text):
    """Return the keywords that stand in the text: at the start of a word, or anywhere in Chinese text.

    >>> found_keywords(("lamp", "port", "灯"), "Two Lamps; the transport; 灯泡")
    ('lamp', '灯')
    """
    text = " ".join((text or "").casefold().split())
    return tuple(
        word
        for word in keywords
        if word in text and (_WIDE.search(word) or re.search(rf"(?<!\w){re.escape(word)}", text))
    )


def match_group(groups, text, path):
    """Return the `Match` of the group that fits best, or None.

    `groups` in their order of preference; `path`: category ids of the product from the root on, empty when no product
    is known. A known product of another category rules a group out; without product the keywords decide. The product
    counts as much as two keywords; the first of equals wins.
    """
    best, score = None, 0
    for group in groups:
        by_category = bool(group.categories & set(path))
        if group.categories and path and not by_category:
            continue
        words = found_keywords(group.keywords, text)
        points = 2 * by_category + len(words)
        if points > score:
            best, score = Match(group.id, by_category, words), points
    return best


def ticket_weight(priority, waiting):
    """Return what one open ticket adds to its owner's load."""
    return WEIGHTS.get(priority, 1.0) * (WAITING_SHARE if waiting else 1.0)


def choose_agent(agents, need_skill=True):
    """Return the `Choice`: of the present, skilled agents with room the one with the lowest load.

    Ties: the higher skill, then who got his last ticket longest ago, then the lower id. Never one whose open tickets
    have reached his capacity.
    """
    free, refused = [], {ABSENT: 0, FULL: 0, UNSKILLED: 0}
    for agent in agents:
        if need_skill and agent.level < 1:
            refused[UNSKILLED] += 1
        elif not agent.present:
            refused[ABSENT] += 1
        elif agent.capacity and agent.open >= agent.capacity:
            refused[FULL] += 1
        else:
            free.append(agent)
    chosen = min(free, key=lambda agent: (agent.load, -agent.level, agent.last or NEVER, agent.id), default=None)
    return Choice(chosen, len(free), refused)
