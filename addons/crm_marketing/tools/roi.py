"""Return of a campaign: output against input, in words and in figures.

Units: money is in one company currency, costs positive (a supplier's credit is
negative), collected money positive (a refund paid out is negative). Dates are
calendar days without time. Works with Decimal and with float: nothing here rounds.

Two readings stand side by side, each under its own name, because the documents
use one word for both:

* return       = (collected - cost) / cost    0 = the money came back, 1 = it doubled
* output/input =  collected / cost            1 = the money came back

Without a posted cost neither exists: the answer is None and the state says why.
"""

from collections import defaultdict

NO_COST = "no_cost"
NOTHING_COLLECTED = "nothing_collected"
BELOW_COST = "below_cost"
PAID_BACK = "paid_back"
RETURN_STATES = (NO_COST, NOTHING_COLLECTED, BELOW_COST, PAID_BACK)

NO_BUDGET = "no_budget"
WITHIN = "within"
WARN = "warn"
OVER = "over"
BUDGET_STATES = (NO_BUDGET, WITHIN, WARN, OVER)


def campaign_return(collected, cost):
    """Return (collected - cost) / cost as a fraction, or None while there is no cost.

    A net cost of zero or less (nothing posted, or credits that exceed the bills)
    cannot be divided by.

    >>> campaign_return(1500, 1000)
    0.5
    >>> campaign_return(0, 1000)
    -1.0
    >>> campaign_return(1500, 0) is None
    True
    """
    return (collected - cost) / cost if cost > 0 else None


def output_input(collected, cost):
    """Return collected / cost as a multiple, or None while there is no cost.

    >>> output_input(1500, 1000)
    1.5
    """
    return collected / cost if cost > 0 else None


def return_state(collected, cost):
    """Say in one word where the campaign stands; one of RETURN_STATES.

    >>> return_state(0, 0), return_state(0, 10), return_state(9.99, 10), return_state(10, 10)
    ('no_cost', 'nothing_collected', 'below_cost', 'paid_back')
    """
    if cost <= 0:
        return NO_COST
    if collected <= 0:
        return NOTHING_COLLECTED
    return PAID_BACK if collected >= cost else BELOW_COST


def budget_share(spent, budget):
    """Return the part of the budget that is spent, in percent (80.0 = 80 %), or None without a budget.

    >>> budget_share(400, 500)
    80.0
    """
    return 100.0 * float(spent) / float(budget) if budget > 0 else None


def budget_state(spent, budget, warn_pct):
    """Judge spending against a budget; one of BUDGET_STATES.

    Units: warn_pct in percent of the budget, 0 = never warn. The warning starts *at* the share,
    'over' starts one cent *above* the budget: a budget spent to the last cent is not overspent.

    >>> [budget_state(spent, 100, 80) for spent in (79.99, 80, 100, 100.01)]
    ['within', 'warn', 'warn', 'over']
    >>> budget_state(95, 100, 0)
    'within'
    """
    if budget <= 0:
        return NO_BUDGET
    if spent > budget:
        return OVER
    return WARN if warn_pct and 100 * spent >= budget * warn_pct else WITHIN


def response_rate(responders, delivered):
    """Return responders / delivered in percent, or None before anything was delivered.

    >>> response_rate(5, 100)
    5.0
    """
    return 100.0 * responders / delivered if delivered else None


def payback_date(movements):
    """Return the day from which the campaign has paid for itself and stayed so, else None.

    ``movements`` is an iterable of (date, collected, cost). A day counts as paid back when
    the cost so far is positive and the money collected so far covers it. A later bill or
    refund that tips the balance moves the date; money that came before the first cost
    does not count before that cost exists.

    >>> payback_date([(1, 0, 100), (5, 60, 0), (9, 40, 0)])
    9
    >>> payback_date([(1, 0, 100), (5, 100, 0), (9, 0, 50), (12, 50, 0)])
    12
    >>> payback_date([(1, 100, 0), (3, 0, 80)])
    3
    """
    days = defaultdict(lambda: [0, 0])
    for day, collected, cost in movements:
        days[day][0] += collected
        days[day][1] += cost
    result, collected_so_far, cost_so_far = None, 0, 0
    for day in sorted(days):
        collected_so_far += days[day][0]
        cost_so_far += days[day][1]
        if cost_so_far <= 0 or collected_so_far < cost_so_far:
            result = None
        elif result is None:
            result = day
    return result
