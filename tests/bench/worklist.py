"""The worklist of collectors for a whole company: refreshed, and the first page read.

Each customer's overdue amount is compared with crm.open.item, each expected gain with the rule; a second refresh
must change nothing.
"""

import time

from suite import ground
from suite.bench import Checked, median_of
from suite.inside import tell
from suite.paths import ADDONS, tree_hash

LIMIT = 20.0  # seconds for all customers


def run(bench):
    ledger = ground.ensure_ledger(bench.odoo, bench.databases, bench.partners, bench.invoices)
    key = tree_hash([ADDONS / name for name in ("crm_custom", "crm_service", "crm_marketing", "crm_finance_bridge")])
    name = bench.install(
        *(ledger, f"suite_bench_exposure_{bench.invoices}_{key}", ["crm_finance_bridge"]),
        title="Installing crm_finance_bridge on the bulk ledger",
    )
    answer = bench.inside(measure, [name], title="Worklist", runs=bench.runs)
    clock, page = median_of(answer["clock"]), median_of(answer["page"])
    facts = f"{answer['customers']:,} customers in {clock:.1f} s, limit {LIMIT:.0f} s; {answer['queries']} queries"
    yield Checked("worklist of the whole company", clock <= LIMIT, facts)
    yield Checked("first page, with the sentence why", page <= 1.0, f"{page:.2f} s")
    yield Checked("overdue amounts equal crm.open.item, each customer", answer["equal"])
    yield Checked("expected gains equal the rule, each customer", answer["judged"])
    yield Checked("a second refresh changes nothing", answer["same"])


# === INSIDE ODOO ===


def measure(registry, runs):
    from odoo import api

    with registry.cursor() as cr:
        answer = _measure(api.Environment(cr, api.SUPERUSER_ID, {}), runs)
        cr.rollback()
    return answer


def _measure(env, runs):
    Task, company = env["crm.collection.task"], env.company
    env["crm.collector"].create({"user_id": env.uid, "company_id": company.id, "capacity": 50})
    answer = {"clock": [], "page": []}
    for number in range(runs + 1):
        queries, started = env.cr.sql_log_count, time.perf_counter()
        answer["customers"] = Task._refresh(company)
        passed = time.perf_counter() - started
        answer["queries"] = env.cr.sql_log_count - queries
        if number:
            answer["clock"].append(passed)
        started = time.perf_counter()
        Task.search([("state", "=", "todo")], limit=80).read(["partner_id", "gain", "why", "overdue"])
        if number:
            answer["page"].append(time.perf_counter() - started)
        tell(f"run {number}: {passed:.1f} s")
        env.invalidate_all()
    rows = Task.search([("company_id", "=", company.id), ("state", "!=", "done")])
    before = {row.id: (row.gain, row.overdue, row.is_today) for row in rows}
    found = env["crm.open.item"]._read_group(
        [("residual", ">", 0), ("days_overdue", ">", 0), ("company_id", "=", company.id), ("partner_id", "!=", False)],
        ["partner_id"],
        ["residual:sum"],
    )
    overdue = {partner.id: company.currency_id.round(amount) for partner, amount in found}
    answer["equal"] = overdue == {row.partner_id.id: company.currency_id.round(row.overdue) for row in rows}
    answer["judged"] = all(row.gain == company.currency_id.round(row._worth()) for row in rows)
    Task._refresh(company)
    answer["same"] = before == {row.id: (row.gain, row.overdue, row.is_today) for row in rows}
    return answer
