"""Scorecard: class, lifecycle, rank and metrics of 20,000 customers on 200,000 invoices, and their lifetime values.

The run must take 20 seconds of the processor and no more memory for more customers: all of it is SQL. The second
run is a night later: most rows are there already. Lifetime values: fitted on a sample, every customer valued.

Two times: by the clock, and the processor time of Odoo and its database connection. On a machine that others keep
busy the first says little; the limit is judged on the second.
"""

import datetime
import resource
import time

from suite import ground
from suite.bench import Checked
from suite.inside import processor_time, tell
from suite.paths import ADDONS, tree_hash

LIMIT = 20.0  # seconds
MEMORY = 50  # megabytes that a run may add to the process
DAY = datetime.date(2026, 11, 20)  # the last day of the bulk ledger


def run(bench):
    ledger = ground.ensure_ledger(bench.odoo, bench.databases, bench.partners, bench.invoices)
    name = bench.install(
        *(ledger, f"suite_bench_scorecard_{bench.invoices}_{tree_hash([ADDONS / 'crm_custom'])}", ["crm_custom"]),
        title="Installing crm_custom on the bulk ledger",
    )
    answers = bench.inside(measure, [name], title="Scorecard", day=DAY.isoformat())
    return [row for what, answer in answers.items() for row in _rows(what, answer)]


def _rows(what, answer):
    facts = f"{answer['customers']:,} customers, {answer['clock']:.1f} s by the clock"
    title = f"{what}: {answer['work']:.1f} s of the processor, limit {LIMIT:.0f}"
    yield Checked(title, answer["work"] <= LIMIT, facts)
    yield Checked(f"{what}: {answer['memory']:.0f} MB added, limit {MEMORY}", answer["memory"] <= MEMORY)


# === INSIDE ODOO ===


def measure(registry, day):
    """Return per step: customers, seconds by the clock and of the processor, megabytes added. Rolls back."""
    from odoo import api

    day = datetime.date.fromisoformat(day)
    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        cards, model = env["crm.scorecard"], env["crm.lifetime.model"]
        steps = {
            "first run": lambda: cards._run(env.company, day).customer_count,
            "run of the next night": lambda: cards._run(env.company, day + datetime.timedelta(days=1)).customer_count,
            "lifetime values": lambda: model._run(env.company, day).customer_count,
        }
        answers = {}
        for what, step in steps.items():
            tell(what)
            clock, work, memory = time.perf_counter(), processor_time(cr), _memory()
            customers = step()
            answers[what] = {
                "customers": customers,
                "clock": time.perf_counter() - clock,
                "work": processor_time(cr) - work or time.perf_counter() - clock,
                "memory": _memory() - memory,
            }
        cr.rollback()
    return answers


def _memory():
    """Most megabytes that the process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
