"""What a database holds of its modules: names to compare across an uninstallation, rows to compare across an update."""

import json

from .. import inside
from ..paths import SUITE

SYSTEM = "n.nspname = 'public'"

# kind -> query of the names that an uninstalled addon must not leave behind
NAMES = {
    "table": f"""SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE {SYSTEM} AND c.relkind IN ('r', 'v', 'm')""",
    "column": f"""SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                    JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE {SYSTEM} AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped""",
    "index": f"""SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE {SYSTEM} AND c.relkind = 'i'""",
    "constraint": f"""SELECT r.relname || ': ' || c.conname FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
                        JOIN pg_namespace n ON n.oid = c.connamespace WHERE {SYSTEM} AND c.contype <> 'n'""",
    "database sequence": f"""SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                              WHERE {SYSTEM} AND c.relkind = 'S'""",
    "function": f"SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {SYSTEM}",
    "model": "SELECT model FROM ir_model",
    "field": "SELECT model || '.' || name FROM ir_model_fields",
    "selection value": """SELECT f.model || '.' || f.name || '=' || s.value FROM ir_model_fields_selection s
                            JOIN ir_model_fields f ON f.id = s.field_id""",
    # Not the addon's: the catalogue of addons that lie on the addons path, and the dangling ids that Odoo
    # leaves in the modules beneath for what a removed model inherited from theirs (their rows are gone).
    "XML id": f"""SELECT module || '.' || name FROM ir_model_data
                   WHERE (model NOT IN ('ir.model.inherit', 'ir.model.fields.selection') OR module IN {SUITE})
                     AND NOT (model = 'ir.model.inherit'
                              AND NOT EXISTS (SELECT 1 FROM ir_model_inherit i WHERE i.id = res_id))
                     AND NOT (module = 'base' AND model IN ('ir.module.module', 'ir.module.category'))""",
    "view": "SELECT COALESCE(model, '') || ': ' || COALESCE(key, name) FROM ir_ui_view",
    "menu": "SELECT name->>'en_US' || ' under ' || COALESCE(parent_id::text, 'root') FROM ir_ui_menu",
    "action": "SELECT type || ': ' || (name->>'en_US') FROM ir_actions",
    "cron": "SELECT cron_name FROM ir_cron",
    "access rule": """SELECT COALESCE(r.name, '') || ' on ' || m.model FROM ir_rule r
                        JOIN ir_model m ON m.id = r.model_id""",
    "access right": "SELECT a.name || ' on ' || m.model FROM ir_model_access a JOIN ir_model m ON m.id = a.model_id",
    "group": "SELECT name->>'en_US' FROM res_groups",
    "parameter": "SELECT key FROM ir_config_parameter",
    "number sequence": "SELECT name || ' ' || COALESCE(code, '') FROM ir_sequence",
    "default": """SELECT f.model || '.' || f.name FROM ir_default d JOIN ir_model_fields f ON f.id = d.field_id""",
    "server rule": "SELECT name->>'en_US' FROM ir_act_server",
}

# Tables whose rows describe modules: an update of unchanged source leaves every row as it is.
REGISTRY_TABLES = (
    *("ir_model", "ir_model_fields", "ir_model_fields_selection", "ir_model_constraint", "ir_model_relation"),
    *("ir_model_data", "ir_model_access", "ir_rule", "ir_ui_view", "ir_ui_menu", "ir_act_window", "ir_act_server"),
    *("ir_act_client", "ir_act_report_xml", "ir_act_url", "ir_cron", "ir_sequence", "ir_config_parameter"),
    *("ir_default", "ir_asset", "ir_filters", "res_groups", "res_groups_implied_rel", "res_groups_privilege"),
    *("mail_template", "mail_message_subtype", "mail_alias", "ir_module_category"),
    *("digest_tip", "ir_embedded_actions", "ir_act_window_view", "ir_ui_menu_group_rel", "res_groups_users_rel"),
)
# Set by the update itself, or by the clock (arch_prev: the view before the update, even where it is the same).
VOLATILE = (
    "arch_prev",
    "write_date",
    "write_uid",
    "create_date",
    "create_uid",
    "lastcall",
    "nextcall",
    "sequence_number",
)


def names(odoo, database):
    """Return {kind: set of names}."""
    return {kind: set(inside.query(odoo, database, query)) for kind, query in NAMES.items()}


def tables(odoo, database):
    return set(inside.query(odoo, database, NAMES["table"]))


def rows(odoo, database, own_tables):
    """Return {table: set of rows as JSON} of the registry's tables and of the addon's own, plus columns and indexes."""
    kept = set(inside.query(odoo, database, f"{NAMES['table']} AND c.relkind = 'r'"))
    found = {
        kind: set(inside.query(odoo, database, NAMES[kind])) for kind in ("table", "column", "index", "constraint")
    }
    volatile = ", ".join(f"'{name}'" for name in VOLATILE)
    for table in sorted({*REGISTRY_TABLES, *own_tables} & kept):
        query = f'SELECT to_jsonb(t) - ARRAY[{volatile}] FROM "{table}" t'
        found[f"rows of {table}"] = set(inside.query(odoo, database, query))
    return found


def differences(expected, found, limit=12):
    """Return a line for each name or row that came or went, at most `limit` a kind."""
    lines = []
    for kind in expected:
        added, lost = found[kind] - expected[kind], expected[kind] - found[kind]
        both = [("new", text) for text in sorted(added)] + [("lost", text) for text in sorted(lost)]
        lines += [f"  {kind}, {verb}: {_short(text)}" for verb, text in both[:limit]]
        if len(both) > limit:
            lines.append(f"  {kind}: {len(both) - limit} more")
    return lines


def _short(text):
    """A row as its most telling columns."""
    if not text.startswith("{"):
        return text
    row = json.loads(text)
    telling = {key: row[key] for key in ("id", "module", "name", "key", "model", "res_id") if key in row}
    return f"{telling} {text[:300]}"
