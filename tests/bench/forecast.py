"""Forecast: four methods on 8,800 deals, three quarters, walk-forward; what each would have said and was off.

Strictly walk-forward: `known_at` removes what is dated on or after the forecast date, and what a deal was worth
is its list price until it closes. Quirks of the data: one product is spelt in two ways; deals in Prospecting have
no dates (nobody knows when they came in) and stay out; closings are recorded from 2017-03-01 only, so that older
deals count days at risk from there. METHODS section 10 names the quarters and the baselines.
"""

import csv
import importlib.util
import sys
from datetime import date, datetime
from decimal import Decimal

from suite.bench import Checked, Compared
from suite.paths import ADDONS, ROOT

DATA = ROOT.parent / "shared" / "data" / "crm_pipeline"
QUARTERS = ((date(2017, 4, 1), 91), (date(2017, 7, 1), 92), (date(2017, 10, 1), 92))
SPELT = {"GTXPro": "GTX Pro"}
LIMIT = 0.10


def run(_bench):
    if not DATA.is_dir():
        return [Checked("deals", None, f"left out: {DATA} is not there")]
    rules, hazard = load_rules()
    deals = read_deals(hazard)
    errors, rows = {}, []
    for day, days in QUARTERS:
        actual = rules.actual(deals, day, days)
        answer = rules.forecast(deals, day, days)
        for name in (*rules.METHODS, "combination"):
            error = rules.error(answer[name], actual)
            errors.setdefault(name, []).append(error)
            rows.append(Checked(f"{day}: {name}", None, f"{answer[name]:>12,.0f} of {actual:,.0f} = {error:+.1%}"))
        shares = ", ".join(f"{name} {share:.2f}" for name, share in answer["weights"].items())
        rows.append(Checked(f"{day}: weights", None, shares))
    means = {name: rules.mean_error(values) for name, values in errors.items()}
    for name, (mean, bias) in means.items():
        rows.append(Checked(f"{name}: mean absolute error", None, f"{mean:.1%}, bias {bias:+.1%}"))
    combined, alone = means["combination"][0], means["weighted"][0]
    rows.append(Checked("combination within 10 %", combined <= LIMIT, f"{combined:.1%}"))
    rows.append(Compared("combination / weighted pipeline alone", combined, alone, "error", 1.0))
    return rows


def load_rules():
    """The addon's tools as a package of their own: the addon itself would import Odoo."""
    folder = ADDONS / "crm_custom" / "tools"
    spec = importlib.util.spec_from_file_location(
        "suite_bench_rules", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = package
    spec.loader.exec_module(package)
    return [importlib.import_module(f"{spec.name}.{name}") for name in ("forecast", "hazard")]


def read_deals(hazard):
    """The dated deals: expected value = list price, amount = what they closed at."""
    with open(DATA / "products.csv", newline="") as lines:
        prices = {row["product"]: float(Decimal(row["sales_price"])) for row in csv.DictReader(lines)}
    with open(DATA / "sales_teams.csv", newline="") as lines:
        office = {row["sales_agent"]: row["regional_office"] for row in csv.DictReader(lines)}
    deals = []
    with open(DATA / "sales_pipeline.csv", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["engage_date"]:
                closed = _day(row["close_date"])
                deals.append(
                    hazard.Deal(
                        key=row["opportunity_id"],
                        opened=_day(row["engage_date"]),
                        value=prices[SPELT.get(row["product"], row["product"])],
                        stage="Engaging",
                        closed=closed,
                        won=row["deal_stage"] == "Won",
                        amount=float(row["close_value"]) if closed else None,
                        owner=office.get(row["sales_agent"]),
                    )
                )
    return deals


def _day(text):
    return datetime.strptime(text, "%m/%d/%Y").date() if text else None
