"""Campaign return: 1,000 campaigns over 200,000 invoices with their payments, orders, bills and mails.

The bulk ledger gets payments (the money of crm.collection), a campaign on four invoices of five, 40,000 orders, 5,000
posted cost lines and 100,000 mail traces. The table of all campaigns, and its totals beside the posted ledger's, must
come in 2 seconds: with the money of invoices kept (crm.campaign.money, as its cron leaves it), and while 1,000 invoices
changed since are marked. How long keeping takes is told. Two times, as in the aging benchmark: by the clock, and the
processor time with one process a query.
"""

import statistics
import time

from suite import ground
from suite.bench import Checked
from suite.inside import processor_time, tell
from suite.paths import ADDONS, tree_hash

LIMIT = 2.0  # seconds
CAMPAIGNS = 1000
CHANGED = 1000  # invoices
MONEY = (
    "campaign_id", "budget", "cost", "ordered", "invoiced", "credited", "collected", "return_rate", "output_input",
    "payback_date", "return_state", "budget_state",
)  # fmt: skip
SUMS = (
    "cost:sum", "ordered:sum", "invoiced:sum", "credited:sum", "collected:sum", "return_rate:avg", "payback_date:max",
)  # fmt: skip


def run(bench):
    ledger = ground.ensure_ledger(bench.odoo, bench.databases, bench.partners, bench.invoices)
    key = tree_hash([ADDONS / "crm_custom", ADDONS / "crm_marketing"])
    name = bench.install(
        *(ledger, f"suite_bench_campaign_{bench.invoices}_{key}", ["crm_marketing"]),
        title="Installing crm_marketing on the bulk ledger",
    )
    return list(_rows(bench.inside(measure, [name], title="Campaign return", runs=bench.runs)))


def _rows(answer):
    facts = f"{answer['campaigns']} campaigns, {answer['collections']:,} parts of money"
    for what, times in answer["times"].items():
        clock, work = (statistics.median(times[side]) for side in ("clock", "work"))
        title = f"{what}: {work or clock:.2f} s of the processor, limit {LIMIT:.0f}"
        yield Checked(title, (work or clock) <= LIMIT, f"{clock:.2f} s by the clock; {facts}")
    for what, seconds in answer["keeping"].items():
        yield Checked(f"{what}: {seconds:.2f} s by the clock", None)
    yield Checked(f"every row equal to the ledger's with {CHANGED:,} invoices changed", answer["same"])
    for what, (ours, theirs) in answer["totals"].items():
        yield Checked(f"{what} equal to the ledger's, to the cent", ours == theirs, f"{ours} against {theirs} cents")


# === INSIDE ODOO ===


def measure(registry, runs):
    """Return seconds of the table and of its totals, and the totals in cents beside the ledger's."""
    from odoo import api

    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        tell("filling the ledger")
        if fill(env):
            env["crm.campaign.money"]._refresh()
            cr.commit()
            cr._cnx.autocommit = True
            cr.execute("VACUUM ANALYZE")
            cr._cnx.autocommit = False
        model, keeping = env["crm.campaign.return"], {}
        planned = [("is_auto_campaign", "=", False)]
        answers = ["reached", "responders", "response_rate", "leads", "order_count", "cost_per_lead"]
        works = {
            "table of all campaigns": lambda: model.search_fetch(planned, MONEY),
            "table with responses": lambda: model.search_fetch(planned, [*MONEY, *answers]),
            "table with cost of goods": lambda: model.search_fetch(planned, [*MONEY, "goods", "contribution"]),
            "table with new customers": lambda: model.search_fetch(planned, [*MONEY, "new_customers"]),
            "totals by standing": lambda: model._read_group(
                [], ["return_state"], ["cost:sum", "collected:sum", "return_rate:avg"]
            ),
        }
        answer = {"times": {what: {"clock": [], "work": []} for what in works}}
        for side in ("clock", "work"):
            if side == "work":
                cr.execute("SET max_parallel_workers_per_gather = 0")
            for number in range(runs + 1):
                for what, work in works.items():
                    tell(what)
                    env.invalidate_all()
                    started = processor_time(cr) if side == "work" else time.perf_counter()
                    work()
                    ended = processor_time(cr) if side == "work" else time.perf_counter()
                    if number:
                        answer["times"][what][side].append(ended - started)
        cr.execute("RESET max_parallel_workers_per_gather")
        answer["totals"] = _totals(env)
        answer["same"] = _change(env, works["table of all campaigns"], keeping)
        answer["totals"] |= {f"{name} after a change": pair for name, pair in _totals(env).items()}
        answer["keeping"] = keeping
        answer["campaigns"] = model.search_count([])
        answer["collections"] = env["crm.collection"].search_count([])
        cr.rollback()
    return answer


