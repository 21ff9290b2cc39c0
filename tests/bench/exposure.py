"""Exposure and credit state of every customer of a company, beside bare SQL for the open receivables alone.

The list of credit control reads this once a screen; the target is 20,000 customers in five seconds. Every
customer's receivables are compared with the posted ledger, read line by line, and every state with the rule.
"""

import time

from suite import ground
from suite.bench import Checked, median_of
from suite.inside import tell
from suite.paths import ADDONS, tree_hash

LIMIT = 5.0  # seconds for all customers


def run(bench):
    ledger = ground.ensure_ledger(bench.odoo, bench.databases, bench.partners, bench.invoices)
    key = tree_hash([ADDONS / name for name in ("crm_custom", "crm_service", "crm_marketing", "crm_finance_bridge")])
    name = bench.install(
        *(ledger, f"suite_bench_exposure_{bench.invoices}_{key}", ["crm_finance_bridge"]),
        title="Installing crm_finance_bridge on the bulk ledger",
    )
    answer = bench.inside(measure, [name], title="Exposure", runs=bench.runs)
    clock, page = median_of(answer["clock"]), median_of(answer["page"])
    facts = f"{answer['customers']:,} customers in {clock:.2f} s, limit {LIMIT:.0f} s; {answer['states']}"
    yield Checked("exposure and state of all customers", clock <= LIMIT, facts)
    yield Checked("first page of credit control, worst first", page <= LIMIT, f"{page:.2f} s")
    yield Checked("open receivables equal the posted ledger, each customer", answer["equal"], answer["differences"])
    yield Checked("states equal the rule, each customer", answer["judged"], answer["wrong"])


# === INSIDE ODOO ===


def measure(registry, runs):
    from odoo import api

    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        env["crm.credit.limit"].flush_model()
        _grant(env)
        answer = _measure(env, runs)
        cr.rollback()
    return answer


def _grant(env):
    """Half of the customers get terms, so that each state occurs."""
    env.cr.execute(
        """
        INSERT INTO crm_credit_limit (partner_id, company_id, hold_rule, max_days_overdue, stop)
        SELECT id, %s, (ARRAY['hold', 'warn', 'prepaid', 'one_invoice', 'company'])[1 + id %% 5], (id %% 4) * 30,
               CASE WHEN id %% 50 = 0 THEN 'all' END
          FROM res_partner
         WHERE commercial_partner_id = id AND id %% 2 = 0
        """,
        [env.company.root_id.id],
    )
    env.cr.execute(
        """
        UPDATE res_partner SET credit_limit = jsonb_build_object(%s::text, 1000 + id %% 20000)
         WHERE commercial_partner_id = id AND id %% 3 = 0
        """,
        [env.company.root_id.id],
    )
    env.invalidate_all()


def _measure(env, runs):
    Exposure = env["crm.credit.exposure"]
    answer = {"clock": [], "page": []}
    for number in range(runs + 1):
        started = time.perf_counter()
        rows = env.execute_query_dict(Exposure._query(env.company.root_id))
        if number:
            answer["clock"].append(time.perf_counter() - started)
        started = time.perf_counter()
        Exposure.search([], limit=80).read(["partner_id", "exposure", "state"])
        if number:
            answer["page"].append(time.perf_counter() - started)
    tell(f"{len(rows)} customers")
    answer["customers"] = len(rows)
    states = {}
    for row in rows:
        states[row["state"]] = states.get(row["state"], 0) + 1
    answer["states"] = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    answer.update(_against_ledger(env, rows))
    answer.update(_against_rule(Exposure, rows))
    return answer


def _against_ledger(env, rows):
    lines = env["account.move.line"]._read_group(
        [
            ("account_id.account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("company_id", "child_of", env.company.root_id.id),
            ("partner_id", "!=", False),
        ],
        ["partner_id"],
        ["balance:sum"],
    )
    ledger = {}
    for partner, balance in lines:
        key = partner.commercial_partner_id.id
        ledger[key] = ledger.get(key, 0) + round(balance * 100)
    ours = {row["partner_id"]: round((row["receivable"] + row["unapplied"]) * 100) for row in rows}
    wrong = {key for key in ours.keys() | ledger.keys() if ours.get(key, 0) != ledger.get(key, 0)}
    return {"equal": not wrong, "differences": f"{len(wrong)} differences: {sorted(wrong)[:3]}" if wrong else ""}


def _against_rule(Exposure, rows):
    from odoo.addons.crm_finance_bridge.tools import credit

    wrong = [
        row["partner_id"]
        for row in rows
        if credit.judge(Exposure._position(row), Exposure._terms(row), credit.ANY).state != row["state"]
    ]
    return {"judged": not wrong, "wrong": f"{len(wrong)} states differ: {wrong[:3]}" if wrong else ""}
