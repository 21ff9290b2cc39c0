"""Statements of account of every customer beside OCA's partner statement: same figures, and how long both take.

Open items with ages of all customers at today and at a past date, movements of every fifth, as a monthly run needs
them, and those of the hundred largest alone (not judged). Both return the data that the printed statement shows; OCA's
addon runs in the same database as peer (its time) and oracle (each customer and currency: items, total, ages). Then the
monthly run: the log of all customers prepared in one statement.

Times are processor time of both processes with one process a query; the clock stands beside.
"""

import datetime
import statistics
import time

from suite import ground, peers
from suite.bench import Checked, Compared
from suite.inside import processor_time, tell
from suite.paths import ADDONS, tree_hash

PINNED = "peers_statement.txt"
PEER = "partner_statement"
LIMIT = 1 / 8  # ours / OCA's
DAYS_BACK = 330
SHARE = 5  # movements of every fifth customer: for all of them OCA takes more than ten minutes
LARGEST = 100  # the first customers of the ledger, which have a quarter of its items
PREPARE_LIMIT = 60.0  # seconds for the run of all customers
WHAT = {"open": "open items", "movement": "movements", "largest": "movements of the largest"}
# OCA counts what is overdue for exactly 30, 60 or 90 days in the next column (headed 31 - 60 and so on); its columns
# and the day from which each begins.
AGES = (("current", -(10**6)), ("b_1_30", 1), ("b_30_60", 30), ("b_60_90", 60), ("b_90_120", 90), ("b_over_120", 120))


def run(bench):
    ledger = ground.ensure_ledger(bench.odoo, bench.databases, bench.partners, bench.invoices)
    folder = peers.ensure(bench.odoo, PINNED)
    addons = [folder] if folder else []
    key = tree_hash([ADDONS / "crm_custom", ADDONS / "crm_finance_bridge"]) + (peers.key(PINNED) if addons else "")
    name = bench.install(
        *(ledger, f"suite_bench_statements_{bench.invoices}_{key}"),
        ["crm_finance_bridge", *([PEER] if addons else [])],
        addons=addons,
        title="Installing the suite and OCA's statements on the bulk ledger",
    )
    today = datetime.date.today()
    dates = {"today": today.isoformat(), "past": (today - datetime.timedelta(days=DAYS_BACK)).isoformat()}
    answers = bench.inside(measure, [name], addons=addons, title="Statements", dates=dates, runs=bench.runs)
    for label, date in dates.items():
        yield from _rows("today" if label == "today" else date, answers[label])
    prepared = answers["run"]
    facts = f"{prepared['customers']:,} customers in {prepared['seconds']:.1f} s"
    yield Checked("monthly run prepared", prepared["seconds"] <= PREPARE_LIMIT and prepared["ties"], facts)


def _rows(when, answer):
    yield Checked(f"{when}: open items tie to the posted ledger", answer["ties"], answer["facts"])
    for kind, label in WHAT.items():
        ours, peer = answer[kind], answer.get(f"peer_{kind}")
        what = f"{when}: {label}"
        if not peer:
            yield Checked(what, None, f"{ours['work']:.2f} s of processor time, {ours['customers']:,} customers")
            continue
        note = f"{ours['customers']:,} customers, {ours['queries']} queries"
        limit = None if kind == "largest" else LIMIT
        yield Compared(f"{what} / OCA, processor time", ours["work"], peer["work"], "s", limit, note)
        yield Compared(f"{what} / OCA, clock", ours["clock"], peer["clock"])
        yield Checked(f"{what}: equal to OCA, each customer and currency", peer["equal"], peer["differences"])


# === INSIDE ODOO ===


def measure(registry, dates, runs):
    from odoo import api

    answers = {}
    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        # OCA's statement breaks off at a customer without a language, as bulk data has them.
        cr.execute("UPDATE res_partner SET lang = 'en_US' WHERE lang IS NULL")
        for label, date in dates.items():
            tell(label)
            answers[label] = _measure_date(env, datetime.date.fromisoformat(date), runs)
        tell("run")
        answers["run"] = _measure_run(env)
        cr.rollback()
    return answers


def _customers(env):
    """Every customer with a receivable journal item, by id."""
    env.cr.execute(
        """SELECT DISTINCT line.partner_id FROM account_move_line line
             JOIN account_account account ON account.id = line.account_id AND account.account_type = 'asset_receivable'
            WHERE line.parent_state = 'posted' AND line.partner_id IS NOT NULL ORDER BY 1"""
    )
    return env["res.partner"].browse([key for (key,) in env.cr.fetchall()]).commercial_partner_id


