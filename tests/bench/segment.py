"""Segments: 100,000 customers judged by a filter and six conditions on behaviour, with the log of who came and why.

The bulk ledger (20,000 customers with 200,000 invoices) is filled up to 100,000 customers with scorecards, RFM and
lifetime values. The rule is written out once more in Python, on the facts read one by one: it is the oracle.
Judged is the processor time of one server process and Odoo (on a quiet machine: the clock, without parallel workers).
"""

import datetime
import time

from suite import ground
from suite.bench import Checked, Compared
from suite.inside import processor_time, tell
from suite.paths import ADDONS, tree_hash

CUSTOMERS = 100_000
SECONDS = 2.0


def run(bench):
    ledger = ground.ensure_ledger(bench.odoo, bench.databases, bench.partners, bench.invoices)
    key = tree_hash([ADDONS / "crm_custom", ADDONS / "crm_marketing"])
    name = bench.install(
        *(ledger, f"suite_bench_segment_{bench.invoices}_{key}", ["crm_marketing"]),
        title="Installing crm_marketing on the bulk ledger",
    )
    answer = bench.inside(measure, [name], title="Segments", customers=CUSTOMERS)
    for label, row in answer.items():
        note = f"{row['members']} members of {row['customers']}"
        yield Compared(f"{label}: size while editing / two seconds", row["count"], SECONDS, "s", 1.0, note)
        first = "not judged: the first night, each member is written with its entry in the log"
        yield Compared(f"{label}: all enter, with reasons / two seconds", row["first"], SECONDS, "s", None, first)
        yield Compared(f"{label}: nightly, a hundredth changes / two seconds", row["second"], SECONDS, "s", 1.0)
        yield Compared(f"{label}: frozen / two seconds", row["freeze"], SECONDS, "s", None, "not judged")
        yield Checked(f"{label}: members equal to the rule in Python", row["equal"], row["log"])


# === INSIDE ODOO ===


def measure(registry, customers):
    """Seconds of each step and what came out, for a plain segment and for one with six behaviours; nothing is kept."""
    from odoo import api

    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {"tracking_disable": True})
        cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        tell("making customers")
        company = _make(env, customers)
        answers = {}
        for label, conditions in (("plain", _plain(env)), ("behaviour", _behaviour(env))):
            tell(label)
            segment = env["crm.segment"].create(
                {
                    "name": label,
                    "company_id": company.id,
                    "domain": "[('active', '=', True), ('is_company', '=', True)]",
                    "condition_ids": [(0, 0, vals) for vals in conditions],
                }
            )
            answers[label] = _measure(env, segment)
        cr.rollback()
    env.registry.clear_cache()
    return answers


def _now(env):
    """Seconds of processor time; of the clock where the server's are hidden."""
    return processor_time(env.cr) or time.perf_counter()


def _measure(env, segment):
    env.flush_all()
    started = _now(env)
    count = segment._count_now()
    counted = _now(env)
    came, _left = segment._refresh()[segment.id]
    entered = _now(env)
    equal = _oracle(env, segment) == set(segment.member_ids.partner_id.ids)
    env.cr.execute("UPDATE crm_scorecard SET customer_class = 'c', revenue = 0 WHERE partner_id % 100 = 0")
    begun = _now(env)
    again, left = segment._refresh()[segment.id]
    refreshed = _now(env)
    equal = equal and _oracle(env, segment) == set(segment.member_ids.partner_id.ids)
    frozen_from = _now(env)
    segment._freeze("bench", "email")
    return {
        "customers": env["res.partner"].search_count([("is_company", "=", True)]),
        "members": count,
        "count": counted - started,
        "first": entered - counted,
        "second": refreshed - begun,
        "freeze": _now(env) - frozen_from,
        "equal": equal and came == count,
        "log": f"{came} entered, then {again} entered and {left} left",
    }


def _plain(env):
    choices = env["crm.segment.choice"].search([("kind", "=", "class"), ("code", "in", ("a", "b"))])
    return [{"kind": "class", "choice_ids": [(6, 0, choices.ids)]}]


def _behaviour(env):
    choices = env["crm.segment.choice"].search([])

    def chosen(kind, *codes):
        found = choices.filtered(lambda choice: choice.kind == kind and choice.code in codes)
        return [(6, 0, found.ids)]

    products = env["product.product"].search([], order="id").ids
    return [
        {"kind": "lifecycle", "choice_ids": chosen("lifecycle", "existing", "valuable", "fading")},
        {"kind": "cell", "cells": "5**, 4**, 3**, 2**"},
        {"kind": "lifetime", "amount": 100},
        {"kind": "payer", "choice_ids": chosen("payer", "none", "prompt", "slow")},
        {"kind": "overdue", "amount": 20000, "negate": True},
        {"kind": "bought", "without_product_ids": [(6, 0, products[:1])], "negate": True},
    ]


