"""Matching: precision and recall on the shared receivables made harder; 10,000 receipts against 100,000 open invoices.

The pure rule replays ../shared/data/receivables.csv week after week (scripts/suite/hard_receipts.py: weekly merged
receipts, whole tens, 2 % short, 30 % without reference, payers unknown, paid twice). In the bulk ledger invoices are
opened and receipts entered in a transaction that is rolled back; what is timed is one reading of the ledger.
"""

import importlib.util
import sys
import time
import types

from suite import ground, hard_receipts
from suite.bench import Checked
from suite.inside import processor_time
from suite.paths import ADDONS, tree_hash

PRECISION = 0.995
SECONDS = 60
RECEIPTS, OPEN = 10_000, 100_000
SEEDS = range(1, 6)
OFTEN = 400  # automatic matches from which a rule is judged on its own


def run(bench):
    yield from _hard()
    ledger = ground.ensure_ledger(bench.odoo, bench.databases, bench.partners, bench.invoices)
    key = tree_hash([ADDONS / addon for addon in ("crm_custom", "crm_service", "crm_marketing", "crm_finance_bridge")])
    name = bench.install(
        *(ledger, f"suite_bench_exposure_{bench.invoices}_{key}", ["crm_finance_bridge"]),
        title="Installing crm_finance_bridge on the bulk ledger",
    )
    yield from _bulk(bench.inside(measure, [name], title="Matching", receipts=RECEIPTS, open_items=OPEN))


def _tools():
    """The pure modules of the addon, without Odoo."""
    folder = ADDONS / "crm_finance_bridge" / "tools"
    package = types.ModuleType("match_tools")
    package.__path__ = [str(folder)]
    sys.modules["match_tools"] = package
    return (importlib.import_module(f"match_tools.{name}") for name in ("receipt_match", "receipt_reference"))


def _hard():
    if hard_receipts.ledger() is None:
        yield Checked("hard ledger", None, "../shared/data/receivables.csv is not here")
        return
    rule, reference = _tools()
    started = time.perf_counter()
    played = [pair for seed in SEEDS for pair in hard_receipts.replay(rule, reference, seed)]
    seconds = time.perf_counter() - started
    tiers, rules = hard_receipts.verdict(played)
    for tier, group in sorted(tiers.items(), key=lambda pair: pair[0] != "all"):
        said = group["right"] >= PRECISION * group["automatic"] if tier == "all" else None
        yield Checked(f"hard ledger, {tier}", said, _facts(group))
    for name, group in sorted(rules.items()):
        said = group["right"] >= PRECISION * group["automatic"] if group["automatic"] >= OFTEN else None
        yield Checked(f"rule {name}", said, _facts(group))
    yield Checked("replay", None, f"{len(played):,} receipts in {seconds:.1f} s")


def _facts(group):
    count, automatic, right = group["receipts"], group["automatic"], group["right"]
    precision = f"precision {right / automatic:.4f}" if automatic else "never automatic"
    return (
        f"{precision}, recall {right / count:.3f}, best proposal right {group['best'] / count:.3f}"
        f" ({automatic:,} automatic of {count:,} receipts)"
    )


def _bulk(found):
    spent = found["work"] or found["seconds"]  # the clock says little where others hold the processors
    facts = (
        f"{found['work']:.1f} s of processor time, {found['seconds']:.1f} s by the clock,"
        f" {found['proposals']:,} proposals, {found['automatic']:,} automatic"
    )
    what = f"{found['receipts']:,} receipts against {found['open']:,} open invoices in {SECONDS} s"
    yield Checked(what, spent <= SECONDS and found["proposals"] == found["receipts"], facts)
    yield Checked("automatic ones are right", found["right"] >= PRECISION * found["automatic"], f"{found['right']:,}")
    yield Checked("reading again, nothing new", found["same"], f"{found['again']:.1f} s, {found['queries']} queries")


# === INSIDE ODOO ===


