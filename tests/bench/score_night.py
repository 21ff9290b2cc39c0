"""The night of the payment scores: all customers judged, receipts forecast, losses expected, beside the ledger.

Scores, weeks of receipts and risk-adjusted return of a company with 20,000 customers and 200,000 invoices are
written anew every night; the limit is two minutes in all. What is expected of each customer's open invoices is
compared with the posted ledger, read by bare SQL.
"""

import time

from suite import ground
from suite.bench import Checked
from suite.inside import tell
from suite.paths import ADDONS, tree_hash

LIMIT = 120.0  # seconds


def run(bench):
    ledger = ground.ensure_ledger(bench.odoo, bench.databases, bench.partners, bench.invoices)
    key = tree_hash([ADDONS / name for name in ("crm_custom", "crm_service", "crm_marketing", "crm_finance_bridge")])
    name = bench.install(
        *(ledger, f"suite_bench_exposure_{bench.invoices}_{key}", ["crm_finance_bridge"]),
        title="Installing crm_finance_bridge on the bulk ledger",
    )
    answer = bench.inside(measure, [name], title="Payment scores")
    total = sum(answer["seconds"].values())
    parts = ", ".join(f"{part} {seconds:.1f} s" for part, seconds in answer["seconds"].items())
    yield Checked("a night of one company", total <= LIMIT, f"{total:.1f} s, limit {LIMIT:.0f} s: {parts}")
    yield Checked("rows written", None, answer["rows"])
    yield Checked("expected of open invoices equals the ledger, each customer", answer["equal"], answer["differences"])


# === INSIDE ODOO ===


def measure(registry):
    from odoo import api

    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        answer = _measure(env, env.company.root_id)
        cr.rollback()
    return answer


def _measure(env, root):
    today = root._crm_credit_today()
    seconds, bills = {}, []

    def clock(part, work):
        tell(part)
        started = time.perf_counter()
        result = work()
        seconds[part] = time.perf_counter() - started
        return result

    bills = clock("history", lambda: env["crm.payment.history"]._bills(root, today))
    scores = clock("scores", lambda: env["crm.payment.score"]._refresh(root, today, bills))
    weeks = clock("forecast", lambda: env["crm.funds.forecast"]._process(root, today, bills))
    risks = clock("risk", lambda: env["crm.customer.risk"]._process(root, today, bills))
    return {
        "seconds": seconds,
        "rows": f"{len(bills):,} invoices read; {scores:,} scores, {len(weeks)} weeks, {risks:,} customers at risk",
        **_against_ledger(env, root, today),
    }


def _against_ledger(env, root, today):
    from odoo.tools import SQL

    found = {}
    for partner, _due, amount in env["crm.expected.receipt"]._net_items(root, today):
        found[partner] = found.get(partner, 0.0) + amount
    owed = env.execute_query(
        SQL(
            """
            SELECT customer.commercial_partner_id, SUM(line.balance)
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id AND account.account_type = 'asset_receivable'
         LEFT JOIN res_partner customer ON customer.id = line.partner_id
             WHERE line.parent_state = 'posted' AND line.company_id = %s AND line.date <= %s
             GROUP BY customer.commercial_partner_id
            """,
            root.id,
            today,
        )
    )
    wrong = sum(abs(max(float(balance), 0.0) - found.get(partner, 0.0)) >= 0.005 for partner, balance in owed)
    return {"equal": not wrong, "differences": f"{len(owed):,} customers, {wrong} differ"}
