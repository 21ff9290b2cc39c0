"""Receipts on the shared receivables ledger, made harder: what the matching rule is measured on.

From each settled invoice of ../shared/data/receivables.csv: amounts rounded to whole tens, everything a customer
settles in one week merged into one receipt, 2 % paid short (half of these again by whole tens, so that the sum hits
other invoices), 30 % without a reference. And on top: one merged receipt in seven names only its first invoice, one
payer in ten is not known, one receipt in two hundred is paid twice, and texts carry other numbers (bank, date, phone).
A text is never a row of the ledger: only invoice numbers and noise.
"""

import csv
import datetime
import random
from collections import defaultdict
from typing import NamedTuple

from .paths import SHARED

LEDGER = SHARED / "data" / "receivables.csv"
SHORT, SILENT, PARTLY, UNKNOWN, TWICE = 0.02, 0.30, 0.15, 0.10, 0.005
NOISE = ("TRF {0:08d}", "SEPA CT {0:010d}", "Ref. bank {0:06d}", "tel {0:09d}", "thank you", "payment", "VIR {0:012d}")
WRITINGS = ("{0}", "invoice {0}", "INV {0}", "inv. no {1}", "{1}", "Nr.{0}")


class Invoice(NamedTuple):
    id: int
    customer: int
    number: str
    date: datetime.date
    due: datetime.date
    amount: int  # cents, whole tens of the currency


class Payment(NamedTuple):
    id: int
    customer: int
    known: bool  # whether the bank says who paid
    date: datetime.date
    amount: int  # cents
    text: str
    truth: frozenset  # ids of the invoices meant
    tier: str


def _date(text):
    return datetime.datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 - a day has no time zone


def ledger():
    """([Invoice], {invoice id: settled on}) of the file; None where it is absent."""
    if not LEDGER.exists():
        return None
    customers, invoices, settled = {}, [], {}
    with LEDGER.open(encoding="utf-8", newline="") as source:
        for number, row in enumerate(csv.DictReader(source), 1):
            customer = customers.setdefault(row["customerID"], len(customers) + 1)
            amount = max(round(float(row["InvoiceAmount"]) / 10), 1) * 1000
            dates = _date(row["InvoiceDate"]), _date(row["DueDate"])
            invoices.append(Invoice(number, customer, row["invoiceNumber"], *dates, amount))
            settled[number] = max(_date(row["SettledDate"]), dates[0])
    return invoices, settled


def payments(invoices, settled, seed=1):
    """The receipts in the order of their dates."""
    draw = random.Random(seed)  # noqa: S311 - a benchmark, not a secret
    weeks = defaultdict(list)
    for invoice in invoices:
        weeks[invoice.customer, settled[invoice.id].isocalendar()[:2]].append(invoice)
    found = []
    for (customer, _week), meant in sorted(weeks.items()):
        date = max(settled[invoice.id] for invoice in meant)
        payment = _payment(draw, len(found) + 1, customer, date, sorted(meant, key=lambda invoice: invoice.due))
        found.append(payment)
        if draw.random() < TWICE:
            again = date + datetime.timedelta(days=draw.randint(7, 20))
            found.append(payment._replace(id=len(found) + 1, date=again, truth=frozenset(), tier="paid twice"))
    return sorted(found, key=lambda payment: (payment.date, payment.id))


def _payment(draw, number, customer, date, meant):
    amount = sum(invoice.amount for invoice in meant)
    short = draw.random() < SHORT
    if short:
        amount -= _missing(draw, amount)
    known = draw.random() >= UNKNOWN
    named = [] if draw.random() < SILENT else meant
    partly = len(named) > 1 and draw.random() < PARTLY
    if partly:
        named = named[:1]
    words = [draw.choice(WRITINGS).format(item.number, item.number.lstrip("0")) for item in named]
    words.append(draw.choice(NOISE).format(draw.randrange(10**6)))
    words.append(draw.choice((f"{date:%d.%m.%Y}", f"{date:%Y%m%d}", "")))
    draw.shuffle(words)
    tier = "short" if short else "no reference" if not named else "named in part" if partly else "named"
    tier += "" if known else ", payer unknown"
    return Payment(number, customer, known, date, amount, " ".join(words), frozenset(item.id for item in meant), tier)


def _missing(draw, amount):
    """Cents kept back: one to ten in a hundred, or whole tens."""
    if draw.random() < 0.5 and amount > 2000:
        return draw.choice((1000, 2000)) if amount > 3000 else 1000
    return max(amount * draw.randint(1, 10) // 100, 1)


def replay(rule, reference, seed=1, terms=None):
    """Match week after week, the accountant settling each week what is really meant: [(Payment, Finding)].

    `rule`, `reference`: the modules receipt_match and receipt_reference of the addon.
    """
    invoices, settled = ledger()
    keys = {invoice.id: reference.document_keys(invoice.number) for invoice in invoices}
    weeks = defaultdict(list)
    for payment in payments(invoices, settled, seed):
        weeks[payment.date.isocalendar()[:2]].append(payment)
    closed, answer = {}, []
    for _week, due in sorted(weeks.items()):
        last = max(payment.date for payment in due)
        items = [
            rule.Item(item.id, item.customer, item.id, item.amount, item.due, keys[item.id])
            for item in invoices
            if item.date <= last and item.id not in closed
        ]
        receipts = [
            rule.Receipt(
                *(payment.id, payment.customer if payment.known else None, payment.amount, payment.date, payment.text)
            )
            for payment in due
        ]
        paid = {key: strength for item in closed for key, strength in keys[item].items()}
        findings = rule.match(receipts, rule.Ledger(items, paid=paid), terms)
        answer += [(payment, findings[payment.id]) for payment in due]
        closed.update((item, True) for payment in due for item in payment.truth)
    return answer


def verdict(played):
    """{tier: {"receipts", "automatic", "right", "best"}}, and the same by rule: (tiers, rules)."""
    tiers, rules = (defaultdict(lambda: dict.fromkeys(("receipts", "automatic", "right", "best"), 0)) for _ in "ab")
    for payment, finding in played:
        candidate = finding.candidate
        right = bool(candidate) and frozenset(item for item, _amount in candidate.parts) == payment.truth
        for group in (tiers[payment.tier], tiers["all"], rules[candidate.rule if candidate else "none"]):
            group["receipts"] += 1
            group["automatic"] += finding.automatic
            group["right"] += finding.automatic and right
            group["best"] += right
    return dict(tiers), dict(rules)
