"""Territories: all customers of the bulk ledger assigned by 120 rules, all at once and one by one.

The reference is the pure rule called for every customer in Python: it is the specification, so both must agree on
every customer.
"""

import time

from suite import ground
from suite.bench import Checked, Compared
from suite.paths import ADDONS, tree_hash

RULES = 120
SECONDS = 20.0


def run(bench):
    ledger = ground.ensure_ledger(bench.odoo, bench.databases, bench.partners, bench.invoices)
    name = bench.install(
        *(ledger, f"suite_bench_territory_{bench.invoices}_{tree_hash([ADDONS / 'crm_custom'])}", ["crm_custom"]),
        title="Installing crm_custom on the bulk ledger",
    )
    answer = bench.inside(measure, [name], title="Territories", rules=RULES)
    yield Checked("equal to the rule on every customer", not answer["differences"], f"{answer['customers']} customers")
    yield Checked("assigned, in conflict, outside", None, str(answer["counts"]))
    note = "not judged: one by one only decides, the statement writes memberships and customers too"
    yield Compared("all at once / one by one", answer["sql"], answer["python"], "s", None, note)
    yield Compared("all at once / twenty seconds", answer["sql"], SECONDS, "s", 1.0)


# === INSIDE ODOO ===


def measure(registry, rules):
    """Seconds of both ways, and on how many customers they differ; nothing is kept."""
    from odoo import api, fields

    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        _make(env, rules)
        day = fields.Date.today()
        started = time.perf_counter()
        counts = env["crm.territory"]._assign(day=day)
        sql = time.perf_counter() - started
        partners = env["res.partner"].search([("territory_state", "!=", False)])
        rows = partners.read(["country_id", "zip", "crm_employees", "territory_id", "territory_state"], load=False)
        started = time.perf_counter()
        decided = [env["crm.territory"]._decide(row, day) for row in rows]
        python = time.perf_counter() - started
        differences = sum(
            (row["territory_state"], row["territory_id"] or None) != answer[:2]
            for row, answer in zip(rows, decided, strict=True)
        )
        cr.rollback()
    env.registry.clear_cache()
    return {"sql": sql, "python": python, "counts": counts, "differences": differences, "customers": len(rows)}


def _make(env, rules):
    countries = env["res.country"].search([], limit=4).ids
    cr = env.cr
    cr.execute(
        """UPDATE res_partner SET country_id = (%s::int[])[1 + id %% 4], user_id = NULL,
                  zip = LPAD((id * 7919 %% 100000)::text, 5, '0'),
                  crm_employees = id %% 300""",
        [countries],
    )
    env.invalidate_all()
    env["crm.territory"].create(
        [
            {
                "name": f"T{number}",
                "rule_ids": [
                    (
                        0,
                        0,
                        {
                            "country_id": countries[number % 4],
                            "zip_from": f"{number % 80:02d}",
                            "zip_to": f"{number % 80 + 5:02d}",
                            "size_min": 0 if number % 3 else 50,
                        },
                    )
                ],
            }
            for number in range(rules)
        ]
    )
