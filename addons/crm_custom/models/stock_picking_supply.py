from odoo import api, fields, models

from .stock_move_supply import REASON_GIVEN


class StockPicking(models.Model):
    """Warehouse of the shipping order; the question before a lower class is served first."""

    _inherit = "stock.picking"

    crm_warehouse_id = fields.Many2one(
        "stock.warehouse", string="Warehouse", related="picking_type_id.warehouse_id", help="Where the goods leave."
    )
    crm_override_ids = fields.One2many("crm.stock.override", "picking_id", string="Served Before Better Classes")
    crm_receipt_flag = fields.Selection(
        [("short", "Short"), ("over", "Over")],
        string="Difference",
        compute="_compute_crm_receipt_flag",
        help="A receipt that brings less or more than the purchase order asks for.",
    )

    @api.depends("move_ids.quantity", "move_ids.product_uom_qty", "move_ids.state", "move_ids.picked", "state")
    def _compute_crm_receipt_flag(self):
        """Judged on what was counted: once goods are picked, or the receipt is done."""
        for picking in self:
            moves = picking.move_ids.filtered(lambda move: move.purchase_line_id and move.state != "cancel")
            counted = picking.picking_type_code == "incoming" and (
                picking.state == "done" or any(moves.mapped("picked"))
            )
            signs = {move.product_uom.compare(move.quantity, move.product_uom_qty) for move in moves} if counted else ()
            short = -1 in signs or (
                picking.state == "done" and any(line.crm_receipt_flag == "short" for line in moves.purchase_line_id)
            )
            over = 1 in signs or (
                picking.state == "done" and any(line.crm_receipt_flag == "over" for line in moves.purchase_line_id)
            )
            picking.crm_receipt_flag = "short" if short else "over" if over else False

    def action_assign(self):
        """Stock that a better class waits for is not reserved without a reason."""
        asked = self.env.context.get("crm_out_of_turn") is REASON_GIVEN
        if not asked and any(self.company_id.mapped("crm_stock_by_class")):
            rivals = self.move_ids._crm_overtaken()
            if rivals:
                return self._crm_ask_reason(rivals)
        return super().action_assign()

    def _crm_ask_reason(self, rivals):
        wizard = self.env["crm.stock.override.wizard"].create({"picking_ids": self.ids})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Better customers wait for these goods"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }
