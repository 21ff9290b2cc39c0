"""The database triggers that mark the invoices whose campaign money may have changed (models/crm_campaign_mark.py).

Statement triggers: one INSERT for a statement, however many rows it changes, and nothing at all where no watched
column changed. They see what any writer does: the ORM, set-based SQL, COPY, foreign keys. The functions name columns in
their text only, so that Odoo may still change or drop those.

Where a watched column hardly ever changes (an order's campaign), a row trigger whose condition names it: Odoo makes its
connections forget all plans with every request, so that a statement trigger costs a millisecond of planning a request
even where nothing changed, and a condition that does not hold costs nothing.
"""

LINES_OF_ORDER = """
    SELECT line.move_id FROM sale_order_line sold
      JOIN sale_order_line_invoice_rel link ON link.order_line_id = sold.id
      JOIN account_move_line line ON line.id = link.invoice_line_id
"""
"""Invoices of an order; `OFFSET 0` behind its condition keeps a plan made for many rows from serving for one."""

WATCHED = {
    "account_move": (
        ("insert", "update", "delete"),
        ("id", "state", "move_type", "date", "amount_total_signed", "campaign_id", "company_id"),
        "SELECT id FROM changed WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')",
    ),
    "account_move_line": (
        ("insert", "update", "delete"),
        (
            *("id", "move_id", "parent_state", "display_type", "date", "account_id", "journal_id", "company_id"),
            *("balance", "amount_currency", "currency_id", "payment_id", "statement_line_id", "price_total"),
        ),
        "SELECT move_id FROM changed WHERE parent_state = 'posted'",
    ),
    "account_partial_reconcile": (
        ("insert", "update", "delete"),
        ("id", "debit_move_id", "credit_move_id", "debit_amount_currency", "credit_amount_currency"),
        """SELECT (SELECT move_id FROM account_move_line WHERE id = debit_move_id) FROM changed
            UNION ALL
           SELECT (SELECT move_id FROM account_move_line WHERE id = credit_move_id) FROM changed""",
    ),
    "account_payment": (
        ("change",),
        ("id", "amount_company_currency_signed"),
        """SELECT item.move_id FROM changed
            CROSS JOIN LATERAL (SELECT move_id FROM account_move_line WHERE payment_id = changed.id OFFSET 0) item""",
    ),
    "sale_order_line_invoice_rel": (
        ("insert", "update", "delete"),
        ("order_line_id", "invoice_line_id"),
        """SELECT (SELECT move_id FROM account_move_line WHERE id = invoice_line_id AND parent_state = 'posted')
             FROM changed""",
    ),
    "sale_order_line": (
        ("change",),
        ("id", "order_id"),
        f"""SELECT item.move_id FROM changed
             CROSS JOIN LATERAL ({LINES_OF_ORDER} WHERE sold.id = changed.id OFFSET 0) item""",
    ),
    "sale_order": (
        ("change",),
        ("id", "campaign_id", "opportunity_id"),
        f"""SELECT item.move_id FROM changed
             CROSS JOIN LATERAL ({LINES_OF_ORDER} WHERE sold.order_id = changed.id OFFSET 0) item""",
    ),
    "crm_lead": (
        ("change",),
        ("id", "campaign_id"),
        f"""SELECT item.move_id FROM changed
             JOIN sale_order ON sale_order.opportunity_id = changed.id
             CROSS JOIN LATERAL ({LINES_OF_ORDER} WHERE sold.order_id = sale_order.id OFFSET 0) item""",
    ),
    # Settings that hardly ever change, and then for many entries
    "account_account": (
        ("change",),
        ("id", "account_type"),
        """SELECT move_id FROM account_move_line
            WHERE parent_state = 'posted' AND account_id IN (SELECT id FROM changed)""",
    ),
    "account_journal": (
        ("change",),
        ("id", "default_account_id"),
        """SELECT move_id FROM account_move_line
            WHERE parent_state = 'posted' AND journal_id IN (SELECT id FROM changed)""",
    ),
    "res_currency": (
        ("change",),
        ("id", "decimal_places"),
        """SELECT move_id FROM account_move_line
            WHERE parent_state = 'posted'
              AND (currency_id IN (SELECT id FROM changed) OR company_currency_id IN (SELECT id FROM changed))""",
    ),
}
"""{table: (events, columns that matter, SQL of the entries (move_id) behind the rows `changed`)}.

Of a row updated, `changed` holds the old and the new state, if a column that matters differs. "change" is an update
seen by a row trigger.
"""

ROWS = {
    "insert": "SELECT {columns} FROM new_rows",
    "delete": "SELECT {columns} FROM old_rows",
    # Grouped, not joined: the plan is kept for a session and has to do for one row and for a million
    "update": """SELECT {columns} FROM (SELECT {columns} FROM old_rows UNION ALL SELECT {columns} FROM new_rows) state
                  GROUP BY {columns} HAVING MOD(COUNT(*), 2) = 1""",
    "change": "SELECT {old} UNION ALL SELECT {new}",
}
STATEMENT = "AFTER {event} ON {table} REFERENCING {rows} FOR EACH STATEMENT"
FIRED = {
    "insert": STATEMENT.format(event="INSERT", table="{table}", rows="NEW TABLE AS new_rows"),
    "delete": STATEMENT.format(event="DELETE", table="{table}", rows="OLD TABLE AS old_rows"),
    "update": STATEMENT.format(event="UPDATE", table="{table}", rows="OLD TABLE AS old_rows NEW TABLE AS new_rows"),
    "change": "AFTER UPDATE ON {table} FOR EACH ROW WHEN (({old}) IS DISTINCT FROM ({new}))",
}


def function_name(table, event):
    return f"crm_campaign_mark_{table}_{'update' if event == 'change' else event}"


def functions():
    """Names of all functions; dropped with CASCADE they take their triggers along."""
    return [function_name(table, event) for table, (events, *_rest) in WATCHED.items() for event in events]


def statements():
    """SQL statements that (re)create functions and triggers; constants of this file only, no parameters."""
    for table, (events, columns, rule) in WATCHED.items():
        for event in events:
            name = function_name(table, event)
            spelled = {
                "table": table,
                "columns": ", ".join(columns),
                "old": ", ".join(f"OLD.{column}" for column in columns),
                "new": ", ".join(f"NEW.{column}" for column in columns),
            }
            yield f"""
                CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $mark$
                BEGIN
                    IF to_regclass('crm_campaign_mark') IS NOT NULL THEN
                        INSERT INTO crm_campaign_mark (move_id)
                        WITH changed ({spelled["columns"]}) AS ({ROWS[event].format(**spelled)})
                        SELECT DISTINCT move_id FROM ({rule}) touched (move_id) WHERE move_id IS NOT NULL;
                    END IF;
                    RETURN NULL;
                END $mark$"""
            yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
            yield f"""
                CREATE TRIGGER {name} {FIRED[event].format(**spelled)} EXECUTE FUNCTION {name}()"""