def _measure_date(env, date, runs):
    partners, start = _customers(env), date - datetime.timedelta(days=90)
    answer = {}
    for what, some in (("open", partners), ("movement", partners[::SHARE]), ("largest", partners[:LARGEST])):
        kind = "open" if what == "open" else "movement"
        found, answer[what] = _measure_ours(env, (env.company, some, kind, start, date), runs)
        if f"report.{PEER}.outstanding_statement" in env:
            peer, clock, work = _timed(env.cr, _oca, env, some, kind, start, date)
            answer[f"peer_{what}"] = {"clock": clock, "work": work, **_compare(_ours(found, kind), peer)}
        if what == "open":
            total = sum(_cents(one["amount"]) for one in found.values())
    answer["ties"] = total == _ledger(env, env.company, date)
    answer["facts"] = f"{len(partners):,} customers, {total / 100:,.2f}"
    return answer


def _measure_ours(env, asked, runs):
    """(statements, times and queries)."""
    clocks, works = [], []
    for number in range(runs + 1):
        env.invalidate_all()
        queries = env.cr.sql_log_count
        found, clock, work = _timed(env.cr, env["crm.statement"]._statements, *asked)
        if number:  # the first run warms the caches
            clocks.append(clock)
            works.append(work)
    return found, {
        "clock": statistics.median(clocks),
        "work": statistics.median(works),
        "queries": env.cr.sql_log_count - queries,
        "customers": len(found),
    }


def _timed(cr, work, *arguments):
    """(result, seconds by the clock, seconds of the processor)."""
    clock, processor = time.perf_counter(), processor_time(cr)
    result = work(*arguments)
    return result, time.perf_counter() - clock, processor_time(cr) - processor


def _cents(amount):
    return round(float(amount) * 100)


def _ledger(env, company, date):
    """The posted balance of the customers' receivable accounts at the date, in cents."""
    [(balance,)] = env["account.move.line"]._read_group(
        [
            ("account_id.account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("partner_id", "!=", False),
            ("date", "<=", date),
            ("company_id", "child_of", company.id),
        ],
        aggregates=["balance:sum"],
    )
    return _cents(balance)


def _ours(statements, kind):
    """{(customer, currency, figure): cents}."""
    found = {}
    for partner, statement in statements.items():
        for section in statement["sections"]:
            key = (partner.id, section["currency"].id)
            found[(*key, "total")] = _cents(section["total"])
            found[(*key, "lines")] = sum(_cents(row["open" if kind == "open" else "amount"]) for row in section["rows"])
            found[(*key, "ages")] = sum(_cents(amount) for amount in section["buckets"].values())
            for row in section["items"]:
                column = [column for column, first in AGES if row["days_overdue"] >= first][-1]
                found[(*key, column)] = found.get((*key, column), 0) + _cents(row["open"])
    return found


def _oca(env, partners, kind, start, date):
    """OCA's statement of the same customers, company and date."""
    name = "outstanding_statement" if kind == "open" else "activity_statement"
    data = {
        "company_id": env.company.id,
        "partner_ids": partners.ids,
        "date_start": start if kind == "movement" else None,
        "date_end": date,
        "account_type": "asset_receivable",
        "excluded_accounts_ids": [],
        "show_only_overdue": False,
        "show_aging_buckets": True,
        "aging_type": "days",
        "filter_non_due_partners": False,
        "filter_negative_balances": False,
        "is_activity": kind == "movement",
        "amount_field": "open_amount" if kind == "open" else "amount",
    }
    values = env[f"report.{PEER}.{name}"]._get_report_values(partners.ids, data)["data"]
    found = {}
    for partner, statement in values.items():
        for currency, section in statement["currencies"].items():
            key = (partner, currency)
            lines = sum(_cents(line["open_amount" if kind == "open" else "amount"]) for line in section["lines"])
            found[(*key, "lines")] = lines
            found[(*key, "total")] = lines + _cents(section["balance_forward"])
            ages = section["buckets"] or {}
            found |= {(*key, column): _cents(ages.get(column) or 0) for column, _first in AGES}
            found[(*key, "ages")] = sum(found[(*key, column)] for column, _first in AGES)
    return found


def _compare(ours, theirs):
    """Figures of zero are the same as none."""
    keys = {key for key in ours.keys() | theirs.keys() if ours.get(key, 0) != theirs.get(key, 0)}
    examples = [f"{key}: {ours.get(key, 0)} against {theirs.get(key, 0)} cents" for key in sorted(keys, key=str)[:3]]
    return {"equal": not keys, "differences": f"{len(keys)} differences: {'; '.join(examples)}" if keys else ""}


def _measure_run(env):
    """The log of a run over everybody, in seconds; rolled back."""
    company = env.company
    run = env["crm.statement.run"].create({"company_id": company.id})
    started = time.perf_counter()
    count = run._prepare()
    seconds = time.perf_counter() - started
    return {
        "customers": count,
        "seconds": seconds,
        "ties": _cents(run.amount) == _ledger(env, company, run.date),
    }
