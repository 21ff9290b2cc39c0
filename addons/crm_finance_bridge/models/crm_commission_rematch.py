from collections import defaultdict

from odoo import api, models
from odoo.addons.crm_custom.report.crm_collection import ORDER_BITS

from .crm_commission_undo import exact


class CrmCommissionRun(models.AbstractModel):
    """Money that was taken off its invoice and pays it again, to the cent: nothing changed, so nothing moves."""

    _inherit = "crm.commission.run"

    @api.model
    def _matched_anew(self, rows, booked):
        """Keys of the two rows of each such money: the one whose reconciliation is gone, the one that is new.

        `booked`: {source key: its lines}.
        """
        lost = {row["key"]: booked[row["key"]][:1] for row in rows if row["booked"] and not row["source"]}
        lost = {key: line for key, line in lost.items() if line.source in ("collection", "write_off")}
        if not lost:
            return set()
        partials = {key: self._reconciliation(key, line.source)[0] for key, line in lost.items()}
        there = self.env["account.partial.reconcile"].sudo().browse(partials.values()).exists()._ids
        gone, result = defaultdict(list), set()
        for row in rows:
            if row["key"] in lost and partials[row["key"]] not in there:
                line = lost[row["key"]]
                mark = self._mark(row["key"], line.source, line.move_id.id, line.date, row["booked"])
                gone[mark].append(row["key"])
        for row in rows:
            if row["source"] in ("collection", "write_off") and not row["booked"]:
                same = gone.get(self._mark(row["key"], row["source"], row["move_id"], row["date"], row["amount"]))
                if same:
                    result.update((same.pop(0), row["key"]))
        return result

    @api.model
    def _reconciliation(self, key, source):
        """(id of the reconciliation, order, person) that a source key names."""
        number, _slash, person = key[1:].partition("/")
        bits = ORDER_BITS if source == "collection" else 0
        return int(number) >> bits, int(number) % (1 << bits), person

    @api.model
    def _mark(self, key, source, move_id, day, amount):
        """What tells money apart, but for its reconciliation."""
        return source, move_id, day, exact(amount), *self._reconciliation(key, source)[1:]
