"""Attribution: 10,000 converting paths over 12 channels under eight models, their totals equal to the money collected.

As many people were touched and bought nothing. The paths with all weights must be written in 2 seconds of the
processor, and the money of each model be read in 2 seconds.
"""

import statistics
import time

from suite import ground
from suite.bench import Checked
from suite.inside import processor_time, tell
from suite.paths import ADDONS, tree_hash

LIMIT = 2.0  # seconds
PATHS = 10_000
CHANNELS = 12


def run(bench):
    company = ground.ensure_ground(bench.odoo, bench.databases)
    key = tree_hash([ADDONS / "crm_custom", ADDONS / "crm_marketing"])
    name = bench.install(
        company, f"suite_bench_attribution_{key}", ["crm_marketing"], title="Installing crm_marketing in the company"
    )
    return list(_rows(bench.inside(measure, [name], title="Attribution", runs=bench.runs)))


def _rows(answer):
    facts = f"{answer['conversions']:,} paths, {answer['touches']:,} touches, {answer['channels']} channels"
    complete = answer["conversions"] == PATHS and answer["channels"] == CHANNELS
    yield Checked(f"{PATHS:,} converting paths over {CHANNELS} channels", complete, facts)
    for what, times in answer["times"].items():
        clock, work = (statistics.median(side) for side in zip(*times, strict=True))
        title = f"{what}: {work or clock:.2f} s of the processor, limit {LIMIT:.0f}"
        yield Checked(title, (work or clock) <= LIMIT, f"{clock:.2f} s by the clock")
    for model, cents in answer["totals"].items():
        equal = cents == answer["collected"]
        yield Checked(f"{model}: total equal to the money collected", equal, f"{cents} of {answer['collected']} cents")


# === INSIDE ODOO ===


def measure(registry, runs):
    """Return seconds of the run and of reading each model, and the totals in cents. Rolls back."""
    from odoo import api
    from odoo.addons.crm_marketing.tools.attribution import MODELS

    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        tell("filling the company")
        fill(env)
        company, credit = env.company, env["crm.attribution.credit"]
        works = {"all paths, eight models": lambda: env["crm.attribution"]._process_company(company)}
        for model in MODELS:
            works[f"money by channel, {model}"] = lambda model=model: credit._read_group(
                [], ["channel"], [f"credit_{model}:sum"]
            )
        works["money by channel, all models side by side"] = lambda: credit._read_group(
            [], ["channel"], [f"credit_{model}:sum" for model in MODELS]
        )
        answer = {"times": {what: [] for what in works}}
        for number in range(runs + 1):
            for what, work in works.items():
                tell(what)
                clock, before = time.perf_counter(), processor_time(cr)
                work()
                if number:
                    answer["times"][what].append((time.perf_counter() - clock, processor_time(cr) - before))
                if what.startswith("all paths"):
                    cr.execute("ANALYZE crm_attribution")
        sums = credit._read_group([], [], [f"credit_{model}:sum" for model in MODELS])[0]
        answer["totals"] = {model: round(float(value) * 100) for model, value in zip(MODELS, sums, strict=True)}
        [(collected,)] = env["crm.collection"]._read_group([], [], ["amount:sum"])
        answer["collected"] = round(float(collected) * 100)
        cr.execute("SELECT COUNT(DISTINCT deal), COUNT(*), COUNT(DISTINCT channel) FROM crm_attribution")
        answer["conversions"], answer["touches"], answer["channels"] = cr.fetchone()
        cr.rollback()
    return answer


def fill(env):
    """Buyers and others with touches, an order, invoice and payment each for the buyers; by SQL."""
    cr, company = env.cr, env.company
    receivable = env["account.account"].search([("account_type", "=", "asset_receivable")], limit=1)
    journals = {kind: env["account.journal"].search([("type", "=", kind)], limit=1) for kind in ("sale", "bank")}
    values = {
        "company": company.id,
        "currency": company.currency_id.id,
        "receivable": receivable.id,
        "income": env["account.account"].search([("account_type", "=", "income")], limit=1).id,
        "cash": journals["bank"].default_account_id.id,
        "sale": journals["sale"].id,
        "bank": journals["bank"].id,
        "paths": PATHS,
        "channels": CHANNELS,
    }
    for statement in FILL:
        cr.execute(statement, values)
    cr.execute("ANALYZE")
    env.invalidate_all()


