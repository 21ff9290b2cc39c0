"""Mails: queries and time of one mail through the gateway of a service team, by kind of mail.

Every kind is measured at 50 and at 500 tickets of the team, so that a cost that grows with the tickets shows.
The run with 2,000 mails, real servers and a killed reader is tests/scenario/test_crm_suite/tests/test_mail_servers.py.
"""

import contextlib
import statistics
import time

from suite import ground
from suite.bench import Checked, Compared
from suite.inside import tell
from suite.paths import ADDONS, SUITE, tree_hash

LIMIT_GROWTH = 1.2  # queries at 500 tickets / at 50
ROUNDS = 30
MAIL = "From: {sender}\nTo: bench.help@bench.test\nSubject: {subject}\nMessage-Id: <{number}@bench>\n{extra}\n{text}\n"


def run(bench):
    company = ground.ensure_ground(bench.odoo, bench.databases)
    key = company.partition("ground_")[2].replace("_", "")
    content = tree_hash([ADDONS / addon for addon in SUITE])
    suite = bench.install(
        company, f"suite_bench_suite_{key}{content}", list(SUITE), title="Installing the four addons in a copy of it"
    )
    answers = bench.inside(measure, [suite], title="Mails through the gateway")
    for kind, (few, many) in answers.items():
        note = f"{many['seconds'] * 1000:.0f} ms a mail"
        yield Compared(f"{kind}: queries", many["queries"], few["queries"], "queries", LIMIT_GROWTH, note)
    yield Checked("mails measured of each kind", None, str(ROUNDS))


# === INSIDE ODOO ===


def measure(registry):
    """Return {kind: ({"queries", "seconds"} at 50 tickets, the same at 500)}: medians a mail."""
    from odoo import api

    with contextlib.closing(registry.cursor()) as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {"mail_notify_force_send": False})
        domain = env["mail.alias.domain"].create({"name": "bench.test"})
        team = env["crm.service.team"].create({"name": "Bench help", "alias_name": "bench.help"})
        team.alias_id.alias_domain_id = domain
        partners = env["res.partner"].create(
            [{"name": f"Mail {n}", "email": f"mail{n}@bench-customer.test"} for n in range(ROUNDS * 8)]
        )
        answers = {}
        for size in (50, 500):
            missing = size - env["crm.ticket"].search_count([("team_id", "=", team.id)])
            values = [{"name": f"T {n}", "team_id": team.id, "partner_id": partners[0].id} for n in range(missing)]
            env["crm.ticket"].create(values)
            for kind, figures in _kinds(env, partners, size).items():
                answers.setdefault(kind, []).append(figures)
        cr.rollback()
    return answers


def _kinds(env, partners, size):
    found = {}
    kinds = {
        "request": ({}, ""),
        "request of a stranger": ({"sender": "new{n}@stranger.test"}, ""),
        "reply": ({"extra": "In-Reply-To: <request{n}-{size}@bench>\n"}, ""),
        "mail of a robot": ({"extra": "Auto-Submitted: auto-replied\n"}, ""),
        "duplicate": ({"number": "request{n}-{size}"}, ""),
    }
    for kind, (given, _note) in kinds.items():
        tell(f"{kind}, {size} tickets")
        queries, seconds = [], []
        for n in range(ROUNDS):
            values = {"sender": partners[n].email, "number": f"{kind.replace(' ', '')}{n}-{size}", "extra": "", **given}
            values = {name: value.format(n=n, size=size) for name, value in values.items()}
            raw = MAIL.format(subject=f"Mail {n}", text="A glass is broken.", **values)
            before, started = env.cr.sql_log_count, time.perf_counter()
            env["mail.thread"].message_process(None, raw)
            env.cr.flush()
            queries.append(env.cr.sql_log_count - before)
            seconds.append(time.perf_counter() - started)
            env.invalidate_all()
        found[kind] = {"queries": statistics.median(queries), "seconds": statistics.median(seconds)}
    return found
