"""Daily screen: contacts due, reorders by own rhythm and dormant customers of 20,000 customers on 200,000 invoices.

The customers are shared among 20 salespeople; 60,000 contacts and 10,000 planned calls are added. Measured are the
screen as the web client asks for it (columns with their counts and first cards) for one salesperson and for the
manager who sees everybody, the totals per salesperson, and the order rhythm of all customers. All of it is SQL at
the moment of asking: nothing is stored that could be old.
"""

import datetime
import time

from suite import ground
from suite.bench import Checked
from suite.inside import processor_time, tell
from suite.paths import ADDONS, tree_hash

LIMIT = 5.0  # seconds of the processor for each answer
DAY = datetime.date(2026, 11, 20)  # the last day of the bulk ledger
SELLERS = 20
CARDS = {"partner_id": {"fields": {"display_name": {}}}, "reason": {}, "days_late": {}, "kind": {}}


def run(bench):
    ledger = ground.ensure_ledger(bench.odoo, bench.databases, bench.partners, bench.invoices)
    name = bench.install(
        *(ledger, f"suite_bench_reminders_{bench.invoices}_{tree_hash([ADDONS / 'crm_custom'])}", ["crm_custom"]),
        title="Installing crm_custom on the bulk ledger",
    )
    answers = bench.inside(measure, [name], title="Daily screen", day=DAY.isoformat())
    return [_row(what, answer) for what, answer in answers.items()]


def _row(what, answer):
    title = f"{what}: {answer['work']:.1f} s of the processor, limit {LIMIT:.0f}"
    note = f"{answer['rows']:,} rows, {answer['queries']} queries, {answer['clock']:.1f} s by the clock"
    return Checked(title, answer["work"] <= LIMIT, note)


# === INSIDE ODOO ===


def measure(registry, day):
    """Return per answer: rows, queries, seconds by the clock and of the processor. Rolls back."""
    from odoo import api

    with registry.cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {"as_of": day, "tz": "UTC"})
        tell("salespeople, contacts and planned calls")
        sellers, manager = _people(env)
        _fill(env, sellers, day)
        screens = {
            "order rhythm of all customers": lambda: env["crm.order.rhythm"].search_count([("gap", "!=", False)]),
            "screen of a salesperson": lambda: _screen(env, sellers[0], [("user_id", "=", sellers[0].id)]),
            "screen of the manager": lambda: _screen(env, manager, []),
            "overdue per salesperson": lambda: len(
                env["crm.reminder"].with_user(manager)._read_group([("kind", "=", "overdue")], ["user_id"], ["__count"])
            ),
        }
        answers = {}
        for what, screen in screens.items():
            tell(what)
            env.invalidate_all()
            clock, work, queries = time.perf_counter(), processor_time(cr), cr.sql_log_count
            rows = screen()
            answers[what] = {
                "rows": rows,
                "queries": cr.sql_log_count - queries,
                "clock": time.perf_counter() - clock,
                "work": processor_time(cr) - work or time.perf_counter() - clock,
            }
        cr.rollback()
    return answers


def _people(env):
    group = env.ref("sales_team.group_sale_salesman")
    users = env["res.users"].with_context(no_reset_password=True)
    sellers = users.create(
        [
            {"name": f"Seller {number}", "login": f"bench_seller_{number}", "group_ids": [(4, group.id)]}
            for number in range(SELLERS)
        ]
    )
    boss = {"name": "Boss", "login": "bench_boss", "group_ids": [(4, env.ref("sales_team.group_sale_manager").id)]}
    return sellers, users.create(boss)


def _fill(env, sellers, day):
    """By SQL, as the ledger itself: 60,000 contacts of the last 600 days, 10,000 calls planned around the day."""
    env.flush_all()
    cr = env.cr
    cr.execute("SELECT id FROM res_partner WHERE customer_rank > 0 AND parent_id IS NULL ORDER BY id")
    customers = [identifier for (identifier,) in cr.fetchall()]
    cr.execute(
        "UPDATE res_partner SET user_id = (%s::int[])[1 + id %% %s] WHERE id = ANY(%s)",
        [sellers.ids, SELLERS, customers],
    )
    cr.execute(
        """INSERT INTO crm_contact_log (date, partner_id, user_id, company_id, channel, direction, subject)
           SELECT %(day)s::timestamp - (n %% 600) * INTERVAL '1 day', (%(ids)s::int[])[1 + (n * 7) %% %(count)s],
               %(user)s, %(company)s, 'call', 'out', 'Call'
           FROM generate_series(1, 60000) n""",
        {"day": day, "ids": customers, "count": len(customers), "user": sellers[0].id, "company": env.company.id},
    )
    cr.execute(
        """INSERT INTO mail_activity (res_model_id, res_model, res_id, activity_type_id, date_deadline, user_id,
               summary, active)
           SELECT %(model)s, 'res.partner', partner.id, %(type)s, %(day)s::date + (n %% 20) - 15, partner.user_id,
               'Call', TRUE
           FROM generate_series(1, 10000) n JOIN res_partner partner
               ON partner.id = (%(ids)s::int[])[1 + (n * 3) %% %(count)s]""",
        {
            "model": env["ir.model"]._get_id("res.partner"),
            "type": env.ref("mail.mail_activity_data_call").id,
            "day": day,
            "ids": customers,
            "count": len(customers),
        },
    )
    cr.execute("ANALYZE crm_contact_log; ANALYZE mail_activity; ANALYZE res_partner")
    env.invalidate_all()


def _screen(env, user, domain):
    """The columns of the kanban with their counts and first cards, as the client asks for them."""
    answer = (
        env["crm.reminder"]
        .with_user(user)
        .web_read_group(domain, ["kind"], auto_unfold=True, unfold_read_specification=CARDS)
    )
    return sum(group["__count"] for group in answer["groups"])
