import json

from odoo import api, fields, models
from odoo.tools import SQL, split_every

CHUNK = 2000
"""Rows written by one statement."""


class CrmNightlyRowMixin(models.AbstractModel):
    """One row per customer (commercial partner) and legal entity, written every night by SQL, never by hand.

    Who inherits has a unique index on (partner_id, company_id).
    """

    _name = "crm.nightly.row.mixin"
    _description = "Customer"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True, ondelete="cascade")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    date = fields.Date("Judged On", required=True, readonly=True)

    @api.model
    def _store(self, root, columns, rows):
        """Replace the rows of a legal entity; ids stay where a customer stays. Columns: partner, company, others."""
        names = SQL(", ").join(map(SQL.identifier, columns))
        updates = SQL(", ").join(
            SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name)) for name in columns[2:]
        )
        table = SQL.identifier(self._table)
        for chunk in split_every(CHUNK, rows):
            # One JSON text a statement: quoting twenty values a row took longer than writing them.
            values = [dict(zip(columns, row, strict=True)) for row in chunk]
            self.env.cr.execute(
                SQL(
                    """INSERT INTO %(table)s (%(names)s)
                       SELECT %(names)s FROM json_populate_recordset(NULL::%(table)s, %(values)s)
                       ON CONFLICT (partner_id, company_id) DO UPDATE SET %(updates)s""",
                    table=table,
                    names=names,
                    values=json.dumps(values, default=str),
                    updates=updates,
                )
            )
        kept = [row[0] for row in rows]
        self.env.cr.execute(
            SQL("DELETE FROM %s WHERE company_id = %s AND NOT partner_id = ANY(%s)", table, root.id, kept)
        )
        self.invalidate_model()
