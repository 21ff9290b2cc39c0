"""Aging of a whole company: crm.open.item through _read_group beside bare SQL and OCA's aged partner balance.

The reference is the fastest SQL known for it (DESIGN section 3): start from the
stored residual and add back what was reconciled after the date. OCA's report
runs in the same database as peer (its time) and oracle (its totals).

Two times: by the clock, as the server is set (it may use both processors for one
query); and the processor time with one process a query. On a machine that others
keep busy the first says little and is not judged.
"""

import datetime
import time

from suite import ground, peers
from suite.bench import Checked, Compared, median_of
from suite.inside import processor_time, tell
from suite.paths import ADDONS, tree_hash

LIMIT = 1.5  # crm.open.item / bare SQL
PEER = "account_financial_report"
DAYS_BACK = 330
BUSY = 1.1  # clock time / processor time of bare SQL above which others hold the processors


def run(bench):
    ledger = ground.ensure_ledger(bench.odoo, bench.databases, bench.partners, bench.invoices)
    addons = peers.ensure(bench.odoo)
    addons = [addons] if addons else []
    if addons:
        ledger = bench.install(
            *(ledger, f"suite_bench_peer_{bench.invoices}_{peers.key()}", [PEER]),
            addons=addons,
            title="Installing OCA's reports on the bulk ledger",
        )
    key = tree_hash([ADDONS / "crm_custom"]) + (peers.key() if addons else "")
    name = bench.install(
        *(ledger, f"suite_bench_aging_{bench.invoices}_{key}", ["crm_custom"]),
        addons=addons,
        title="Installing crm_custom on the bulk ledger",
    )
    today = datetime.date.today()
    dates = {"today": today.isoformat(), "past": (today - datetime.timedelta(days=DAYS_BACK)).isoformat()}
    answers = bench.inside(measure, [name], addons=addons, title="Aging", dates=dates, runs=bench.runs)
    return [row for label, answer in answers.items() for row in _rows(label, dates[label], answer)]


def _rows(label, date, answer):
    bare, item, peer = answer["bare"], answer.get("item"), answer.get("peer")
    when = "today" if label == "today" else date
    facts = f"{answer['groups']} groups of {answer['partners']} customers, total {answer['total']}"
    yield Checked(f"{when}: bare SQL ties to the posted ledger", answer["bare_ties"], facts)
    if item:
        queries = f"{item['queries']} queries (bare {bare['queries']})"
        work = [median_of(side["work"]) for side in (item, bare)]
        clock = [median_of(side["clock"]) for side in (item, bare)]
        quiet = not work[1] or clock[1] <= BUSY * work[1]
        if work[1]:
            yield Compared(f"{when}: _read_group / bare SQL, processor time", *work, "s", LIMIT, queries)
        note = queries if quiet else "not judged: the machine is busy"
        yield Compared(f"{when}: _read_group / bare SQL, clock", *clock, "s", LIMIT if quiet else None, note)
        yield Checked(f"{when}: equal to bare SQL, each customer and bucket", item["equal"], item["differences"])
    else:
        yield Checked(f"{when}: crm.open.item", False, "the model is not there")
    if peer:
        ours = item or bare
        yield Compared(f"{when}: _read_group / OCA aged balance", median_of(ours["clock"]), peer["seconds"])
        yield Checked(f"{when}: equal to OCA, each customer and bucket", peer["equal"], peer["differences"])


# === INSIDE ODOO ===


def measure(registry, dates, runs):
    """Return per date: seconds of every run, query counts, and how the results compare."""
    from odoo import api

    with registry.cursor() as cr:
        superuser = api.Environment(cr, api.SUPERUSER_ID, {})
        user = superuser["res.users"].search([("login", "=", "bench_accountant")])
        answers = {}
        for label, date in dates.items():
            tell(label)
            answers[label] = _measure_date(superuser, user, datetime.date.fromisoformat(date), runs)
        cr.rollback()
    return answers


def _measure_date(superuser, user, as_of, runs):
    company = superuser.company
    works = {"bare": lambda: _bare(superuser, company, as_of)}
    if "crm.open.item" in superuser:
        works["item"] = lambda: _open_items(superuser(user=user.id), company, as_of)
    answer, results = {label: {"clock": [], "work": []} for label in works}, {}
    for measure_of in ("clock", "work"):
        if measure_of == "work":
            superuser.cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        for number in range(runs + 1):
            for label, work in works.items():
                superuser.invalidate_all()
                before, started = superuser.cr.sql_log_count, _now(superuser.cr, measure_of)
                results[label] = work()
                elapsed = _now(superuser.cr, measure_of) - started
                answer[label]["queries"] = superuser.cr.sql_log_count - before
                if number:  # the first run warms the caches
                    answer[label][measure_of].append(elapsed)
    superuser.cr.execute("RESET max_parallel_workers_per_gather")
    bare = results["bare"]
    answer["groups"] = len(bare)
    answer["partners"] = len({partner for partner, _bucket in bare})
    answer["total"] = f"{sum(bare.values()) / 100:,.2f}"
    answer["bare_ties"] = sum(bare.values()) == _ledger(superuser, company, as_of)
    if "item" in works:
        answer["item"].update(_compare(results["item"], bare))
    if f"report.{PEER}.aged_partner_balance" in superuser:
        started = time.perf_counter()
        peer = _oca(superuser, company, as_of)
        answer["peer"] = {
            "seconds": time.perf_counter() - started,
            **_compare(_coarse(results.get("item", bare)), peer),
        }
    return answer


