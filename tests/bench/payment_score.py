"""Payment score: late or on time and days to the money, walk-forward on 2,466 invoices; weeks of receipts likewise.

Each invoice is judged by what was known before its date: invoices settled until then, and those already overdue.
The targets are 0.80 right on late or on time and a mean error of 6.3 days; METHODS section 7 has the baselines
(own majority 0.799, own median 6.31 days, due date 10.63 days). Amounts in the data have no currency.
Receipts: every second Monday the open invoices are forecast for six weeks from what was known on that day. The
first half of these days says how wide the band must be, the second half whether it then holds.
"""

import csv
import importlib.util
import sys
from datetime import date, datetime, timedelta

from suite.bench import Checked, Compared
from suite.paths import ADDONS, ROOT

DATA = ROOT.parent / "shared" / "data" / "receivables.csv"
RIGHT, DAYS = 0.80, 6.3
MONDAYS = [date(2012, 7, 2) + timedelta(14 * index) for index in range(36)]
HORIZON = 6
INSIDE = 0.70


def run(_bench):
    if not DATA.is_file():
        return [Checked("invoices", None, f"left out: {DATA} is not there")]
    rules = load_rules("payment_score")
    bills = read_bills(rules)
    check = rules.walk_forward(bills)
    by_due = sum(abs((bill.settled - bill.due).days) for bill in bills) / len(bills)
    return [
        Checked("invoices judged", None, f"{check.judged} of {len(bills)}, {check.late:.1%} late"),
        Checked("late or on time", check.right >= RIGHT, f"{check.right:.4f} right, at least {RIGHT:.2f}"),
        Compared("wrong / wrong of 'as most invoices'", 1 - check.right, 1 - check.naive, "share", 1.0),
        Checked("days to the money", check.error <= DAYS, f"mean error {check.error:.3f} days, at most {DAYS}"),
        Compared("error / error of the due date", check.error, by_due, "days", 1.0),
        Checked("Brier score", None, f"{check.brier:.4f}"),
        *receipts(load_rules("funds_forecast"), bills),
    ]


def receipts(rules, bills):
    """Weeks of receipts: how far the middle was off, and how often what came lay between P10 and P90."""
    half = len(MONDAYS) // 2
    learnt = rules.backtest(bills, MONDAYS[:half], weeks=HORIZON)
    spread = rules.spread_of([(row.week.low, row.week.middle, row.week.high, row.actual) for row in learnt])
    tested = rules.backtest(bills, MONDAYS[half:], weeks=HORIZON, spread=spread)
    inside, error, bias = rules.summary(tested)
    return [
        Checked("weeks tested, width learnt", None, f"{len(tested)} weeks, band {spread:.2f} times as wide"),
        Compared("error of P50 / error of the due date", error, by_due_date(bills), "of the money", 1.0),
        Checked("bias of the mean", None, f"{bias:+.1%}"),
        Checked("weeks between P10 and P90", inside >= INSIDE, f"{inside:.0%}, 80 % is meant"),
    ]


def by_due_date(bills):
    """The error of the weeks if each open invoice came on its due date, a late one at once."""
    wrong = money = 0.0
    for day in MONDAYS[len(MONDAYS) // 2 :]:
        came, said = [0.0] * HORIZON, [0.0] * HORIZON
        for bill in bills:
            if bill.date < day <= bill.settled:
                for sums, ahead in ((came, (bill.settled - day).days), (said, max((bill.due - day).days, 0))):
                    if ahead // 7 < HORIZON:
                        sums[ahead // 7] += bill.amount
        money += sum(came)
        wrong += sum(abs(one - other) for one, other in zip(came, said, strict=True))
    return wrong / money


def load_rules(name):
    """A module of the addon's tools: the addon itself would import Odoo."""
    folder = ADDONS / "crm_finance_bridge" / "tools"
    spec = importlib.util.spec_from_file_location(
        "suite_bench_finance", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = package
    spec.loader.exec_module(package)
    return importlib.import_module(f"{spec.name}.{name}")


def read_bills(rules):
    with open(DATA, newline="") as lines:
        return [
            rules.Bill(
                customer=row["customerID"],
                date=_day(row["InvoiceDate"]),
                due=_day(row["DueDate"]),
                settled=_day(row["SettledDate"]),
                amount=float(row["InvoiceAmount"]),
            )
            for row in csv.DictReader(lines)
        ]


def _day(text):
    return datetime.strptime(text, "%m/%d/%Y").date()
