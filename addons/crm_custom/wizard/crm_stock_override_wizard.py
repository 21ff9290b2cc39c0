from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.stock_move_supply import REASON_GIVEN


class CrmStockOverrideWizard(models.TransientModel):
    """Ask why a delivery is served before better customer classes, log it and reserve."""

    _name = "crm.stock.override.wizard"
    _description = "Reserve out of Turn"

    picking_ids = fields.Many2many("stock.picking", string="Deliveries", readonly=True)
    waiting = fields.Text("Who Waits", compute="_compute_waiting")
    reason = fields.Char()

    @api.depends("picking_ids")
    def _compute_waiting(self):
        for wizard in self:
            lines = []
            for move, better in wizard.picking_ids.move_ids._crm_overtaken().items():
                lines += [
                    self.env._(
                        "%(customer)s waits for %(quantity)s of %(product)s (%(delivery)s)",
                        customer=", ".join(other._crm_customers()),
                        quantity=f"{other._crm_need():g}",
                        product=move.product_id.display_name,
                        delivery=other.picking_id.name or "",
                    )
                    for other in better
                ]
            wizard.waiting = "\n".join(dict.fromkeys(lines))

    def action_reserve(self):
        """Reserve and keep the reason beside the delivery."""
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why this delivery is served first."))
        pickings = self.picking_ids
        pickings.check_access("write")
        rivals = pickings.move_ids._crm_overtaken()
        before = {move: move.quantity for move in rivals}
        pickings.with_context(crm_out_of_turn=REASON_GIVEN).action_assign()
        self.env["crm.stock.override"].sudo().create(
            [
                {
                    "user_id": self.env.uid,
                    "company_id": move.company_id.id,
                    "picking_id": move.picking_id.id,
                    "partner_id": move.sudo().sale_line_id.order_id.partner_id.commercial_partner_id.id,
                    "product_id": move.product_id.id,
                    "quantity": move.product_uom._compute_quantity(
                        move.quantity - before[move], move.product_id.uom_id, rounding_method="HALF-UP"
                    ),
                    "waiting_partner_ids": better.sale_line_id.order_id.partner_id.commercial_partner_id.ids,
                    "reason": self.reason.strip(),
                }
                for move, better in rivals.items()
            ]
        )
        for picking in pickings:
            picking.message_post(
                body=self.env._("Reserved before better customer classes: %(reason)s", reason=self.reason.strip())
            )
        return {"type": "ir.actions.act_window_close"}