def _make(env, customers):
    """Fill up to so many companies; scorecards, RFM scores and lifetime values of all, by their ids."""
    from odoo.tools import SQL

    cr = env.cr
    cr.execute("SELECT company_id FROM account_move WHERE move_type = 'out_invoice' GROUP BY 1 ORDER BY COUNT(*) DESC")
    company = env["res.company"].browse(cr.fetchone()[0])
    have = env["res.partner"].search_count([("is_company", "=", True)])
    env.flush_all()
    own = ("id", "name", "complete_name", "email", "email_normalized", "commercial_partner_id")
    cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'res_partner' AND column_name NOT IN %s",
        [own],
    )
    shared = SQL(", ").join(SQL.identifier(name) for (name,) in cr.fetchall())
    model = env["account.move"].search([("move_type", "=", "out_invoice")], limit=1).commercial_partner_id
    env.flush_all()
    cr.execute(
        SQL(
            """INSERT INTO res_partner (name, complete_name, email, email_normalized, %s)
               SELECT 'Bulk ' || n, 'Bulk ' || n, 'bulk' || n || '@example.com', 'bulk' || n || '@example.com', %s
                 FROM res_partner CROSS JOIN generate_series(1, %s) n WHERE id = %s""",
            shared,
            shared,
            max(customers - have, 0),
            model.id,
        )
    )
    cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL")
    cr.execute("UPDATE res_partner SET partner_share = TRUE WHERE partner_share IS NULL")
    month = env["crm.company.scorecard"].create({"company_id": company.id, "period": "2026-01-01"})
    cr.execute("DELETE FROM crm_scorecard")
    cr.execute(
        """INSERT INTO crm_scorecard (month_id, company_id, partner_id, period, date, is_latest, customer_class,
                                      lifecycle, revenue, score_state)
           SELECT %s, %s, id, '2026-01-01', '2026-01-31', TRUE, (ARRAY['a', 'b', 'c'])[1 + id %% 3],
                  (ARRAY['potential', 'new', 'existing', 'valuable', 'fading', 'lost'])[1 + id / 3 %% 6],
                  id %% 1000, 'no_data'
             FROM res_partner WHERE id = commercial_partner_id AND is_company""",
        [month.id, company.id],
    )
    model = env["crm.lifetime.model"].search([("company_id", "=", company.id)], limit=1)
    model = model or model.create({"company_id": company.id})
    env.flush_all()
    cr.execute("DELETE FROM crm_lifetime_value")
    cr.execute(
        """INSERT INTO crm_lifetime_value (company_id, model_id, partner_id, state, total, mean_margin)
           SELECT company_id, %s, partner_id, 'ok', partner_id %% 500, 10 FROM crm_scorecard""",
        [model.id],
    )
    cr.execute("DELETE FROM crm_rfm_score")
    cr.execute(
        """INSERT INTO crm_rfm_score (company_id, partner_id, date, cell, rfm_group)
           SELECT company_id, partner_id, '2026-01-31',
                  (1 + partner_id % 5)::text || (1 + partner_id / 5 % 5)::text || '3', 'loyal' FROM crm_scorecard"""
    )
    for table in ("res_partner", "crm_scorecard", "crm_lifetime_value", "crm_rfm_score"):
        cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()
    return company


def _oracle(env, segment):
    """Ids of the members by the rule in Python, from the rows of the tables."""
    cr = env.cr
    cr.execute(
        """SELECT partner.id, card.customer_class, card.lifecycle, rfm.cell, value.total
             FROM res_partner partner
             JOIN crm_scorecard card ON card.partner_id = partner.id
             JOIN crm_rfm_score rfm ON rfm.partner_id = partner.id
             JOIN crm_lifetime_value value ON value.partner_id = partner.id
            WHERE partner.active AND partner.partner_share
              AND (partner.company_id IS NULL OR partner.company_id = %s)
              AND partner.id NOT IN (SELECT partner_id FROM res_company)""",
        [segment.company_id.id],
    )
    rows = cr.fetchall()
    if segment.name == "plain":
        return {partner for partner, customer_class, *_rest in rows if customer_class in "ab"}
    cr.execute("SELECT DISTINCT product_id, commercial_partner_id FROM account_move_line line JOIN account_move move "
               "ON move.id = line.move_id WHERE line.parent_state = 'posted' AND line.display_type = 'product' "
               "AND move.move_type = 'out_invoice' AND line.quantity > 0 AND line.date <= %s "
               "AND line.company_id = %s AND line.product_id IS NOT NULL",
               [datetime.date.today(), segment.company_id.id])  # fmt: skip
    bought = cr.fetchall()
    unwanted = segment.condition_ids.without_product_ids.id
    with_it = {partner for product, partner in bought if product == unwanted}
    only_others = {partner for _product, partner in bought} - with_it
    return {
        partner
        for partner, _class, lifecycle, cell, total in rows
        if lifecycle in ("existing", "valuable", "fading")
        and cell[0] in "5432"
        and total >= 100
        and partner not in only_others
    }
