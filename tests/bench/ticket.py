"""Ticket: creating one with policy and clocks, and 1,000 at once, beside an OCA helpdesk ticket with an SLA.

Two databases copied from one company, one with crm_service, one with OCA's
helpdesk_mgmt and helpdesk_mgmt_sla, in one process, runs interleaved. Each ticket
has a customer, a team and an owner, as an agent makes it, with the chatter's log and
followers; up to and including what a commit would write, then rolled back.

Two times: by the clock, and the processor time of Odoo and of its database
connection. On a machine that others keep busy the first is not judged.
"""

import contextlib
import gc
import time

from suite import ground, peers
from suite.bench import Checked, Compared, median_of
from suite.inside import processor_time, tell
from suite.paths import ADDONS, tree_hash

PINNED = "peers_helpdesk.txt"
QUERIES = 15  # of an OCA helpdesk ticket with an SLA, as the requirement counted them
BATCH = 1000
BATCH_LIMIT = 0.5  # ours / OCA, a ticket in the batch
BUSY = 1.25  # clock time / processor time of the peer above which others hold the processors


def run(bench):
    company = ground.ensure_ground(bench.odoo, bench.databases)
    key = company.partition("ground_")[2].replace("_", "")
    content = tree_hash([ADDONS / addon for addon in ("crm_custom", "crm_service")])
    ours = bench.install(
        *(company, f"suite_bench_ticket_{key}{content}", ["crm_service"]), title="Installing crm_service in a company"
    )
    databases, addons = [ours], peers.ensure(bench.odoo, PINNED)
    if addons:
        databases.append(
            bench.install(
                *(company, f"suite_bench_helpdesk_{key}{peers.key(PINNED)}", ["helpdesk_mgmt_sla"]),
                addons=[addons],
                title="Installing OCA's helpdesk in a copy of it",
            )
        )
    answer = bench.inside(
        measure, databases, addons=[addons] if addons else [], title="Tickets", runs=bench.runs, batch=BATCH
    )
    return list(_rows(answer))


def _rows(answer):
    ours, peer = answer["ours"], answer.get("peer")
    queries = ours["single"]["queries"]
    yield Checked(f"one ticket: at most {QUERIES} queries", queries <= QUERIES, f"{queries} queries, {ours['what']}")
    batch = ours["batch"]["queries"]
    yield Checked(f"{BATCH} tickets: less than one query a ticket", batch < BATCH, f"{batch} queries")
    if not peer:
        return
    yield Compared("one ticket: queries", queries, peer["single"]["queries"], "queries", 1.0, peer["what"])
    yield Compared(f"{BATCH} tickets: queries", batch, peer["batch"]["queries"], "queries", BATCH_LIMIT)
    for label, kind, limit in (("one ticket", "single", 1.0), (f"{BATCH} tickets", "batch", BATCH_LIMIT)):
        clock, work = (
            [median_of([run[which] for run in side[kind]["seconds"]]) for side in (ours, peer)] for which in (0, 1)
        )
        quiet = not work[1] or clock[1] <= BUSY * work[1]
        if work[1]:
            yield Compared(f"{label}: processor time", *work, "s", limit)
        note = "" if quiet else "not judged: the machine is busy"
        yield Compared(f"{label}: time", *clock, "s", limit if quiet else None, note)


# === INSIDE ODOO ===


def measure(*registries, runs, batch):
    """Return per side: query counts, seconds (clock, processor) of every run, and what such a ticket has."""
    sides = dict(zip(("ours", "peer"), registries, strict=False))
    for label, registry in sides.items():
        _prepare(registry, label)
    answers = {label: {kind: {"seconds": []} for kind in ("single", "batch")} for label in sides}
    for kind, count, repeat in (("single", 1, 4 * runs), ("batch", batch, max(runs // 2, 2))):
        for number in range(repeat + 1):
            tell(f"{kind}, run {number} of {repeat}")
            order = list(sides.items())
            for label, registry in order if number % 2 else reversed(order):
                spent, queries, what = _once(registry, label, count)
                answers[label][kind]["queries"] = queries
                answers[label]["what"] = what
                if number:  # the first run warms the caches
                    answers[label][kind]["seconds"].append(spent)
    return answers


def _prepare(registry, label):
    """An agent, a team of his and a service level of 4 and 24 hours (OCA: the second alone), committed once."""
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        if env["res.users"].search_count([("login", "=", "bench_agent")]):
            return
        group = "crm_service.group_service_user" if label == "ours" else "helpdesk_mgmt.group_helpdesk_user"
        agent = (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create({"name": "Bench agent", "login": "bench_agent", "group_ids": [(4, env.ref(group).id)]})
        )
        if label == "ours":
            env["crm.service.team"].create({"name": "Bench team", "member_ids": [(4, agent.id)], "sequence": 1})
        else:
            team = env["helpdesk.ticket.team"].create(
                {"name": "Bench team", "user_ids": [(4, agent.id)], "use_sla": True}
            )
            team.resource_calendar_id = env.company.resource_calendar_id
            env["helpdesk.sla"].create(
                {
                    "name": "Bench level",
                    "team_ids": [(4, team.id)],
                    "hours": 24,
                    "stage_id": env["helpdesk.ticket.stage"].search([("closed", "=", True)], limit=1).id,
                }
            )


def _once(registry, label, count):
    """Create `count` tickets as the agent and roll back; return (clock, processor seconds), queries, a word."""
    from odoo import SUPERUSER_ID, api

    with contextlib.closing(registry.cursor()) as cr:
        superuser = api.Environment(cr, SUPERUSER_ID, {})
        agent = superuser["res.users"].search([("login", "=", "bench_agent")])
        customers = superuser["res.partner"].search([("name", "=like", "Bench customer %")])
        model = "crm.ticket" if label == "ours" else "helpdesk.ticket"
        team = superuser["crm.service.team" if label == "ours" else "helpdesk.ticket.team"].search(
            [("name", "=", "Bench team")]
        )
        values = [
            {
                "name": f"Bench ticket {number}",
                "description": "It does not work",
                "partner_id": customers[number % len(customers)].id,
                "team_id": team.id,
                "user_id": agent.id,
            }
            for number in range(count)
        ]
        env = api.Environment(cr, agent.id, {"lang": "en_US", "allowed_company_ids": agent.company_id.ids})
        superuser.invalidate_all()
        env.user.has_group("base.group_user")  # what a request has read before it acts
        gc.collect()
        gc.disable()
        try:
            queries, clock, work = cr.sql_log_count, time.perf_counter(), processor_time(cr)
            tickets = env[model].create(values)
            cr.flush()
            spent = (time.perf_counter() - clock, processor_time(cr) - work)
            queries = cr.sql_log_count - queries
            return spent, queries, _word(tickets[0].sudo(), label)
        finally:
            gc.enable()
            cr.rollback()


def _word(ticket, label):
    """Say what the ticket was given, so that nobody compares a ticket without its clocks."""
    if label == "ours":
        return f"policy {ticket.policy_id.name}, {len(ticket.clock_ids)} clocks, due {ticket.deadline}"
    return f"OCA: {len(ticket.ticket_sla_ids)} SLA, due {ticket.sla_deadline}"
