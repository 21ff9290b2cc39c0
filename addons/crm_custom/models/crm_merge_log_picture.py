"""The picture that a merge is undone from (see crm_merge_log_undo.py).

Odoo's merge rewrites every foreign key in SQL, deletes rows that would be double, and deletes the merged partner.
The picture therefore holds the ids of all rows that point to the merged partner, by table and column; the whole
row where the merge may delete it; and the rows of both partners. Why SQL: the tables are known only at run time.
"""

from odoo import models
from odoo.tools import SQL
from odoo.tools.sql import table_columns

# Tables that point by model name and id: (table, model column, id column).
BY_NAME = (
    ("ir_attachment", "res_model", "res_id"),
    ("mail_followers", "res_model", "res_id"),
    ("mail_activity", "res_model", "res_id"),
    ("mail_message", "model", "res_id"),
    ("ir_model_data", "model", "res_id"),
)
# Rows that a merge deletes though no constraint of theirs says so: double accounts.
WHOLE_TABLES = ("res_partner_bank",)
# Rows that go with a row that a merge may delete: (table, column, table of what they belong to, its column).
PARTS = (("crm_metric_value", "scorecard_id", "crm_scorecard", "partner_id"),)
# Made anew, or belonging to the merge itself.
SKIPPED_TABLES = ("crm_partner_key", "crm_duplicate_pair", "crm_duplicate_block", "crm_merge_log")


