"""Recall of a product that 1,000 customers bought: found, one ticket and mail each, and run again.

Shipments are written by Odoo's own done moves; nothing is kept.
"""

import time

from suite import ground
from suite.bench import Checked
from suite.inside import tell
from suite.paths import ADDONS, tree_hash

CUSTOMERS = 1_000
FIND_LIMIT = 2.0
QUERIES_EACH = 6


def run(bench):
    company = ground.ensure_ground(bench.odoo, bench.databases)
    key = tree_hash([ADDONS / "crm_custom", ADDONS / "crm_service"])
    name = bench.install(
        company,
        f"suite_bench_recall_{key}",
        ["crm_service"],
        title="Installing crm_service in a copy of the company",
    )
    answer = bench.inside(measure, [name], title="Recall", customers=CUSTOMERS)
    yield Checked("customers found", answer["find"] <= FIND_LIMIT, f"{answer['found']:,} in {answer['find']:.2f} s")
    queries = answer["queries"] / CUSTOMERS
    yield Checked(
        "tickets and mails",
        queries <= QUERIES_EACH and answer["tickets"] == CUSTOMERS == answer["mails"],
        f"{answer['tickets']:,} in {answer['inform']:.1f} s, {queries:.2f} queries each",
    )
    yield Checked("again", answer["again"] == 0, f"{answer['again']} new tickets")


# === INSIDE ODOO ===


def measure(registry, customers):
    """Return seconds, queries and counts."""
    from odoo import api, fields

    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {"tracking_disable": True})
        tell(f"shipping to {customers:,} customers")
        product = _ship(env, customers)
        recall = env["crm.recall"].create(
            {"name": "Bench", "product_ids": [(6, 0, product.ids)], "message": "<p>Send it back.</p>"}
        )
        recall.team_id = recall.team_id or env["crm.service.team"].search([], limit=1)
        env.flush_all()
        answer, now = {}, fields.Datetime.now()
        answer["find"] = _timed(recall.action_find)
        answer["found"] = len(recall.line_ids)
        recall.state = "running"
        tell("informing")
        before = cr.sql_log_count
        answer["inform"] = _timed(lambda: (env["crm.recall"]._process_inform(now), env.flush_all()))
        answer["queries"] = cr.sql_log_count - before
        tickets = env["crm.ticket"].search([("recall_id", "=", recall.id)])
        answer["tickets"] = len(tickets)
        mails = env["mail.mail"].search_count([("model", "=", "crm.ticket"), ("res_id", "in", tickets.ids)])
        answer["mails"] = mails
        recall.action_find()
        env["crm.recall"]._process_inform(now)
        answer["again"] = env["crm.ticket"].search_count([("recall_id", "=", recall.id)]) - len(tickets)
        cr.rollback()
    return answer


def _ship(env, customers):
    product = env["product.product"].create({"name": "Bench goods", "is_storable": True})
    stock = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1).lot_stock_id
    outside = env.ref("stock.stock_location_customers")
    partners = env["res.partner"].create(
        [{"name": f"Bench {number}", "email": f"bench{number}@recall.test"} for number in range(customers)]
    )
    places = {"location_id": stock.id, "location_dest_id": outside.id, "company_id": env.company.id}
    goods = {"product_id": product.id, **places}
    moves = env["stock.move"].create(
        [
            {
                **goods,
                "product_uom_qty": 2,
                "partner_id": partner.id,
                "move_line_ids": [(0, 0, {**goods, "quantity": 2})],
            }
            for partner in partners
        ]
    )
    moves.picked = True
    moves._action_done()
    return product


def _timed(act):
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
