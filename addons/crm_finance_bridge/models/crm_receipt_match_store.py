"""Proposals written at once: thousands of receipts in two inserts."""

import json

from odoo import api, fields, models
from odoo.tools import SQL, float_compare

LIVE = ("proposed", "unmatched")
COLUMNS = {
    "company_id": "int",
    "currency_id": "int",
    "partner_id": "int",
    "source": "text",
    "move_line_id": "int",
    "statement_line_id": "int",
    "name": "text",
    "text": "text",
    "payer_by": "text",
    "date": "date",
    "amount": "numeric",
    "rule": "text",
    "confidence": "numeric",
    "margin": "numeric",
    "rivals": "int",
    "barrier": "text",
    "kept": "numeric",
    "rest": "numeric",
    "short": "numeric",
    "seen": "int",
    "advice_id": "int",
    "state": "text",
}
COMPARED = ("amount", "confidence", "margin", "kept", "rest", "short")


class CrmReceiptMatch(models.Model):
    _inherit = "crm.receipt.match"

    @api.model
    def _insert(self, rows):
        """Insert the proposals of `crm.receipt.ledger._values`. Where another transaction was first, its row stays."""
        if not rows:
            return
        columns = SQL(", ").join(SQL.identifier(column) for column in COLUMNS)
        typed = SQL(", ").join(SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, kind in COLUMNS.items())
        made = self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_receipt_match (%(columns)s, create_uid, write_uid, create_date, write_date)
                SELECT %(columns)s, %(user)s, %(user)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM jsonb_to_recordset(%(rows)s::jsonb) AS found(%(typed)s)
                ON CONFLICT DO NOTHING
                RETURNING id, move_line_id, statement_line_id
                """,
                columns=columns,
                typed=typed,
                user=self.env.uid,
                rows=json.dumps([{column: row[column] for column in COLUMNS} for row in rows]),
            )
        )
        ids = {(line, bank): number for number, line, bank in made}
        self._insert_parts(
            [
                {"match_id": ids[key], "move_line_id": item, "amount": amount, "early": early}
                for row in rows
                if (key := (row["move_line_id"], row["statement_line_id"])) in ids
                for item, amount, early in row["parts"]
            ]
        )
        self.invalidate_model()

    @api.model
    def _insert_parts(self, parts):
        if parts:
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO crm_receipt_match_line
                           (match_id, move_line_id, amount, early, create_uid, write_uid, create_date, write_date)
                    SELECT match_id, move_line_id, amount, COALESCE(early, FALSE), %(user)s, %(user)s,
                           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                      FROM jsonb_to_recordset(%(parts)s::jsonb)
                           AS part(match_id int, move_line_id int, amount numeric, early boolean)
                    RETURNING id
                    """,
                    user=self.env.uid,
                    parts=json.dumps(parts),
                )
            )
            self.env["crm.receipt.match.line"].invalidate_model()

    def _same(self, values):
        """Whether this live proposal says what `values` say."""
        self.ensure_one()
        for name in COLUMNS:
            mine = self[name]
            if name in COMPARED:
                if float_compare(mine, values[name] or 0.0, precision_digits=4):
                    return False
            elif name == "date":
                if fields.Date.to_string(mine) != values[name]:
                    return False
            elif (mine.id if isinstance(mine, models.BaseModel) else mine) != values[name] and (mine or values[name]):
                return False
        return self._same_parts(values)

    def _same_parts(self, values):
        parts = [(line.move_line_id.id, line.amount, line.early) for line in self.line_ids]
        return len(parts) == len(values["parts"]) and all(
            (one, early) == (other, theirs_early) and not float_compare(amount, theirs, precision_digits=4)
            for (one, amount, early), (other, theirs, theirs_early) in zip(parts, values["parts"], strict=True)
        )

    def _fails_again(self, values):
        """Whether this could not be booked and would be booked the same way: it waits for a person."""
        same = self.rule == values["rule"] and not any(
            float_compare(self[name], values[name] or 0.0, precision_digits=4) for name in ("amount", "kept", "rest")
        )
        return self.barrier == "failed" and not values["barrier"] and same and self._same_parts(values)

    def _rewrite(self, values):
        """Put new findings into a live proposal."""
        self.ensure_one()
        failure = self.failure if values["barrier"] == "failed" else False
        self.line_ids.unlink()
        self.write({**{name: values[name] for name in COLUMNS}, "failure": failure})
        self._insert_parts(
            [
                {"match_id": self.id, "move_line_id": item, "amount": amount, "early": early}
                for item, amount, early in values["parts"]
            ]
        )
        self.invalidate_recordset(["line_ids"])

    @api.model
    def _notice_undone(self, company):
        """A decision whose reconciliations somebody took apart elsewhere is undone here too, all of it or in part."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT receipt.id, COUNT(link.crm_receipt_match_id)
                  FROM crm_receipt_match receipt
             LEFT JOIN account_partial_reconcile_crm_receipt_match_rel link ON link.crm_receipt_match_id = receipt.id
                 WHERE receipt.company_id = %s AND receipt.state IN ('auto', 'accepted')
                 GROUP BY receipt.id
                HAVING COUNT(link.crm_receipt_match_id) < GREATEST(receipt.partial_count, 1)
                """,
                company.id,
            )
        )
        self.browse([number for number, left in rows if not left])._undone_elsewhere()
        self.browse([number for number, left in rows if left])._partly_undone()
        self.flush_model()
        self.env["crm.receipt.match.line"].flush_model()