FILL = (
    "INSERT INTO utm_medium (name, active) SELECT 'Bench ' || n, TRUE FROM generate_series(1, %(channels)s) n",
    """INSERT INTO res_partner (name, complete_name, active, is_company, email, ref, autopost_bills,
                                group_on, group_rfq)
       SELECT 'Bench ' || n, 'Bench ' || n, TRUE, TRUE, 'b' || n || '@bench.example', 'bench' || n, 'ask',
              'default', 'default'
         FROM generate_series(1, 2 * %(paths)s) n""",
    "UPDATE res_partner SET commercial_partner_id = id WHERE ref LIKE 'bench%%'",
    """INSERT INTO crm_touch (date, kind, partner_id, medium_id, res_model, res_id, company_id, valid)
       SELECT TIMESTAMP '2026-06-01' - INTERVAL '1 day' * ((partner.id * 7 + n * 13) %% 80), 'click', partner.id,
              medium.id, 'mailing.trace', row_number() OVER (), %(company)s, TRUE
         FROM res_partner partner
         JOIN generate_series(1, 8) n ON n <= 1 + partner.id %% 8
         JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS number FROM utm_medium WHERE name LIKE 'Bench %%')
              medium ON medium.number = (partner.id * 31 + n * n * 17 + partner.id / 8 * n) %% %(channels)s
        WHERE partner.ref LIKE 'bench%%'""",
    """INSERT INTO sale_order (name, date_order, partner_id, partner_invoice_id, partner_shipping_id, company_id, state,
                               currency_id, currency_rate, amount_total, picking_policy)
       SELECT 'BENCH' || id, TIMESTAMP '2026-06-02', id, id, id, %(company)s, 'sale', %(currency)s, 1,
              10 + (id %% 9973) / 7.0, 'direct'
         FROM res_partner WHERE ref LIKE 'bench%%' ORDER BY substr(ref, 6)::int LIMIT %(paths)s""",
    "UPDATE sale_order SET amount_total = ROUND(amount_total, 2) WHERE name LIKE 'BENCH%%'",
    """INSERT INTO sale_order_line (order_id, name, product_uom_qty, price_unit, customer_lead, company_id)
       SELECT id, 'Bench', 1, amount_total, 0, company_id FROM sale_order WHERE name LIKE 'BENCH%%'""",
    """INSERT INTO account_move (date, invoice_date, auto_post, move_type, state, currency_id, journal_id, company_id,
                                 name, partner_id, commercial_partner_id, amount_total_signed, ref)
       SELECT DATE '2026-06-03', DATE '2026-06-03', 'no', kind.move_type, 'posted', currency_id, kind.journal,
              company_id, kind.move_type || so.id, partner_id, partner_id, amount_total, so.id::text
         FROM sale_order so
        CROSS JOIN (VALUES ('out_invoice', %(sale)s), ('entry', %(bank)s)) kind (move_type, journal)
        WHERE so.name LIKE 'BENCH%%'""",
    """INSERT INTO account_payment (move_id, journal_id, company_id, partner_id, currency_id, amount,
                                    amount_company_currency_signed, payment_type, partner_type, state, date, name)
       SELECT id, journal_id, company_id, partner_id, currency_id, amount_total_signed, amount_total_signed, 'inbound',
              'customer', 'in_process', date, name
         FROM account_move WHERE name LIKE 'entry%%' AND ref IS NOT NULL""",
    """INSERT INTO account_move_line (move_id, journal_id, company_id, company_currency_id, currency_id, account_id,
                                      name, date, parent_state, display_type, balance, debit, credit, amount_currency,
                                      partner_id, price_total, quantity, payment_id)
       SELECT move.id, move.journal_id, move.company_id, move.currency_id, move.currency_id, side.account, move.name,
              move.date, 'posted', side.display, side.sign * move.amount_total_signed,
              GREATEST(side.sign, 0) * move.amount_total_signed, GREATEST(-side.sign, 0) * move.amount_total_signed,
              side.sign * move.amount_total_signed, move.partner_id,
              CASE WHEN side.display = 'product' THEN move.amount_total_signed END, 1, payment.id
         FROM account_move move
         LEFT JOIN account_payment payment ON payment.move_id = move.id
         JOIN (VALUES ('out_invoice', %(receivable)s, 1, 'payment_term'), ('out_invoice', %(income)s, -1, 'product'),
                      ('entry', %(receivable)s, -1, 'payment_term'), ('entry', %(cash)s, 1, 'product'))
              side (kind, account, sign, display) ON side.kind = move.move_type
        WHERE move.ref IS NOT NULL AND (move.name LIKE 'entry%%' OR move.name LIKE 'out_invoice%%')""",
    """INSERT INTO sale_order_line_invoice_rel (order_line_id, invoice_line_id)
       SELECT sold.id, line.id FROM sale_order_line sold
         JOIN account_move move ON move.ref = sold.order_id::text AND move.move_type = 'out_invoice'
         JOIN account_move_line line ON line.move_id = move.id AND line.display_type = 'product'
        WHERE sold.name = 'Bench'""",
    """INSERT INTO account_partial_reconcile (debit_move_id, credit_move_id, amount, debit_amount_currency,
                                              credit_amount_currency, company_id, max_date, debit_currency_id,
                                              credit_currency_id)
       SELECT owed.id, paid.id, owed.balance, owed.balance, owed.balance, owed.company_id, owed.date, owed.currency_id,
              paid.currency_id
         FROM account_move_line owed
         JOIN account_move invoice ON invoice.id = owed.move_id AND invoice.move_type = 'out_invoice'
         JOIN account_move entry ON entry.ref = invoice.ref AND entry.move_type = 'entry'
         JOIN account_move_line paid ON paid.move_id = entry.id AND paid.account_id = owed.account_id
        WHERE owed.account_id = %(receivable)s AND invoice.ref IS NOT NULL AND owed.name LIKE 'out_invoice%%'""",
)
