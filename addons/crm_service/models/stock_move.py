from odoo import fields, models
from odoo.tools import SQL

from ..tools import after_sales


class StockMove(models.Model):
    _inherit = "stock.move"

    crm_return_line_id = fields.Many2one(
        "crm.return.line", "Customer Return Line", index="btree_not_null", readonly=True, ondelete="set null"
    )

    def _crm_lock(self):
        """Lock these moves for the transaction, so that two users do not take back the same goods.

        Why an update: who waited for the lock with an older snapshot is then stopped by the database and run again
        by Odoo with what the other one wrote.
        """
        if self:
            self.env.cr.execute(
                SQL("UPDATE stock_move SET write_date = write_date WHERE id IN %s", tuple(sorted(self.ids)))
            )

    def _crm_free_to_return(self, but=None):
        """{move: quantity that may still come back, in the move's unit}, without what the returns `but` ask for."""
        moves = self.sudo()
        asked = dict(
            self.env["crm.return.line"]
            .sudo()
            ._read_group(
                [
                    ("move_id", "in", moves.ids),
                    ("return_id.state", "=", "approval"),
                    ("return_id", "not in", but.ids if but else []),
                ],
                ["move_id"],
                ["quantity:sum"],
            )
        )
        return {
            move.with_env(self.env): after_sales.free_to_return(
                move.quantity if move.state == "done" else 0, move._crm_coming_back(), asked.get(move, 0)
            )
            for move in moves
        }

    def _crm_coming_back(self):
        """Return the quantity of this move that came back or is on its way back, in its unit."""
        back = self.returned_move_ids.filtered(lambda move: move.state != "cancel")
        return sum(
            move.product_uom._compute_quantity(
                move.quantity if move.state == "done" else move.product_uom_qty, self.product_uom, round=False
            )
            for move in back
        )
