"""Receivables of a whole company: the screen and its spreadsheet beside OCA's aged partner balance.

The screen is crm.aging's one call: six buckets, due dates, disputed, promised, limits and shares of every customer,
with the rights of an accountant. OCA's report runs in the same database, at the same dates, as peer (its time) and
oracle (each customer and bucket). Then the spreadsheet, in a process that is measured: its time for 100,000 items, and
how much memory it took above what Odoo had before.

Times are processor time of both processes with one process a query: what others do on the machine hardly moves it. The
clock stands beside.
"""

import datetime
import importlib.util
import resource
import statistics
import time
from pathlib import Path

from suite import ground, peers
from suite.bench import Checked, Compared
from suite.inside import processor_time, tell
from suite.paths import ADDONS, tree_hash

PEER = "account_financial_report"
LIMIT = 1 / 8  # ours / OCA's
DAYS_BACK = 330
SHEET_ROWS = 100_000
SHEET_SECONDS = 30
SHEET_MEGABYTES = 300


def run(bench):
    ledger = ground.ensure_ledger(bench.odoo, bench.databases, bench.partners, bench.invoices)
    folder = peers.ensure(bench.odoo)
    addons = [folder] if folder else []
    key = tree_hash([ADDONS / "crm_custom", ADDONS / "crm_finance_bridge"]) + (peers.key() if addons else "")
    name = bench.install(
        *(ledger, f"suite_bench_receivables_{bench.invoices}_{key}"),
        ["crm_finance_bridge", *([PEER] if addons else [])],
        addons=addons,
        title="Installing the suite and OCA's reports on the bulk ledger",
    )
    today = datetime.date.today()
    dates = {"today": today.isoformat(), "past": (today - datetime.timedelta(days=DAYS_BACK)).isoformat()}
    answers = bench.inside(measure, [name], addons=addons, title="Receivables", dates=dates, runs=bench.runs)
    rows = [row for label in dates for row in _rows(label, dates[label], answers[label])]
    sheet = bench.inside(measure_sheet, [name], addons=addons, title="Spreadsheet", dates=list(dates.values()))
    return rows + list(_sheet_rows(sheet, bench.invoices))


def _rows(label, date, answer):
    when = "today" if label == "today" else date
    yield Checked(f"{when}: the screen ties to the posted ledger", answer["ties"], answer["facts"])
    if "peer_work" in answer:
        note = f"{answer['queries']} queries"
        yield Compared(f"{when}: screen / OCA, processor time", answer["work"], answer["peer_work"], "s", LIMIT, note)
        yield Compared(f"{when}: screen / OCA, clock", answer["clock"], answer["peer_clock"])
        yield Checked(f"{when}: equal to OCA, each customer and bucket", answer["equal"], answer["differences"])
    yield Checked(f"{when}: the strip of figures", None, f"{answer['kpi_seconds']:.2f} s beside the table")


def _sheet_rows(sheet, invoices):
    facts = f"{sheet['rows']:,} items, {sheet['bytes'] / 1e6:.1f} MB"
    full = sheet["rows"] >= SHEET_ROWS or invoices >= 200_000
    rate = sheet["work"] * SHEET_ROWS / max(sheet["rows"], 1)
    yield Checked(
        f"spreadsheet: 100,000 items in {SHEET_SECONDS} s",
        rate <= SHEET_SECONDS if full else None,
        f"{rate:.1f} s of processor time: {facts} in {sheet['clock']:.1f} s by the clock",
    )
    passed = sheet["megabytes"] <= SHEET_MEGABYTES if full else None
    yield Checked(f"spreadsheet: under {SHEET_MEGABYTES} MB", passed, f"{sheet['megabytes']:.0f} MB above Odoo itself")


# === INSIDE ODOO ===


def measure(registry, dates, runs):
    from odoo import api

    answers = {}
    with registry.cursor() as cr:
        superuser = api.Environment(cr, api.SUPERUSER_ID, {})
        user = superuser["res.users"].search([("login", "=", "bench_accountant")])
        for label, date in dates.items():
            tell(label)
            answers[label] = _measure_date(superuser, superuser(user=user.id), datetime.date.fromisoformat(date), runs)
        cr.rollback()
    return answers


def _measure_date(superuser, env, as_of, runs):
    superuser.cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
    env["crm.aging"].get_board(as_of)  # the first run warms the caches
    clocks, works = [], []
    for _number in range(runs):
        env.invalidate_all()
        queries = env.cr.sql_log_count
        board, clock, work = _timed(env.cr, lambda: env["crm.aging"].get_board(as_of))
        queries = env.cr.sql_log_count - queries
        clocks.append(clock)
        works.append(work)
    _kpis, kpi_seconds, _work = _timed(env.cr, lambda: env["crm.aging"].get_kpis(as_of))
    company = env.company
    aging = _aging()
    total = board["totals"]["total"]
    answer = {
        "clock": statistics.median(clocks),
        "work": statistics.median(works),
        "kpi_seconds": kpi_seconds,
        "queries": queries,
        "ties": round(total["amount"] * 100) == aging._ledger(superuser, company, as_of),
        "facts": f"{total['customers']} customers, {total['items']} items, total {total['amount']:,.2f}",
    }
    if f"report.{PEER}.aged_partner_balance" in superuser:
        peer, answer["peer_clock"], answer["peer_work"] = _timed(env.cr, lambda: aging._oca(superuser, company, as_of))
        rows = env["crm.aging"].get_board(as_of, limit=0)["rows"]
        keys = [key for key, _label in board["buckets"]]
        ours = {(row["key"], key): round(row[key] * 100) for row in rows for key in keys}
        answer.update(aging._compare(aging._coarse(ours), peer))
    return answer


def _timed(cr, work):
    """(result, seconds by the clock, seconds of the processor)."""
    clock, processor = time.perf_counter(), processor_time(cr)
    result = work()
    return result, time.perf_counter() - clock, processor_time(cr) - processor


def _aging():
    """The benchmark of the facts beneath has OCA's totals and the comparison."""
    path = Path(__file__).with_name("aging.py")
    spec = importlib.util.spec_from_file_location("suite_bench_facts", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure_sheet(registry, dates):
    """Write the spreadsheet of the date with more items, as the controller does; peak memory above the start."""
    import tempfile

    from odoo import api
    from odoo.addons.crm_finance_bridge.tools.aging_sheet import write_aging

    with registry.cursor() as cr:
        superuser = api.Environment(cr, api.SUPERUSER_ID, {})
        user = superuser["res.users"].search([("login", "=", "bench_accountant")])
        Aging = superuser(user=user.id)["crm.aging"]
        boards = {date: Aging.get_board(date, limit=1)["totals"]["total"]["items"] for date in dates}
        date = max(boards, key=boards.get)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        def write():
            with tempfile.TemporaryFile() as target:
                write_aging(target, **Aging._sheet(date))
                return target.tell()

        size, clock, work = _timed(cr, write)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        cr.rollback()
    return {"rows": boards[date], "bytes": size, "clock": clock, "work": work, "megabytes": (after - before) / 1024}
