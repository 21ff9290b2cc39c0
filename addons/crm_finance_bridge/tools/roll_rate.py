"""Roll rates: which part of the money in an age bucket is settled, stays or grows older until the next month end.

A move is (bucket before, bucket after or "settled", amount); amounts are positive, in one currency.
"""

SETTLED = "settled"


def rates(moves):
    """Return {before: {after: share 0 to 1}}; the shares of a bucket add up to 1. Buckets that held nothing are absent.

    >>> rates([("1_30", "settled", 75), ("1_30", "31_60", 25), ("31_60", "settled", 0)])
    {'1_30': {'settled': 0.75, '31_60': 0.25}}
    """
    totals, sums = {}, {}
    for before, after, amount in moves:
        totals[before] = totals.get(before, 0) + amount
        row = sums.setdefault(before, {})
        row[after] = row.get(after, 0) + amount
    return {
        before: {after: amount / totals[before] for after, amount in row.items()}
        for before, row in sums.items()
        if totals[before]
    }
