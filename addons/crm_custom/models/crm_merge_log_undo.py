"""The way back from a merge: the merged record under its id, and what moved; what changed since stays as it is.

Why SQL: the tables are known only from the picture (crm_merge_log_picture.py), and the record must keep its id.
"""

import json

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

KEPT_COLUMNS = ("id", "write_date", "write_uid", "create_date", "create_uid")


class CrmMergeLog(models.Model):
    _inherit = "crm.merge.log"

    def _undo_merge(self):
        """Bring the merged record back under its id, and what moved; what changed since stays as it is."""
        self.ensure_one()
        picture, source_id, partner_id = self.snapshot, self.source_ref, self.partner_ref
        partner = self.env["res.partner"].browse(partner_id).exists()
        if not partner:
            later = self.search([("source_ref", "=", partner_id), ("state", "=", "done")], limit=1)
            raise UserError(
                self.env._("Undo the later merge of %(name)s first.", name=later.source_name)
                if later
                else self.env._("The record that stayed has been deleted.")
            )
        if self.env["res.partner"].browse(source_id).exists():
            raise UserError(self.env._("The merged record is back already."))
        partner.lock_for_update()
        self.env.flush_all()
        self._insert("res_partner", picture["source"])
        self._restore_partner(picture)
        for entry in picture["columns"] + picture["names"]:
            self._restore_column(entry, source_id, partner_id)
        for entry in picture.get("parts", ()):
            for row in entry["rows"]:
                self._insert(entry["table"], row)
        for entry in picture["relations"]:
            self._restore_relation(entry, source_id, partner_id)
        for entry in picture["json"]:
            self._restore_json(entry, partner_id)
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        source = self.env["res.partner"].browse(source_id)
        self._restore_image(partner, source)
        for record in (partner, source):
            record._message_log(body=self.env._("The merge of %(name)s was undone.", name=self.source_name))
        self.env["crm.partner.key"]._mark([partner_id, source_id])

    def _insert(self, table, row):
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s SELECT * FROM JSONB_POPULATE_RECORD(NULL::%s, %s) ON CONFLICT DO NOTHING",
                SQL.identifier(table),
                SQL.identifier(table),
                _json(row),
            )
        )

    def _restore_partner(self, picture):
        """Columns that the merge changed and nobody has changed since."""
        now = self._row("res_partner", self.partner_ref)
        before, after = picture["before"], picture["after"]
        changed = {
            column: value
            for column, value in before.items()
            if column not in KEPT_COLUMNS and value != after.get(column) == now.get(column)
        }
        if changed:
            columns = [SQL.identifier(column) for column in changed]
            self.env.cr.execute(
                SQL(
                    "UPDATE res_partner SET (%s) = (SELECT %s FROM JSONB_POPULATE_RECORD(NULL::res_partner, %s) old)"
                    " WHERE id = %s",
                    SQL(", ").join(columns),
                    SQL(", ").join(SQL("old.%s", column) for column in columns),
                    _json(changed),
                    self.partner_ref,
                )
            )

    def _restore_column(self, entry, source_id, partner_id):
        """Rows back to the source, unless they belong to somebody else by now; rows that were deleted come back."""
        table, column = SQL.identifier(entry["table"]), SQL.identifier(entry["column"])
        for row in entry["rows"]:
            self._insert(entry["table"], row)
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE id IN %s AND %s = %s",
                table,
                column,
                source_id,
                tuple(entry["ids"]),
                column,
                partner_id,
            )
        )

    def _restore_relation(self, entry, source_id, partner_id):
        table, column, other = (SQL.identifier(entry[name]) for name in ("table", "column", "other"))
        links = SQL(", ").join(SQL("(%s, %s)", source_id, value) for value in entry["ids"])
        gained = tuple(set(entry["ids"]) - set(entry["both"]))
        if gained:
            self.env.cr.execute(
                SQL("DELETE FROM %s WHERE %s = %s AND %s IN %s", table, column, partner_id, other, gained)
            )
        self.env.cr.execute(
            SQL("INSERT INTO %s (%s, %s) VALUES %s ON CONFLICT DO NOTHING", table, column, other, links)
        )

    def _restore_json(self, entry, partner_id):
        """A company-dependent link, where it still is what the merge made of it."""
        old = {key: partner_id if value == self.source_ref else value for key, value in entry["value"].items()}
        table, column = SQL.identifier(entry["table"]), SQL.identifier(entry["column"])
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE id = %s AND %s = %s",
                table,
                column,
                _json(entry["value"]),
                entry["id"],
                column,
                _json(old),
            )
        )

    def _restore_image(self, partner, source):
        image = self.env["ir.attachment"].search([("res_model", "=", self._name), ("res_id", "=", self.id)], limit=1)
        if image:
            source.image_1920 = image.datas
            if image.description == "taken":
                partner.image_1920 = False


def _json(value):
    return SQL("%s::jsonb", json.dumps(value))
