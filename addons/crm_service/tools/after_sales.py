"""Rules of after-sales work: returns, recovery, care. No Odoo, no database; quantities in one unit, money in one
currency, days are calendar days."""

import calendar
import datetime
import math

# Two-sided 95 %.
Z_95 = 1.959963984540054


def wilson_low(hits, trials, z=Z_95):
    """Return the lower bound (0..1) of the share hits / trials, by Wilson's score interval; None without trials."""
    if trials <= 0:
        return None
    share = min(max(hits / trials, 0.0), 1.0)
    square = z * z / trials
    low = share + square / 2 - z * math.sqrt(share * (1 - share) / trials + square / (4 * trials))
    return max(low / (1 + square), 0.0)


def free_to_return(delivered, on_the_way_back, asked_elsewhere=0.0):
    """Return what may still come back of a delivery, never below zero."""
    return max(delivered - on_the_way_back - asked_elsewhere, 0.0)


def step_days(moments):
    """Return days (float, at least 0) between each known moment and the known one before it; None where unknown.

    `moments`: datetimes or None, in the order of the steps. A step that was left out passes its start on.
    """
    result, last = [], None
    for moment in moments:
        if moment is None or last is None:
            result.append(None)
        else:
            result.append(max((moment - last).total_seconds() / 86400, 0.0))
        last = moment or last
    return result


def anniversary(start, year):
    """Return the day of `year` on which the relation that began on `start` has its anniversary.

    29 February falls on the 28th in common years; None in the year it began or before.
    """
    if year <= start.year:
        return None
    day = min(start.day, calendar.monthrange(year, start.month)[1])
    return datetime.date(year, start.month, day)


def anniversaries(start, first, last):
    """Return the anniversaries of `start` from `first` to `last`, both included."""
    days = (anniversary(start, year) for year in range(first.year, last.year + 1))
    return [day for day in days if day and first <= day <= last]


def allowed_amount(limits, customer_class):
    """Return the limit for a class: its own, else the one for every class (key False); None where nothing is allowed.

    `limits`: {class or False: amount}; an amount of 0 means that every amount needs approval.
    """
    return limits.get(customer_class or False, limits.get(False))


def answer_rate(informed, answered):
    """Return percent of those informed who answered (0..100); None before anybody was informed."""
    return None if informed <= 0 else 100.0 * min(answered, informed) / informed