def _now(cr, measure_of):
    return processor_time(cr) if measure_of == "work" else time.perf_counter()


def _compare(ours, theirs):
    """Compare {(partner, bucket): cents}; groups of zero are the same as no group."""
    keys = {key for key in ours.keys() | theirs.keys() if ours.get(key, 0) != theirs.get(key, 0)}
    examples = [f"{key}: {ours.get(key, 0)} against {theirs.get(key, 0)} cents" for key in sorted(keys)[:3]]
    return {"equal": not keys, "differences": f"{len(keys)} differences: {'; '.join(examples)}" if keys else ""}


def _cents(amount):
    return round(float(amount) * 100)


def _open_items(env, company, as_of):
    """The suite's figure, as a report reads it, with the rights of an accountant."""
    model = env["crm.open.item"].with_context(as_of=as_of.isoformat())
    groups = model._read_group([("company_id", "=", company.id)], ["partner_id", "bucket"], ["residual:sum"])
    return {(partner.id, bucket): _cents(residual) for partner, bucket, residual in groups}


def _bare(env, company, as_of):
    """The fast SQL, with nothing around it."""
    from odoo.tools import SQL

    rows = env.execute_query(
        SQL(
            """
            WITH later AS (
                SELECT line_id, SUM(amount) AS amount
                  FROM (SELECT debit_move_id AS line_id, amount
                          FROM account_partial_reconcile WHERE max_date > %(as_of)s
                         UNION ALL
                        SELECT credit_move_id, -amount
                          FROM account_partial_reconcile WHERE max_date > %(as_of)s) AS partials
                 GROUP BY line_id
            ), item AS (
                SELECT p.commercial_partner_id AS partner_id,
                       %(as_of)s - COALESCE(l.date_maturity, l.date) AS days,
                       l.amount_residual + COALESCE(later.amount, 0) AS residual
                  FROM account_move_line l
                  JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
                  LEFT JOIN res_partner p ON p.id = l.partner_id
                  LEFT JOIN later ON later.line_id = l.id
                 WHERE l.parent_state = 'posted' AND l.date <= %(as_of)s AND l.company_id = %(company)s
                   AND (l.amount_residual <> 0 OR later.amount <> 0)
            )
            SELECT partner_id,
                   CASE WHEN days <= 0 THEN 'not_due' WHEN days <= 30 THEN '1_30' WHEN days <= 60 THEN '31_60'
                        WHEN days <= 90 THEN '61_90' WHEN days <= 180 THEN '91_180' ELSE 'over_180' END AS bucket,
                   SUM(residual)
              FROM item
             GROUP BY 1, 2
            """,
            as_of=as_of,
            company=company.id,
        )
    )
    return {(partner or False, bucket): _cents(residual) for partner, bucket, residual in rows}


def _ledger(env, company, as_of):
    """The posted balance of the receivable accounts at the date, in cents."""
    [(balance,)] = env["account.move.line"]._read_group(
        [
            ("account_id.account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("date", "<=", as_of),
            ("company_id", "=", company.id),
        ],
        aggregates=["balance:sum"],
    )
    return _cents(balance)


OCA_BUCKETS = {"current": "not_due", "30_days": "1_30", "60_days": "31_60", "90_days": "61_90"}


def _coarse(ours):
    """OCA splits after 120 days, the suite after 180: compare what both have."""
    coarse = {}
    for (partner, bucket), cents in ours.items():
        key = (partner, "over_90" if bucket in ("91_180", "over_180") else bucket)
        coarse[key] = coarse.get(key, 0) + cents
    return coarse


def _oca(env, company, as_of):
    """OCA's aged partner balance of the same company and date, by partner and bucket."""
    accounts = env["account.account"].search(
        [("account_type", "=", "asset_receivable"), ("company_ids", "in", company.ids)]
    )
    report = env[f"report.{PEER}.aged_partner_balance"]
    config = env["account.age.report.configuration"]
    lines = report.with_context(age_partner_config=config)._get_move_lines_data(
        company.id, accounts.ids, [], as_of, False, True, False
    )[0]
    totals = {}
    for account in lines.values():
        for partner, sums in account.items():
            if isinstance(partner, int):
                for column, bucket in OCA_BUCKETS.items():
                    key = (partner, bucket)
                    totals[key] = totals.get(key, 0) + _cents(sums[column])
                key = (partner, "over_90")
                totals[key] = totals.get(key, 0) + _cents(sums["120_days"]) + _cents(sums["older"])
    return totals
