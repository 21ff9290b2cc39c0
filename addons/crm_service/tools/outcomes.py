"""Did a solution help? Judged from a vote, else from what became of the ticket. All times are naive UTC."""

HELPED, NOT_HELPED, OPEN = "helped", "not_helped", "open"
ENOUGH = 3  # judged uses below which no rate is told


def outcome(*, vote, solved, reopened, now, wait):
    """Return HELPED, NOT_HELPED or OPEN.

    `vote`: 'yes', 'no' or nothing; it decides alone. `solved`: when the ticket was solved, None while it is open.
    `reopened`: the ticket was opened again after the solution was given. `wait`: how long a solved ticket must rest.

    >>> from datetime import datetime, timedelta
    >>> day = datetime(2026, 3, 2)
    >>> outcome(vote=None, solved=day, reopened=False, now=day + timedelta(days=7), wait=timedelta(days=7))
    'helped'
    >>> outcome(vote=None, solved=None, reopened=True, now=day, wait=timedelta(days=7))
    'not_helped'
    """
    if vote:
        return HELPED if vote == "yes" else NOT_HELPED
    if reopened:
        return NOT_HELPED
    return HELPED if solved is not None and now - solved >= wait else OPEN


def rate(helped, judged):
    """Return the share (0 to 1) of judged uses that helped, None below `ENOUGH` of them.

    >>> rate(8, 10), rate(1, 1)
    (0.8, None)
    """
    return helped / judged if judged >= ENOUGH else None