def _seconds(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _change(env, work, keeping):
    """Move invoices to another campaign; return whether all rows, marked and kept, are those of the ledger."""

    def table():
        env.invalidate_all()
        return env["crm.campaign.return"]._read_group([], ["campaign_id"], SUMS)

    money, before = env["crm.campaign.money"], table()
    _run(env.cr, CHANGE, {"count": CHANGED})
    env.invalidate_all()
    keeping[f"table with {CHANGED:,} invoices marked"] = _seconds(work)
    marked = table()
    keeping[f"keeping {CHANGED:,} changed invoices"] = _seconds(money._refresh)
    kept = table()
    money._reset()
    live = table()
    keeping["keeping all invoices"] = _seconds(money._refresh)
    return before != marked == kept == live == table()


def _totals(env):
    """{figure: (report, source)} in cents; the sources by bare SQL."""
    figures = ["cost:sum", "invoiced:sum", "collected:sum", "ordered:sum"]
    ours = [round(float(value) * 100) for value in env["crm.campaign.return"]._read_group([], [], figures)[0]]
    env.cr.execute(
        """
        SELECT (SELECT SUM(balance) FROM account_move_line line JOIN account_account account
                    ON account.id = line.account_id
                 WHERE line.campaign_id IS NOT NULL AND account.account_type LIKE 'expense%'),
               (SELECT SUM(amount_total_signed) FROM account_move
                 WHERE move_type = 'out_invoice' AND campaign_id IS NOT NULL),
               (SELECT SUM(partial.amount) FROM account_partial_reconcile partial
                  JOIN account_move_line line ON line.id = partial.debit_move_id
                  JOIN account_move move ON move.id = line.move_id WHERE move.campaign_id IS NOT NULL),
               (SELECT SUM(amount_total) FROM sale_order WHERE campaign_id IS NOT NULL AND state = 'sale')
        """
    )
    theirs = [round(float(value or 0) * 100) for value in env.cr.fetchone()]
    return {name.split(":")[0]: pair for name, *pair in zip(figures, ours, theirs, strict=True)}


def fill(env):
    """Give the bulk ledger campaigns, payments, orders, costs and mails; False if it has them already."""
    cr = env.cr
    cr.execute("SELECT COUNT(*) FROM utm_campaign WHERE name LIKE 'bench %'")
    if cr.fetchone()[0]:
        return False
    values = [{"name": f"bench {number}", "company_id": env.company.id} for number in range(CAMPAIGNS)]
    first = min(env["utm.campaign"].with_context(tracking_disable=True).create(values).ids)
    env.flush_all()
    for statement in (PAYMENTS, PAID_LINES, CAMPAIGN_OF_INVOICES, ORDERS, ORDER_LINES, BILLED):
        _run(cr, statement, {"first": first, "count": CAMPAIGNS})
    for statement in (BILLS, BILL_LINES):
        _run(cr, statement, {"first": first, "count": CAMPAIGNS})
    mailing = env["mailing.mailing"].create(
        {"subject": "Bench", "mailing_model_id": env["ir.model"]._get_id("res.partner"), "state": "done"}
    )
    env.flush_all()
    _run(cr, MAILS, {"first": first, "count": CAMPAIGNS, "mailing": mailing.id})
    return True


def _run(cr, statement, values):
    """Execute and tell the planner what grew."""
    started = time.perf_counter()
    cr.execute(statement, values)
    rows = cr.rowcount
    cr.execute("ANALYZE account_move, account_move_line, account_payment, sale_order, sale_order_line")
    tell(f"{rows} rows in {time.perf_counter() - started:.1f} s")


PAYMENTS = """
    INSERT INTO account_payment (move_id, journal_id, company_id, partner_id, currency_id, amount,
                                 amount_company_currency_signed, payment_type, partner_type, state, date, name)
    SELECT move.id, move.journal_id, move.company_id, line.partner_id, line.currency_id, -line.balance,
           -line.balance, 'inbound', 'customer', 'in_process', move.date, move.name
      FROM account_move move
      JOIN account_move_line line ON line.move_id = move.id
      JOIN account_account account ON account.id = line.account_id AND account.account_type = 'asset_receivable'
     WHERE move.move_type = 'entry'
"""
PAID_LINES = """
    UPDATE account_move_line line SET payment_id = payment.id FROM account_payment payment
     WHERE payment.move_id = line.move_id
"""
CAMPAIGN_OF_INVOICES = """
    UPDATE account_move SET campaign_id = %(first)s + id %% %(count)s WHERE move_type = 'out_invoice' AND id %% 5 > 0
"""
CHANGE = """
    UPDATE account_move SET campaign_id = campaign_id + 1
     WHERE id IN (SELECT id FROM account_move WHERE move_type = 'out_invoice' AND campaign_id %% 7 = 1
                   ORDER BY MD5(id::text) LIMIT %(count)s)
"""
ORDERS = """
    INSERT INTO sale_order (name, date_order, partner_id, partner_invoice_id, partner_shipping_id, company_id, state,
                            currency_id, currency_rate, amount_total, campaign_id, picking_policy, client_order_ref)
    SELECT 'B' || id, date, partner_id, partner_id, partner_id, company_id, 'sale', currency_id, 1, amount_total,
           campaign_id, 'direct', id::text
      FROM account_move WHERE move_type = 'out_invoice' AND id %% 5 = 1
"""
ORDER_LINES = """
    INSERT INTO sale_order_line (order_id, name, product_uom_qty, price_unit, customer_lead, company_id, sequence)
    SELECT id, 'Goods', 1, amount_total, 0, company_id, client_order_ref::int FROM sale_order WHERE name LIKE 'B%%'
"""
BILLED = """
    INSERT INTO sale_order_line_invoice_rel (order_line_id, invoice_line_id)
    SELECT sold.id, line.id FROM sale_order_line sold
      JOIN account_move_line line ON line.move_id = sold.sequence AND line.display_type = 'product'
     WHERE sold.name = 'Goods'
"""
BILLS = """
    INSERT INTO account_move (date, auto_post, move_type, state, currency_id, journal_id, company_id, name)
    SELECT DATE '2026-01-01' + n %% 300, 'no', 'in_invoice', 'posted', company.currency_id, journal.id, company.id,
           'BENCH/' || n
      FROM generate_series(1, 5000) n
      CROSS JOIN (SELECT * FROM account_journal WHERE type = 'purchase' ORDER BY id LIMIT 1) journal
      JOIN res_company company ON company.id = journal.company_id
"""
BILL_LINES = """
    INSERT INTO account_move_line (move_id, journal_id, company_id, company_currency_id, currency_id, account_id, name,
                                   date, parent_state, display_type, balance, debit, credit, amount_currency,
                                   campaign_id, quantity)
    SELECT move.id, move.journal_id, move.company_id, move.currency_id, move.currency_id, account.id, 'Fair',
           move.date, 'posted', 'product', 100 + move.id %% 900, 100 + move.id %% 900, 0, 100 + move.id %% 900,
           %(first)s + move.id %% %(count)s, 1
      FROM account_move move
      CROSS JOIN (SELECT id FROM account_account WHERE account_type = 'expense' ORDER BY id LIMIT 1) account
     WHERE move.name LIKE 'BENCH/%%'
"""
MAILS = """
    INSERT INTO mailing_trace (model, res_id, email, mass_mailing_id, campaign_id, trace_type, trace_status,
                               sent_datetime, links_click_datetime)
    SELECT 'res.partner', partner.id, 'p' || partner.id || '@example.com', %(mailing)s,
           %(first)s + (partner.id + n) %% %(count)s, 'mail', 'sent', TIMESTAMP '2026-06-01',
           CASE WHEN (partner.id + n) %% 10 = 0 THEN TIMESTAMP '2026-06-02' END
      FROM res_partner partner CROSS JOIN generate_series(1, 5) n
"""
