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
        return move.sudo()._crm_free_to_return()[move.sudo()]

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
        self.sudo().product_return_moves.move_id._crm_lock()
        for item in self.sudo().product_return_moves:
            move = item.move_id
            rounding = move.product_uom.rounding or 0.01
            strange = move.picking_id != self.sudo().picking_id or item.product_id != move.product_id
            if strange or float_compare(item.quantity, self._free_to_return(move), precision_rounding=rounding) > 0:
                raise AccessError(
                    self.env._("%s: this delivery has not that much to take back.", item.product_id.display_name)
                )

        self._check_agents_limit()

    def _check_agents_limit(self):
        """Above the limit of the team the goods come back through a return that somebody approves."""
        ticket = self.ticket_id.sudo()
        order, company = ticket.sale_order_id, ticket.company_id
        amount = sum(
            line.price_reduce_taxinc * item.move_id.product_uom._compute_quantity(item.quantity, line.product_uom_id)
            for item in self.sudo().product_return_moves
            if (line := item.move_id.sale_line_id)
        )
        currency = order.currency_id or company.currency_id
        amount = currency._convert(amount, company.currency_id, company, fields.Date.context_today(self))
        if company.currency_id.compare_amounts(amount, ticket.team_id.return_limit) > 0:
            raise AccessError(self.env._("This return is above the limit of your team: propose it for approval."))

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

    def _crm_send_again(self):
        """Procure for the customer what these lines say, as Odoo's exchange does; return the deliveries.

        The order line counts what is sent: it was lowered when the goods came back.
        """
        lines = self.product_return_moves.move_id.sale_line_id
        before = lines.move_ids
        wanted = []
        for line in self.product_return_moves:
            values = self._get_proc_values(line) | {
                "date_planned": fields.Datetime.now(),
                "sale_line_id": line.move_id.sale_line_id.id,
            }
            wanted.append(
                self.env["stock.rule"].Procurement(
                    line.product_id,
                    line.quantity,
                    line.uom_id,
                    line.move_id.location_dest_id,
                    line.product_id.display_name,
                    self.ticket_id.number or self.picking_id.origin,
                    self.picking_id.company_id,
                    values,
                )
            )
        self.env["stock.rule"].run(wanted)
        lines.invalidate_recordset(["move_ids"])
        pickings = (lines.move_ids - before).picking_id
        pickings.filtered(lambda picking: not picking.ticket_id).ticket_id = self.ticket_id
        for picking in pickings:
            self.ticket_id._log_document(self.env._("Replacement"), picking)
        return pickings

    def action_create_returns(self):
        return self._without_ticket_default(super().action_create_returns())

    def _without_ticket_default(self, action):
        context = action.get("context") or {}
        return {**action, "context": {key: value for key, value in context.items() if key != "default_ticket_id"}}
