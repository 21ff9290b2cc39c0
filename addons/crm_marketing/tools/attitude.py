"""Score of what a survey found out about a customer; pure Python, no database."""

WEIGHTS = {"wallet": 30, "repurchase": 40, "attitude": 30}
HIGH = 60  # from this score on a customer thinks well of us


def score(wallet_share, repurchase, opinion):
    """0 to 100: weighted mean of what was asked; None where nothing was. -1: not asked.

    >>> score(50, 10, 0), score(-1, 7, -1), score(-1, -1, -1)
    (55.0, 70.0, None)
    """
    values = {"wallet": wallet_share, "repurchase": 10 * repurchase, "attitude": 10 * opinion}
    asked = {name: value for name, value in values.items() if value >= 0}
    if not asked:
        return None
    total = sum(WEIGHTS[name] for name in asked)
    return round(sum(WEIGHTS[name] * value for name, value in asked.items()) / total, 1)
