"""Profit of 20,000 customers over 200,000 invoices: levels by customer, one customer's page, equal to the ledger.

Nothing is stored: each figure is read from the posted items when it is asked for. Limits: all customers of a year in
ten seconds, all time by class in twenty, one customer's lifetime or waterfall in one. Net sales are compared with bare
SQL.
"""

import statistics
import time

from suite import ground
from suite.bench import Checked
from suite.inside import tell
from suite.paths import ADDONS, tree_hash

LIMITS = {  # seconds
    "customers of a year": 10.0,
    "all time by class": 20.0,
    "lifetime of one customer": 1.0,
    "waterfall of one customer": 1.0,
}


def run(bench):
    ledger = ground.ensure_ledger(bench.odoo, bench.databases, bench.partners, bench.invoices)
    key = tree_hash([ADDONS / name for name in ("crm_custom", "crm_service", "crm_marketing", "crm_finance_bridge")])
    name = bench.install(
        *(ledger, f"suite_bench_exposure_{bench.invoices}_{key}", ["crm_finance_bridge"]),
        title="Installing crm_finance_bridge on the bulk ledger",
    )
    answer = bench.inside(measure, [name], title="Profit of customers", runs=bench.runs)
    for what, seconds in answer["seconds"].items():
        took = statistics.median(seconds)
        yield Checked(f"{what}: {took:.2f} s, limit {LIMITS[what]:.0f}", took <= LIMITS[what], answer["facts"])
    ours, theirs = answer["totals"]
    yield Checked("net sales equal to the ledger's, to the cent", ours == theirs, f"{ours} against {theirs} cents")


# === INSIDE ODOO ===


def measure(registry, runs):
    from odoo import api
    from odoo.tools import SQL

    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        Profit = env["crm.customer.profit"]
        base = [("company_id", "=", env.company.id)]
        [(newest,)] = env["account.move"]._read_group([("state", "=", "posted")], aggregates=["invoice_date:max"])
        year = [*base, ("date", ">=", newest.replace(month=1, day=1))]
        sums = ["sales:sum", "marginal:sum", "total:sum", "net:sum"]
        one = env["account.move"].search([("move_type", "=", "out_invoice"), ("state", "=", "posted")], limit=1)
        domain = [*base, ("partner_id", "=", one.commercial_partner_id.id)]
        works = {
            "customers of a year": lambda: Profit._read_group(year, ["partner_id"], sums),
            "all time by class": lambda: Profit._read_group(base, ["customer_class"], sums),
            "lifetime of one customer": lambda: Profit._read_group(domain, ["partner_id"], sums),
            "waterfall of one customer": lambda: env["crm.profit.entry"]._read_group(domain, ["part"], ["amount:sum"]),
        }
        seconds = {}
        for what, work in works.items():
            tell(what)
            for _run in range(runs):
                started = time.perf_counter()
                work()
                seconds.setdefault(what, []).append(time.perf_counter() - started)
        [(ours,)] = Profit._read_group(base, aggregates=["sales:sum"])
        [(theirs,)] = env.execute_query(
            SQL(
                """SELECT -SUM(line.balance) FROM account_move_line line
                     JOIN account_move move ON move.id = line.move_id
                    WHERE line.display_type = 'product' AND move.state = 'posted' AND move.company_id = %s
                      AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')""",
                env.company.id,
            )
        )
        cr.rollback()
    return {
        "seconds": seconds,
        "facts": f"newest invoice {newest}",
        "totals": (round((ours or 0) * 100), round(float(theirs or 0) * 100)),
    }
