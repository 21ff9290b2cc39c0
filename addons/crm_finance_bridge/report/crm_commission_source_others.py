from odoo import api, models
from odoo.tools import SQL


class CrmCommissionSourceChange(models.AbstractModel):
    """What invoices hold for people outside of a plan on invoiced amounts: of orders that people share."""

    _inherit = "crm.commission.source.change"

    @api.model
    def _of_others(self, plan, rows):
        """Keys of credited shares of people whom the plan neither names nor has paid on the invoice."""
        named = plan.user_ids._ids
        found = {
            row["key"]: (row["reversed_id"], str(row["user_id"]))
            for row in rows
            if named and row["source"] == "invoice" and row["reversed_id"] and row["split_percent"]
            and not row["booked"] and row["user_id"] not in named
        }  # fmt: skip
        if not found:
            return set()
        groups = (
            self.env["crm.commission.line"]
            .sudo()
            ._read_group(
                [
                    ("plan_id", "=", plan.id),
                    ("move_id", "in", [origin for origin, _user in found.values()]),
                    ("source_key", "=like", "i%/%"),
                ],
                ["move_id", "source_key"],
            )
        )
        paid = {(move.id, key.partition("/")[2]) for move, key in groups}
        return {key for key, share in found.items() if share not in paid}

    @api.model
    def _others(self, plan, origins):
        """{invoice: [lines of it and of its credit notes of people whom the plan does not name]}, without tax.

        Rows: key, date, order_id, amount. `origins`: {invoice or credit note: its invoice}.
        """
        result = {}
        if plan.base != "invoiced" or not plan.user_ids or not origins:
            return result
        query = SQL(
            """
            SELECT sold.source_key AS key, sold.move_id, sold.date, sold.order_id, sold.amount
              FROM (%s) sold WHERE sold.move_id IN %s AND (sold.user_id IS NULL OR sold.user_id NOT IN %s)
            """,
            self._cut(plan, self._part_invoice(plan)),
            tuple(origins),
            plan.user_ids._ids,
        )
        for row in self.env.execute_query_dict(query):
            result.setdefault(origins[row["move_id"]], []).append(row)
        return result
