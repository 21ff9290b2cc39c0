"""The shapes of a trade, counted on real files, and draws from them. Pure: no Odoo, no rows of anyone's data.

Deciles (0 %, 10 %, ... 100 %) of:
* the UCI Online Retail file, invoices with a customer (18,536 invoices, 3,654
  cancellations, 4,338 buying customers in 373 days): lines an invoice, quantity
  a line, days between a customer's invoices, invoices a customer, months, weekdays;
* the IBM sample ledger (2,466 invoices of 100 customers, terms 30 days): share
  late, days late of the late ones, disputes.
The highest tenth is cut where one document would dominate a small demo; each cut is named.
"""

# Counted maximum 542 lines; cut to 70.
LINES = (1, 2, 5, 8, 11, 15, 19, 24, 32, 48, 70)
# Counted maximum 80,995 pieces; cut to 60.
QUANTITY = (1, 1, 2, 2, 4, 6, 8, 12, 12, 24, 60)
# Days between two invoices of one customer; the same-day ones (bookings split in two) count as one visit.
GAP_DAYS = (1, 2, 4.1, 8.9, 14.8, 21.9, 31.2, 43, 62.9, 103, 366)
# Invoices a customer and year; counted maximum 210, cut to 40.
INVOICES_A_YEAR = (1, 1, 1, 1, 2, 2, 3, 4, 6, 9, 40)
# Lines of a cancellation; counted maximum 101, cut to 8.
CANCELLED_LINES = (1, 1, 1, 1, 1, 1, 2, 2, 3, 5, 8)
# Cancellations an invoice. Counted 0.197, of which most are corrections of a line.
CANCELLATION_RATE = 0.197
# Invoices a month, December to November of one year (the 13th, partial month is left out).
MONTHS = {12: 1400, 1: 987, 2: 998, 3: 1321, 4: 1149, 5: 1555, 6: 1393, 7: 1331, 8: 1281, 9: 1756, 10: 1929, 11: 2658}
# Monday to Sunday; nothing is invoiced on Saturday.
WEEKDAYS = (2863, 3185, 3455, 4033, 2831, 0, 2169)
# Share of invoices paid after the due date, and by how many days when late.
LATE_RATE = 0.356
DAYS_LATE = (1, 2, 3, 5, 6, 8, 10, 12, 15, 20, 45)
# Days from invoice to payment less the 30 days of the terms, of all invoices.
DAYS_AROUND_DUE = (-30, -19, -14, -10, -7, -4, -1, 3, 7, 13, 45)
DISPUTE_RATE = 0.227
LATE_RATE_DISPUTED = 0.683
# Mean days late of a customer: most pay in time, one in ten hardly ever does.
CUSTOMER_DAYS_LATE = (0, 0, 0.1, 0.3, 0.7, 1.7, 3, 4.2, 7.5, 10.8, 19.6)
# Opportunities: won, lost, open (the CRM pipeline file: 4,238, 2,473, 2,089).
WON_RATE = 4238 / (4238 + 2473)


def draw(rng, deciles):
    """Return a number whose deciles are `deciles`, straight between two of them."""
    place = rng.random() * (len(deciles) - 1)
    step = int(place)
    low, high = deciles[step], deciles[step + 1]
    return low + (high - low) * (place - step)


def draw_count(rng, deciles):
    """A whole number of at least 1."""
    return max(1, round(draw(rng, deciles)))


def invoice_days(rng, first, last, per_year):
    """Return the dates (ordinals, ascending, no Saturday) on which one customer is invoiced.

    `per_year` scales the counted gaps; months weigh as counted: a date in a weak
    month is dropped more often than one in a strong month.
    """
    mean_gap = sum((low + high) / 2 for low, high in zip(GAP_DAYS, GAP_DAYS[1:], strict=False)) / (len(GAP_DAYS) - 1)
    mean_month = sum(MONTHS.values()) / len(MONTHS)
    strongest = max(MONTHS.values()) / mean_month
    # Dropping dates thins the series by 1/strongest on average; shorter gaps make up for it.
    scale = 365 / per_year / mean_gap / strongest
    days = []
    day = first + draw(rng, GAP_DAYS) * scale * rng.random()
    while day <= last:
        date = _date(int(day))
        weight = MONTHS[date.month] / mean_month / strongest
        if rng.random() < weight and WEEKDAYS[date.weekday()] and (not days or days[-1] != int(day)):
            days.append(int(day))
        day += max(0.5, draw(rng, GAP_DAYS) * scale)
    return days


def _date(ordinal):
    from datetime import date

    return date.fromordinal(ordinal)


def days_late(rng, habit):
    """Days after the due date (negative: before it) for a customer whose mean lateness is `habit` days.

    `habit` is a draw from CUSTOMER_DAYS_LATE. The share of late invoices grows
    with it so that over all customers LATE_RATE of the invoices is late.
    """
    mean_habit = sum(CUSTOMER_DAYS_LATE) / len(CUSTOMER_DAYS_LATE)
    chance = min(0.95, LATE_RATE * (0.4 + 0.6 * habit / mean_habit))
    if rng.random() < chance:
        return max(1, round(draw(rng, DAYS_LATE)))
    return -round(rng.random() * 25)