class CrmMergeLog(models.Model):
    _inherit = "crm.merge.log"

    # === PICTURE === #

    def _picture(self, partner, source):
        """Note what points to `source`, and how both rows look, before the merge."""
        self.env.flush_all()
        picture = {
            "source": self._row("res_partner", source.id),
            "before": self._row("res_partner", partner.id),
            "columns": [],
            "relations": [],
            "names": [],
            "json": self._json_values(source),
            "parts": [self._part_rows(*part, source.id) for part in PARTS],
        }
        for table, column in self._foreign_keys():
            columns = table_columns(self.env.cr, table)
            if "id" in columns:
                picture["columns"].append(self._pointing(table, column, source.id))
            else:
                [other] = [name for name in columns if name != column][:1] or [None]
                if other:
                    picture["relations"].append(self._related(table, column, other, source.id, partner.id))
        for table, model_column, id_column in BY_NAME:
            picture["names"].append(self._named(table, model_column, id_column, source.id))
        for part in ("columns", "relations", "names", "parts"):
            picture[part] = [entry for entry in picture[part] if entry]
        self.snapshot = picture
        self._keep_image(partner, source)
        self._note_lines(picture)

    def _picture_after(self, partner):
        """Note how the record that stayed looks now: the undo restores what nobody has changed since."""
        self.env.flush_all()
        self.snapshot = self.snapshot | {"after": self._row("res_partner", partner.id)}

    def _foreign_keys(self):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        return [
            (table, column)
            for table, column in wizard._get_fk_on("res_partner")
            if table not in SKIPPED_TABLES and "base_partner_merge_" not in table and "crm_duplicate_merge" not in table
        ]

    def _row(self, table, row_id):
        rows = self.env.execute_query(
            SQL("SELECT TO_JSONB(t) FROM %s t WHERE t.id = %s", SQL.identifier(table), row_id)
        )
        return rows[0][0] if rows else None

    def _pointing(self, table, column, source_id):
        """Rows whose column is the source: ids, and whole rows where a constraint may cost them their life."""
        fragile = self.env["base.partner.merge.automatic.wizard"]._has_check_or_unique_constraint(table, column)
        rows = self.env.execute_query(
            SQL(
                "SELECT t.id, %s FROM %s t WHERE %s = %s ORDER BY t.id",
                SQL("TO_JSONB(t)") if fragile or table in WHOLE_TABLES else SQL("NULL::jsonb"),
                SQL.identifier(table),
                SQL.identifier("t", column),
                source_id,
            )
        )
        if not rows:
            return None
        whole = [row[1] for row in rows if row[1]]
        return {"table": table, "column": column, "ids": [row[0] for row in rows], "rows": whole}

    def _part_rows(self, table, column, owner, owner_column, source_id):
        """Whole rows of `table` whose owner points to the source."""
        rows = self.env.execute_query(
            SQL(
                "SELECT t.id, TO_JSONB(t) FROM %s t JOIN %s owner ON owner.id = %s WHERE %s = %s ORDER BY t.id",
                SQL.identifier(table),
                SQL.identifier(owner),
                SQL.identifier("t", column),
                SQL.identifier("owner", owner_column),
                source_id,
            )
        )
        return {"table": table, "ids": [row[0] for row in rows], "rows": [row[1] for row in rows]} if rows else None

    def _related(self, table, column, other, source_id, partner_id):
        """Links of a many2many: those of the source, and which of them the other partner had too."""
        links = {
            record_id: [
                row[0]
                for row in self.env.execute_query(
                    SQL(
                        "SELECT %s FROM %s WHERE %s = %s",
                        SQL.identifier(other),
                        SQL.identifier(table),
                        SQL.identifier(column),
                        record_id,
                    )
                )
            ]
            for record_id in (source_id, partner_id)
        }
        if not links[source_id]:
            return None
        both = sorted(set(links[source_id]) & set(links[partner_id]))
        return {"table": table, "column": column, "other": other, "ids": links[source_id], "both": both}

    def _named(self, table, model_column, id_column, source_id):
        rows = self.env.execute_query(
            SQL(
                "SELECT t.id, TO_JSONB(t) FROM %s t WHERE %s = 'res.partner' AND %s = %s%s",
                SQL.identifier(table),
                SQL.identifier("t", model_column),
                SQL.identifier("t", id_column),
                source_id,
                SQL(" AND t.res_field IS NULL") if table == "ir_attachment" else SQL(),
            )
        )
        if not rows:
            return None
        whole = [row[1] for row in rows] if table in ("mail_followers", "ir_model_data") else []
        return {"table": table, "column": id_column, "ids": [row[0] for row in rows], "rows": whole}

    def _json_values(self, source):
        """Company-dependent links to the source: {"table", "column", "id", "value"}."""
        found = []
        for field in self.env.registry.many2one_company_dependents["res.partner"]:
            table, column = self.env[field.model_name]._table, field.name
            rows = self.env.execute_query(
                SQL(
                    """SELECT t.id, %(column)s FROM %(table)s t WHERE EXISTS (
                              SELECT 1 FROM JSONB_EACH_TEXT(%(column)s) entry WHERE entry.value = %(source)s)""",
                    column=SQL.identifier("t", column),
                    table=SQL.identifier(table),
                    source=str(source.id),
                )
            )
            found += [{"table": table, "column": column, "id": row_id, "value": value} for row_id, value in rows]
        return found

    def _keep_image(self, partner, source):
        """The picture of the merged record is a file that would be deleted with it."""
        if source.image_1920:
            self.env["ir.attachment"].create(
                {
                    "name": f"image of {source.id}",
                    "datas": source.image_1920,
                    "res_model": self._name,
                    "res_id": self.id,
                    "description": "had" if partner.image_1920 else "taken",
                }
            )

    def _note_lines(self, picture):
        """Which records moved, by kind, for the reader."""
        models_by_table = {
            model._table: name for name, model in self.env.items() if not model._abstract and model._auto
        }
        moved = {}
        for entry in picture["columns"] + picture["names"] + picture["parts"]:
            model = models_by_table.get(entry["table"])
            if model and not self.env[model]._transient:
                moved.setdefault(model, set()).update(entry["ids"])
        self.env["crm.merge.log.line"].create(
            [
                {
                    "log_id": self.id,
                    "model": model,
                    "name": self.env[model]._description,
                    "count": len(ids),
                    "res_ids": sorted(ids),
                }
                for model, ids in moved.items()
            ]
        )
        self.record_count = sum(map(len, moved.values()))
