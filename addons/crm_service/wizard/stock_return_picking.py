from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import float_compare


class StockReturnPicking(models.TransientModel):
    """Odoo's return wizard, started from a ticket: filled from it, and the return is linked back.

    A service agent has no stock rights. The wizard acts for him only on the deliveries of a ticket that he may write.
    """

    _inherit = "stock.return.picking"

    ticket_id = fields.Many2one("crm.ticket", readonly=True)

    @api.depends("ticket_id")
    def _compute_moves_locations(self):
        result = super()._compute_moves_locations()
        for wizard in self:
            ticket = wizard.ticket_id.sudo()
            if ticket.sale_order_line_id:
                wizard._fill_from_ticket(ticket)
        return result

    def _fill_from_ticket(self, ticket):
        """Spread the ticket's quantity over the moves of its order line, no more than each may still return."""
        line = ticket.sale_order_line_id
        left = ticket.quantity
        for item in self.product_return_moves.filtered(lambda item: item.move_id.sudo().sale_line_id == line):
            move = item.move_id.sudo()
            free = self._free_to_return(move)
            wanted = line.product_uom_id._compute_quantity(left, move.product_uom)
            item.quantity = max(min(wanted, free), 0)
            left -= move.product_uom._compute_quantity(item.quantity, line.product_uom_id)

    def _free_to_return(self, move):
        """Return the quantity of a move that no other return has taken back yet, in the move's unit."""
        back = move.move_dest_ids.filtered(lambda dest: dest.origin_returned_move_id == move and dest.state != "cancel")
        return move.quantity - sum(back.mapped("product_uom_qty"))

    def _prepare_picking_default_values_based_on(self, picking):
        values = super()._prepare_picking_default_values_based_on(picking)
        if self.ticket_id:
            values["ticket_id"] = self.ticket_id.id
        return values

    def _for_ticket(self):
        """Return the wizard with the rights to do what its ticket allows, and without the ticket's defaults."""
        self.ticket_id._check_may_act(picking=self.picking_id)
        context = {key: value for key, value in self.env.context.items() if key != "default_ticket_id"}
        wizard = self.with_env(self.env(context=context))
        if self.env["stock.picking"].has_access("create"):
            return wizard
        wizard._check_agents_lines()
        return wizard.sudo()

    def _check_agents_lines(self):
        """An agent takes back what this delivery shipped, no more; a warehouse user may do what Odoo lets him."""
        for item in self.sudo().product_return_moves:
            move = item.move_id
            rounding = move.product_uom.rounding or 0.01
            strange = move.picking_id != self.sudo().picking_id or item.product_id != move.product_id
            if strange or float_compare(item.quantity, self._free_to_return(move), precision_rounding=rounding) > 0:
                raise AccessError(
                    self.env._("%s: this delivery has not that much to take back.", item.product_id.display_name)
                )

    def _create_return(self):
        if not self.ticket_id:
            return super()._create_return()
        picking = super(StockReturnPicking, self._for_ticket())._create_return()
        self.ticket_id._log_document(self.env._("Return"), picking)
        return picking

    def action_create_exchanges(self):
        if not self.ticket_id:
            return super().action_create_exchanges()
        order = self.ticket_id.sudo().sale_order_id
        before = order.picking_ids
        action = super(StockReturnPicking, self._for_ticket()).action_create_exchanges()
        sent = order.picking_ids - before
        sent.filtered(lambda picking: not picking.ticket_id).ticket_id = self.ticket_id
        return self._without_ticket_default(action)

    def action_create_returns(self):
        return self._without_ticket_default(super().action_create_returns())

    def _without_ticket_default(self, action):
        context = action.get("context") or {}
        return {**action, "context": {key: value for key, value in context.items() if key != "default_ticket_id"}}
