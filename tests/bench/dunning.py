"""Reminders to 20,000 overdue customers: prepared, killed while sending, restarted, each letter once.

The database cuts the sender's connection in the middle of a batch, as when the server is killed; a new one goes on.
Every customer of the bulk ledger is made overdue first; letters and mails of an earlier run are removed.
"""

import contextlib
import time

from suite import ground
from suite.bench import Checked
from suite.inside import tell
from suite.paths import ADDONS, tree_hash

PREPARE_LIMIT = 60.0  # seconds for all letters
KILL_AFTER = 0.4  # share of the letters sent when the sender is killed
QUERIES_EACH = 8  # of sending, a letter


def run(bench):
    ledger = ground.ensure_ledger(bench.odoo, bench.databases, bench.partners, bench.invoices)
    key = tree_hash([ADDONS / name for name in ("crm_custom", "crm_service", "crm_marketing", "crm_finance_bridge")])
    name = bench.install(
        *(ledger, f"suite_bench_dunning_{bench.partners}_{bench.invoices}_{key}", ["crm_finance_bridge"]),
        title="Installing crm_finance_bridge on the bulk ledger",
    )
    answer = bench.inside(measure, [name], title="Reminders")
    letters, debtors = answer["letters"], answer["debtors"]
    yield Checked("overdue customers", debtors >= bench.partners * 0.95, f"{debtors:,}")
    facts = f"{letters:,} letters with {answer['lines']:,} lines in {answer['prepare']:.1f} s"
    yield Checked("prepared", letters == debtors and answer["prepare"] <= PREPARE_LIMIT, facts)
    yield Checked("killed and restarted", 0 < answer["before"] < letters, f"{answer['before']:,} were sent at the kill")
    yield Checked(
        "each letter once",
        answer["mails"] == letters == answer["addressed"] and answer["unsent"] == 0,
        f"{answer['mails']:,} mails to {answer['addressed']:,} customers, {answer['unsent']} not sent",
    )
    queries = answer["queries"] / max(letters, 1)
    speed = f"{answer['send']:.0f} s, {1000 * answer['send'] / max(letters, 1):.1f} ms and {queries:.2f} queries each"
    yield Checked("sending", queries <= QUERIES_EACH, speed)
    yield Checked("a second run", answer["again"] == 0, f"{answer['again']} new letters")


# === INSIDE ODOO ===


def measure(registry):
    """Return seconds and counts."""
    from odoo import SUPERUSER_ID, api

    context = {"tracking_disable": True}

    @contextlib.contextmanager
    def environment():
        with registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, context)
            cr.commit()

    answer = {"queries": 0}
    with environment() as env:
        tell("clearing")
        _clear(env)
        answer["debtors"] = _make_overdue(env)
    with environment() as env:
        tell("preparing")
        run = env["crm.dunning.run"].create({"company_id": env.company.root_id.id})
        answer["prepare"] = _timed(lambda: run._prepare(run.company_id._crm_credit_today()))
        answer["letters"] = len(run.letter_ids)
        answer["lines"] = env["crm.dunning.letter.line"].search_count([("letter_id.run_id", "=", run.id)])
        run.state = "sending"
    tell("sending, to be killed")
    answer["send"] = _timed(lambda: _send(registry, context, answer, int(answer["letters"] * KILL_AFTER)))
    with environment() as env:
        answer["before"] = env["crm.dunning.letter"].search_count([("state", "=", "sent")])
    tell(f"restarted after {answer['before']:,}")
    answer["send"] += _timed(lambda: _send(registry, context, answer))
    with environment() as env:
        answer.update(_counted(env))
        again = env["crm.dunning.run"].create({"company_id": env.company.root_id.id})
        answer["again"] = again._prepare(again.company_id._crm_credit_today())
    return answer


def _clear(env):
    env.cr.execute("DELETE FROM crm_dunning_letter")
    env.cr.execute("DELETE FROM crm_dunning_run")
    env.cr.execute(
        "DELETE FROM mail_message WHERE model = 'crm.dunning.letter' OR id IN (SELECT mail_message_id FROM mail_mail)"
    )


def _make_overdue(env):
    """Every customer with an e-mail address and at least one invoice 30 days overdue; returns their number."""
    env.cr.execute(
        "UPDATE res_partner SET email_normalized = LOWER(email) WHERE customer_rank > 0 AND email IS NOT NULL"
    )
    env.cr.execute(
        """
        UPDATE account_move_line SET reconciled = FALSE, full_reconcile_id = NULL, amount_residual = balance,
               amount_residual_currency = amount_currency, date_maturity = CURRENT_DATE - 30
         WHERE id IN (
            SELECT MAX(line.id) FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id
             WHERE account.account_type = 'asset_receivable' AND line.parent_state = 'posted' AND line.balance > 0
             GROUP BY line.partner_id)
        """
    )
    env.cr.execute(
        """
        SELECT COUNT(DISTINCT line.partner_id) FROM account_move_line line
          JOIN account_account account ON account.id = line.account_id
         WHERE account.account_type = 'asset_receivable' AND line.parent_state = 'posted'
           AND line.reconciled IS NOT TRUE AND line.amount_residual > 0 AND line.date_maturity <= CURRENT_DATE - 7
        """
    )
    return env.cr.fetchone()[0]


def _send(registry, context, answer, kill_at=None):
    """Send batch by batch, each committed; at `kill_at` letters the database cuts the connection before the commit."""
    import psycopg2
    from odoo import SUPERUSER_ID, api

    sent = 0
    with contextlib.suppress(psycopg2.OperationalError, psycopg2.InterfaceError), registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, context)
        start = cr.sql_log_count

        def progress(done=0, remaining=None):
            nonlocal sent
            sent += done
            env.flush_all()
            answer["queries"] += cr.sql_log_count - start - answer.get("counted", 0)
            answer["counted"] = cr.sql_log_count - start
            if kill_at and sent >= kill_at:
                cr.execute("SELECT pg_backend_pid()")
                _cut(registry, cr.fetchone()[0])
            cr.commit()
            env.clear()
            return 1

        env["crm.dunning.run"]._process_send(progress=progress)
        cr.commit()
    answer.pop("counted", None)


def _cut(registry, pid):
    with registry.cursor() as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
    time.sleep(0.5)


def _counted(env):
    env.cr.execute(
        """
        SELECT COUNT(*), COUNT(DISTINCT letter.partner_id) FROM mail_mail mail
          JOIN mail_message message ON message.id = mail.mail_message_id AND message.model = 'crm.dunning.letter'
          JOIN crm_dunning_letter letter ON letter.id = message.res_id AND letter.mail_id = mail.id
        """
    )
    mails, addressed = env.cr.fetchone()
    unsent = env["crm.dunning.letter"].search_count([("state", "!=", "sent")])
    return {"mails": mails, "addressed": addressed, "unsent": unsent}


def _timed(act):
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
