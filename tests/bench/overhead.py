"""Overhead: Odoo's own flows with the four addons installed beside the same Odoo without them.

Two databases copied from one company, one process, runs interleaved. Each run
prepares its documents, then measures one act as the user whose work it is, up
to and including what a commit would write, and rolls back.

Two times: by the clock, and the processor time of Odoo and of its database
connection. On a machine that others keep busy the first says little, so it is
judged only where both agree on what plain Odoo costs.
"""

import collections
import contextlib
import gc
import time
import traceback

from suite import ground
from suite.bench import Compared
from suite.inside import processor_time, tell
from suite.paths import ADDONS, SUITE, tree_hash

QUERY_LIMIT = 1.10
TIME_LIMIT = 1.15
BUSY = 1.25  # clock time / processor time of plain Odoo above which others hold the processors
ORDER_LINES = 5


def run(bench):
    company = ground.ensure_ground(bench.odoo, bench.databases)
    key = company.partition("ground_")[2].replace("_", "")
    plain = bench.install(company, f"suite_bench_plain_{key}", ["base"], title="Copying the company without the suite")
    content = tree_hash([ADDONS / addon for addon in SUITE])
    suite = bench.install(
        company, f"suite_bench_suite_{key}{content}", list(SUITE), title="Installing the four addons in a copy of it"
    )
    # These acts take tens of milliseconds, so that they need more runs.
    answers = bench.inside(measure, [plain, suite], title="Overhead", runs=2 * bench.runs)
    return [row for flow, answer in answers.items() for row in _rows(flow, answer)]


def _rows(flow, answer):
    plain, suite = answer["plain"], answer["suite"]
    yield Compared(f"{flow}: queries", suite["queries"], plain["queries"], "queries", QUERY_LIMIT, answer["extra"])
    # The quickest run of each side: a virtual processor changes its speed within a second, and then medians of a
    # dozen short runs compare two speeds of the machine (1.32 and 0.87 for the same code within a day).
    clock = [min(run[0] for run in side["seconds"]) for side in (suite, plain)]
    work = [min(run[1] for run in side["seconds"]) for side in (suite, plain)]
    quiet = not work[1] or clock[1] <= BUSY * work[1]
    if work[1]:
        yield Compared(f"{flow}: processor time", *work, "s", TIME_LIMIT)
    note = "" if quiet else "not judged: the machine is busy"
    yield Compared(f"{flow}: time", *clock, "s", TIME_LIMIT if quiet else None, note)


# === INSIDE ODOO ===


def measure(plain, suite, runs):
    """Return per flow: query counts and seconds on both databases, and where the suite's own queries come from."""
    answers = {}
    for flow, (role, prepare, act) in FLOWS.items():
        tell(flow)
        found = {label: {"seconds": [], "queries": 0} for label in ("plain", "suite")}
        for number in range(runs + 2):
            pairs = [("plain", plain), ("suite", suite)]
            for label, registry in pairs if number % 2 else reversed(pairs):
                seconds, queries, _sources = _once(registry, role, prepare, act)
                found[label]["queries"] = queries
                if number >= 2:  # the first runs warm the caches
                    found[label]["seconds"].append(seconds)
        sources = _once(suite, role, prepare, act, trace=True)[2]
        answers[flow] = {**found, "extra": ", ".join(f"{count} {where}" for where, count in sources.most_common(6))}
    return answers


def _once(registry, role, prepare, act, trace=False):
    """Prepare, act and roll back; return seconds, queries and (if traced) queries by place in the suite's code."""
    from odoo import api

    with contextlib.closing(registry.cursor()) as cr:
        superuser = api.Environment(cr, api.SUPERUSER_ID, {})
        subject = prepare(superuser)
        cr.flush()
        superuser.invalidate_all()
        user = superuser["res.users"].search([("login", "=", f"bench_{role}")])
        env = api.Environment(cr, user.id, {"lang": "en_US", "allowed_company_ids": user.company_id.ids})
        user.has_group("base.group_user")  # what a request has read before it acts
        gc.collect()
        gc.disable()
        try:
            with _traced(cr) if trace else contextlib.nullcontext(collections.Counter()) as sources:
                queries, clock, work = cr.sql_log_count, time.perf_counter(), processor_time(cr)
                act(env, subject and subject.with_env(env))
                cr.flush()
                spent = (time.perf_counter() - clock, processor_time(cr) - work)
                return spent, cr.sql_log_count - queries, sources
        finally:
            gc.enable()
            cr.rollback()


@contextlib.contextmanager
def _traced(cr):
    """Count queries by the suite's function that makes them: the innermost frame outside Odoo's own machinery."""
    sources = collections.Counter()
    original = type(cr).execute

    def execute(self, *args, **kwargs):
        for frame in reversed(traceback.extract_stack(limit=60)):
            if frame.filename.startswith(str(ADDONS)):
                path = frame.filename.removeprefix(f"{ADDONS}/")
                sources[f"{path}:{frame.name}"] += 1
            if "/addons/" in frame.filename:
                break
        return original(self, *args, **kwargs)

    type(cr).execute = execute
    try:
        yield sources
    finally:
        type(cr).execute = original


def _customer(env):
    return env["res.partner"].search([("name", "=like", "Bench customer %")], limit=1)


def _products(env):
    return env["product.product"].search([("name", "=like", "Bench product %")], limit=ORDER_LINES)


def _user(env, role):
    return env["res.users"].search([("login", "=", f"bench_{role}")])


def _order(env):
    return env["sale.order"].create(
        {
            "partner_id": _customer(env).id,
            "user_id": _user(env, "seller").id,
            "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 2}) for product in _products(env)],
        }
    )


def _invoice(env):
    return env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": _customer(env).id,
            "invoice_date": "2026-11-02",
            "invoice_line_ids": [
                (0, 0, {"product_id": product.id, "quantity": 2, "price_unit": 50}) for product in _products(env)
            ],
        }
    )


def _posted_invoice(env):
    invoice = _invoice(env)
    invoice.action_post()
    return invoice


def _delivery(env):
    order = _order(env)
    order.action_confirm()
    order.picking_ids.action_assign()
    return order.picking_ids


def _create_lead(env, _subject):
    env["crm.lead"].create(
        {
            "name": "A lead",
            "type": "opportunity",
            "contact_name": "Ann Example",
            "email_from": "ann@lead.example.com",
            "phone": "+1 555 0100",
            "expected_revenue": 1000,
        }
    )


def _confirm(_env, order):
    order.action_confirm()


def _post(_env, invoice):
    invoice.action_post()


def _pay(env, invoice):
    wizard = env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
    wizard.create({})._create_payments()


def _validate(_env, picking):
    picking.button_validate()


FLOWS = {
    "create a lead": ("seller", lambda env: None, _create_lead),
    "confirm an order": ("seller", _order, _confirm),
    "post an invoice": ("accountant", _invoice, _post),
    "register a payment": ("accountant", _posted_invoice, _pay),
    "validate a delivery": ("storekeeper", _delivery, _validate),
}
