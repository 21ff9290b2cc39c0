"""The 80/20 curve: how few customers make most of the sales, without a database.

Only customers with positive sales count. Customers go by sales, largest first; shares are in percent of the number
of customers and of the sum of sales. The report `crm.pareto` does the same in SQL; this is its specification.
"""


def curve(amounts):
    """[(customer share, sales share)] after each customer, largest first.

    >>> curve([50, 30, 20, 0, -5])[0]
    (33.333333333333336, 50.0)
    """
    sales = sorted((amount for amount in amounts if amount > 0), reverse=True)
    total, running, points = sum(sales), 0, []
    for place, amount in enumerate(sales, 1):
        running += amount
        points.append((100 * place / len(sales), float(100 * running / total)))
    return points


def makers(amounts, share_pct=80):
    """(customers that make `share_pct` % of the sales, all customers with sales).

    As in ABC analysis: from the largest on, as long as their sum does not pass the share; the largest always counts.

    >>> makers([50, 30, 20]), makers([50, 30, 20], 81), makers([85, 15]), makers([])
    ((2, 3), (2, 3), (1, 2), (0, 0))
    """
    sales = sorted((amount for amount in amounts if amount > 0), reverse=True)
    total, running, count = sum(sales), 0, 0
    for amount in sales:
        running += amount
        if count and running * 100 > total * share_pct:
            break
        count += 1
    return count, len(sales)


def top_share(amounts, customers_pct=20):
    """Percent of the sales made by the top `customers_pct` % of the customers (rounded to the nearest customer).

    >>> top_share([50, 30, 10, 6, 4], 20)
    50.0
    """
    sales = sorted((amount for amount in amounts if amount > 0), reverse=True)
    if not sales:
        return 0.0
    return float(100 * sum(sales[: round(len(sales) * customers_pct / 100)]) / sum(sales))
