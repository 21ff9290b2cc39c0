"""Three years of invoices, credit notes and payments, loaded as a file through the suite's own importer."""

import csv
import datetime
import io
import random

from . import masters, shapes

YEARS = 3
HEADER = (
    *("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"),
    *("DueDate", "PaidOn", "PaidAmount"),
)
# Of the invoices due in the last SLOW_DAYS: share still unpaid, share paid in part. Older ones are settled.
SLOW_DAYS = 240
UNPAID_RATE, PART_RATE = 0.03, 0.04
FORGOTTEN_RATE = 0.001
# How customers come and go: share, and the change of their orders a year.
TRENDS = (
    ("steady", 0.46, 1.0),
    ("growing", 0.22, 1.25),
    ("shrinking", 0.14, 0.75),
    ("new", 0.1, 1.0),
    ("lost", 0.08, 1.0),
)
RATE_SCALE = 1.6  # a distributor's customers order somewhat more often than the counted shop's


def make(world):
    if not world.has("crm.import.history"):
        world.progress(1, "no history importer in this checkout")
        return
    content = write_file(world)

    def checkpoint(_count):
        # Whole batches stay when the run is killed; the importer goes on behind them.
        world.env.cr.commit()
        imported = world.env["crm.import.history"].search([("name", "=", FILE_NAME)], limit=1)
        world.progress(0.1 + 0.9 * imported.documents_done / max(1, imported.document_count), "three years of history")
        return True

    env = world.env
    env["crm.import.history"]._load_file(
        content,
        env.company,
        checkpoint=checkpoint,
        name=FILE_NAME,
        payment_term_id=env.ref("account.account_payment_term_30days").id,
        payment_journal_id=env["account.journal"].search([("type", "=", "bank")], limit=1).id,
    )


FILE_NAME = "history of the demo company.csv"


def write_file(world):
    """The file as bytes: the columns of the importer, one row a line, oldest first."""
    documents = []
    goods = world.env["product.product"].search([("is_storable", "=", True)], order="default_code")
    shelf = [(one.default_code, one.name, one.list_price) for one in goods]
    for customer in masters.customers(world):
        rng = random.Random(f"history {customer.ref}")
        documents += customer_documents(world.today, rng, customer, shelf, masters.habit(world, customer))
    documents.sort(key=lambda document: (document["date"], document["customer"]))
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(HEADER)
    for number, document in enumerate(documents, start=1):
        name = f"{'C' if document['refund'] else ''}{100000 + number}"
        for code, description, quantity, price in document["lines"]:
            writer.writerow(
                (name, code, description, quantity, document["date"], f"{price:.2f}", document["customer"])
                + (document["country"], *document["money"])
            )
    return buffer.getvalue().encode()


def customer_documents(today, rng, customer, shelf, habit):
    """Invoices and cancellations of one customer over the years, with the day each was paid."""
    first, last, per_year, change = career(rng, today)
    favourites = rng.sample(shelf, rng.randrange(12, 40))
    start = datetime.date.fromordinal(first)
    for ordinal in shapes.invoice_days(rng, first, last, per_year):
        date = datetime.date.fromordinal(ordinal)
        # The trend thins the earlier years of a growing customer and the later ones of a shrinking one.
        years = (ordinal - first) / 365
        keep = change ** (years - YEARS) if change > 1 else change**years
        if rng.random() > keep:
            continue
        lines = basket(rng, favourites)
        base = {"customer": customer.ref, "country": customer.country_id.name, "refund": False}
        yield {**base, "date": date, "lines": lines, "money": settlement(rng, today, date, lines, habit)}
        if rng.random() < shapes.CANCELLATION_RATE / 2 and date > start:
            back = date + datetime.timedelta(days=rng.randrange(1, 20))
            if back < today:
                chosen = rng.sample(lines, min(len(lines), shapes.draw_count(rng, shapes.CANCELLED_LINES)))
                lines = [(code, text, -rng.randrange(1, quantity + 1), price) for code, text, quantity, price in chosen]
                yield {**base, "refund": True, "date": back, "lines": lines, "money": refund(rng, today, back)}


def career(rng, today):
    """First and last day (ordinals), invoices a year and yearly change of one customer."""
    kind, _share, change = rng.choices(TRENDS, [share for _name, share, _change in TRENDS])[0]
    first, last = today.toordinal() - 365 * YEARS, today.toordinal() - 2
    if kind == "new":
        first = today.toordinal() - rng.randrange(40, 360)
    if kind == "lost":
        last = today.toordinal() - rng.randrange(200, 600)
    return first, last, RATE_SCALE * shapes.draw_count(rng, shapes.INVOICES_A_YEAR), change


def basket(rng, favourites):
    lines = []
    for code, description, price in rng.sample(favourites, min(len(favourites), shapes.draw_count(rng, shapes.LINES))):
        quantity = shapes.draw_count(rng, shapes.QUANTITY)
        # The price of the day: list price less what was agreed.
        lines.append((code, description, quantity, round(price * rng.uniform(0.85, 1.0), 2)))
    return lines


def refund(rng, today, date):
    """Credit notes are paid out within weeks; the young ones are still open."""
    paid_on = date + datetime.timedelta(days=rng.randrange(5, 30))
    return (date, paid_on, "") if paid_on < today else (date, "", "")


def settlement(rng, today, date, lines, habit):
    """Due date, day of payment and amount paid as the importer reads them; empty where not yet paid."""
    due = date + datetime.timedelta(days=30)
    paid_on = max(date, due + datetime.timedelta(days=shapes.days_late(rng, habit)))
    is_young = (today - due).days < SLOW_DAYS
    if paid_on >= today or rng.random() < (UNPAID_RATE if is_young else FORGOTTEN_RATE):
        return due, "", ""
    if is_young and rng.random() < PART_RATE:
        total = sum(round(quantity * price, 2) for _code, _text, quantity, price in lines)
        return due, paid_on, f"{total * rng.choice((0.3, 0.5, 0.7)):.2f}"
    return due, paid_on, ""
