"""Pipeline: daily snapshot and change waterfall of 100,000 deals.

Deals are written by SQL, a month of changes is told between two snapshots
(grown, shrunk, won, lost, handed over, deleted, new), and the waterfall is read as
the screen reads it, with the rights of a manager. The sums are compared with
those of the deals themselves.
"""

import datetime
import time

from suite import ground
from suite.bench import Checked, median_of
from suite.inside import tell
from suite.paths import ADDONS, tree_hash

DEALS = 100_000
SNAPSHOT_LIMIT = 20.0
WATERFALL_LIMIT = 5.0


def run(bench):
    company = ground.ensure_ground(bench.odoo, bench.databases)
    key = tree_hash([ADDONS / "crm_custom"])
    name = bench.install(
        company, f"suite_bench_pipeline_{key}", ["crm_custom"], title="Installing crm_custom in a copy of the company"
    )
    answer = bench.inside(measure, [name], title="Waterfall", deals=DEALS, runs=bench.runs)
    return list(_rows(answer))


def _rows(answer):
    yield Checked("first snapshot", answer["first"] <= SNAPSHOT_LIMIT, f"{answer['first']:.2f} s for {DEALS:,} deals")
    yield Checked("next snapshot", answer["next"] <= SNAPSHOT_LIMIT, f"{answer['next']:.2f} s, {answer['rows']:,} rows")
    yield Checked("same day again", answer["again"] <= SNAPSHOT_LIMIT, f"{answer['again']:.2f} s")
    seconds = median_of(answer["waterfall"])
    yield Checked("waterfall by step", seconds <= WATERFALL_LIMIT, f"{seconds:.2f} s")
    yield Checked(
        "waterfall by step and salesperson", answer["by_user"] <= WATERFALL_LIMIT, f"{answer['by_user']:.2f} s"
    )
    yield Checked("balances to the cent", answer["balanced"], answer["steps"])
    yield Checked("start and end equal the deals", answer["ties"], answer["totals"])
    yield Checked("every salesperson balances", answer["users_balance"], f"{answer['users']} salespeople")


# === INSIDE ODOO ===


def measure(registry, deals, runs):
    """Return seconds and sums; nothing is kept."""
    from odoo import api

    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        tell(f"writing {deals:,} deals")
        users = _users(env)
        _deals(env, deals, users)
        answer = {}
        snapshot, day = env["crm.pipeline.snapshot"], datetime.date.today()
        before = day - datetime.timedelta(days=30)
        tell("first snapshot")
        answer["first"] = _timed(lambda: snapshot._take(before, before))
        start = _open(env)
        _month(env, deals, users)
        tell("next snapshot")
        answer["next"] = _timed(lambda: snapshot._take(day, day))
        answer["again"] = _timed(lambda: snapshot._take(day, day))
        answer["rows"] = snapshot.search_count([])
        cr.execute("ANALYZE crm_pipeline_snapshot")
        tell("waterfall")
        answer.update(_waterfall(env, before, day, runs, start, _open(env)))
        cr.rollback()
    return answer


def _timed(act):
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _users(env):
    users = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": f"Seller {number}",
                    "login": f"bench_pipe_{number}",
                    "group_ids": [(4, env.ref("sales_team.group_sale_manager").id)],
                }
                for number in range(20)
            ]
        )
    )
    env.flush_all()
    return users


def _deals(env, deals, users):
    from odoo.tools import SQL

    stages = env["crm.stage"].search([("is_won", "=", False)], order="sequence, id").ids
    env.cr.execute(
        SQL(
            """INSERT INTO crm_lead (name, type, active, stage_id, user_id, company_id, expected_revenue, probability,
                                     won_status, priority, create_date, write_date, date_last_stage_update)
               SELECT 'Deal ' || n, 'opportunity', TRUE, (%(stages)s::int[])[1 + n %% %(stage_count)s],
                      (%(users)s::int[])[1 + (n * 7) %% %(user_count)s], %(company)s,
                      ROUND((100 + (n * 7919) %% 900000)::numeric / 7, 2), 20, 'pending', '0',
                      NOW() - INTERVAL '60 days', NOW(), NOW() - INTERVAL '60 days'
                 FROM generate_series(1, %(deals)s) n""",
            stages=stages,
            stage_count=len(stages),
            users=users.ids,
            user_count=len(users),
            company=env.company.id,
            deals=deals,
        )
    )
    env.cr.execute("ANALYZE crm_lead")
    env["crm.stage.history"]._backfill()


def _month(env, deals, users):
    """Half of the deals change: a tenth each grown, shrunk, won, lost or handed over; some go, some are new."""
    from odoo.tools import SQL

    env.cr.execute("DELETE FROM crm_lead WHERE name LIKE 'Deal %' AND id % 200 = 11")
    for rest, change in enumerate(
        (
            "expected_revenue = expected_revenue + 100.01",
            "expected_revenue = ROUND(expected_revenue * 0.77, 2)",
            "won_status = 'won'",
            "won_status = 'lost', active = FALSE",
        )
    ):
        env.cr.execute(
            SQL("UPDATE crm_lead SET %s WHERE name LIKE 'Deal %%' AND id %% 10 = %s", SQL(change), rest)  # noqa: S608
        )
    env.cr.execute(SQL("UPDATE crm_lead SET user_id = %s WHERE name LIKE 'Deal %%' AND id %% 10 = 4", users[0].id))
    _deals(env, deals // 20, users)


def _open(env):
    """The open pipeline as the deals say, in cents."""
    env.cr.execute(
        """SELECT COALESCE(SUM(expected_revenue), 0) FROM crm_lead
            WHERE type = 'opportunity' AND active AND won_status = 'pending' AND company_id = %s""",
        [env.company.id],
    )
    return round(env.cr.fetchone()[0] * 100)


def _waterfall(env, before, day, runs, start, end):
    user = env["res.users"].search([("login", "=", "bench_pipe_0")])
    model = env["crm.pipeline.change"].with_user(user).with_context(pipeline_from=before, pipeline_to=day)
    seconds, groups = [], []
    for _number in range(runs):
        started = time.perf_counter()
        groups = model._read_group([], ["step"], ["amount:sum", "__count"])
        seconds.append(time.perf_counter() - started)
    steps = {step: round(amount * 100) for step, amount, _count in groups}
    started = time.perf_counter()
    by_user = model._read_group([], ["user_id", "step"], ["amount:sum"])
    by_user_seconds = time.perf_counter() - started
    balance = {}
    for owner, step, amount in by_user:
        sign = -1 if step == "9_end" else 1
        balance[owner.id] = balance.get(owner.id, 0) + sign * round(amount * 100)
    changes = sum(cents for step, cents in steps.items() if step != "9_end")
    return {
        "waterfall": seconds,
        "by_user": by_user_seconds,
        "balanced": changes == steps["9_end"],
        "steps": ", ".join(f"{step[2:]} {cents / 100:,.2f}" for step, cents in steps.items()),
        "ties": steps["1_start"] == start and steps["9_end"] == end,
        "totals": f"start {start / 100:,.2f}, end {end / 100:,.2f}",
        "users_balance": not any(balance.values()),
        "users": len(balance),
    }
