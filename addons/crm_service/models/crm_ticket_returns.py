from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CrmTicket(models.Model):
    """The returns of a ticket."""

    _inherit = "crm.ticket"

    crm_return_ids = fields.One2many("crm.return", "ticket_id", "Customer Returns")
    crm_return_count = fields.Integer("Number of Returns", compute="_compute_crm_return_count")

    @api.depends("crm_return_ids")
    def _compute_crm_return_count(self):
        Return = self.env["crm.return"]
        self.crm_return_count = 0
        if not Return.has_access("read"):
            return
        counts = dict(Return._read_group([("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]))
        for ticket in self:
            ticket.crm_return_count = counts.get(ticket._origin, 0)

    def action_new_return(self):
        """Open a new return: the delivered goods of the ticket, as many as may still come back."""
        self._check_may_act()
        if not self.picking_id:
            raise UserError(self.env._("Choose the delivered line or the delivery first."))
        lines = self._return_lines()
        if not lines:
            raise UserError(self.env._("Everything of %s has come back already.", self.picking_id.name))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Return"),
            "res_model": "crm.return",
            "view_mode": "form",
            "context": {
                "default_ticket_id": self.id,
                "default_picking_id": self.picking_id.id,
                "default_line_ids": [Command.create(values) for values in lines],
            },
        }

    def _return_lines(self):
        """Return values of return lines: the ticket's quantity spread over the moves of its line, else all moves."""
        moves = self.sudo().picking_id.move_ids.filtered(
            lambda move: move.state == "done" and move.location_dest_usage == "customer"
        )
        sold = self.sudo().sale_order_line_id
        if sold:
            moves = moves.filtered(lambda move: move.sale_line_id == sold)
        left, result = self.quantity, []
        for move, free in moves._crm_free_to_return().items():
            if sold:
                free = min(free, sold.product_uom_id._compute_quantity(left, move.product_uom))
                left -= move.product_uom._compute_quantity(free, sold.product_uom_id)
            if move.product_uom.compare(free, 0) > 0:
                lot = self.lot_id if self.lot_id in move.lot_ids else self.lot_id.browse()
                result.append({"move_id": move.id, "quantity": free, "lot_id": lot.id})
        return result

    def action_open_crm_returns(self):
        action = self._open_records(self.crm_return_ids, self.env._("Returns"))
        return {**action, "context": {"default_ticket_id": self.id, "create": False}}