def measure(registry, receipts, open_items):
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        company = env["res.company"].search([], order="id", limit=1)
        count = _open(cr, company, open_items)
        truth = _receive(env, company, receipts)
        env.invalidate_all()
        work, started = processor_time(cr), time.perf_counter()
        env["crm.receipt.ledger"]._refresh(company)
        answer = {"seconds": time.perf_counter() - started, "work": processor_time(cr) - work, "open": count}
        matches = env["crm.receipt.match"].search([("move_line_id", "in", list(truth))])
        certain = matches.filtered(lambda match: match.state == "proposed" and not match.barrier)
        answer["receipts"], answer["proposals"] = len(truth), len(matches)
        answer["automatic"] = len(certain)
        answer["right"] = sum(match.line_ids.move_line_id.ids == [truth[match.move_line_id.id]] for match in certain)
        ids, queries, started = set(matches.ids), cr.sql_log_count, time.perf_counter()
        env["crm.receipt.ledger"]._refresh(company)
        answer["again"], answer["queries"] = time.perf_counter() - started, cr.sql_log_count - queries
        answer["same"] = ids == set(env["crm.receipt.match"].search([("move_line_id", "in", list(truth))]).ids)
        cr.rollback()
    return answer


def _open(cr, company, wanted):
    """Reopen settled invoices until so many are open: how many are."""
    where = """FROM account_move_line line JOIN account_account account ON account.id = line.account_id
               WHERE account.account_type = 'asset_receivable' AND line.company_id = %s AND line.debit > 0"""
    cr.execute(f"SELECT COUNT(*) {where} AND line.reconciled IS NOT TRUE", [company.id])
    missing = max(wanted - cr.fetchone()[0], 0)
    cr.execute(
        f"""UPDATE account_move_line SET reconciled = FALSE, amount_residual = balance,
                   amount_residual_currency = amount_currency
             WHERE id IN (SELECT line.id {where} AND line.reconciled ORDER BY line.id DESC LIMIT %s)""",
        [company.id, missing],
    )
    cr.execute(
        """UPDATE account_move move SET payment_state = 'not_paid' FROM account_move_line line
            WHERE line.move_id = move.id AND line.reconciled IS NOT TRUE AND line.debit > 0
              AND move.move_type = 'out_invoice'"""
    )
    cr.execute(f"SELECT COUNT(*) {where} AND line.reconciled IS NOT TRUE", [company.id])
    return cr.fetchone()[0]


def _receive(env, company, receipts):
    """One bank entry with a receipt for each of so many invoices, 70 % named, 2 % short: {credit id: invoice line}."""
    cr = env.cr
    journal = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", company.id)], limit=1)
    move = env["account.move"].create({"journal_id": journal.id, "date": "2026-11-21"})
    cr.execute("UPDATE account_move SET state = 'posted' WHERE id = %s", [move.id])
    cr.execute("SELECT setseed(0.42)")
    cr.execute(
        """
        WITH chosen AS (
            SELECT line.*, random() AS named, random() AS short
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id
             WHERE account.account_type = 'asset_receivable' AND line.company_id = %(company)s
               AND line.debit > 0 AND line.reconciled IS NOT TRUE
             ORDER BY random() LIMIT %(receipts)s
        ), paid AS (
            SELECT *, ROUND(amount_residual * CASE WHEN short < 0.02 THEN 0.95 ELSE 1 END, 2) AS amount FROM chosen
        ), made AS (
            INSERT INTO account_move_line (
                   move_id, journal_id, company_id, company_currency_id, sequence, account_id, currency_id, partner_id,
                   parent_state, name, ref, display_type, date, date_maturity, debit, credit, balance, amount_currency,
                   amount_residual, amount_residual_currency, reconciled)
            SELECT %(move)s, %(journal)s, company_id, company_currency_id, 10, account_id, currency_id, partner_id,
                   'posted', CASE WHEN named < 0.7 THEN 'transfer for ' || move_name ELSE 'transfer' END, id::text,
                   'payment_term', DATE '2026-11-21', DATE '2026-11-21', 0, amount, -amount, -amount,
                   -amount, -amount, FALSE
              FROM paid
            RETURNING id, ref
        )
        SELECT id, ref::int FROM made
        """,
        {"company": company.id, "receipts": receipts, "move": move.id, "journal": journal.id},
    )
    return dict(cr.fetchall())
