"""Payment score: late or on time and days to the money, walk-forward on 2,466 invoices; weeks of receipts likewise.

Each invoice is judged by what was known before its date: invoices settled until then, and those already overdue.
The targets are 0.80 right on late or on time and a mean error of 6.3 days; METHODS section 7 has the baselines
(own majority 0.799, own median 6.31 days, due date 10.63 days). Amounts in the data have no currency.
"""

import csv
import importlib.util
import sys
from datetime import datetime

from suite.bench import Checked, Compared
from suite.paths import ADDONS, ROOT

DATA = ROOT.parent / "shared" / "data" / "receivables.csv"
RIGHT, DAYS = 0.80, 6.3


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
    ]


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
