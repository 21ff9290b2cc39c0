from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class AccountMoveReversal(models.TransientModel):
    """Odoo's reversal wizard, started from a ticket: the credit note is a draft and is linked back.

    A service agent has no accounting rights. The wizard makes the draft for him, only of the invoices of a ticket that
    he may write; posting it is left to the accountants.
    """

    _inherit = "account.move.reversal"

    ticket_id = fields.Many2one("crm.ticket", readonly=True)
    crm_return_id = fields.Many2one("crm.return", readonly=True)
    ticket_line_only = fields.Boolean(
        "Only the Line of the Ticket",
        compute="_compute_ticket_line",
        store=True,
        readonly=False,
        precompute=True,
        help="Credit only the order line of the ticket, for the quantity concerned.",
    )
    ticket_quantity = fields.Float(
        "Quantity to Credit",
        compute="_compute_ticket_line",
        store=True,
        readonly=False,
        precompute=True,
        digits="Product Unit",
    )

    @api.depends("ticket_id")
    def _compute_ticket_line(self):
        for wizard in self:
            ticket = wizard.ticket_id
            wizard.ticket_line_only = bool(ticket.sale_order_line_id)
            wizard.ticket_quantity = ticket.quantity

    def _prepare_default_reversal(self, move):
        values = super()._prepare_default_reversal(move)
        if self.ticket_id:
            values["ticket_id"] = self.ticket_id.id
            values["crm_return_id"] = self.crm_return_id.id
        return values

    def reverse_moves(self, is_modify=False):
        if not self.ticket_id:
            return super().reverse_moves(is_modify=is_modify)
        self.ticket_id._check_may_act(invoice=self.move_ids)
        accountant = self.env["account.move"].has_access("create")
        if is_modify and not accountant:
            raise AccessError(self.env._("Only accountants may reverse an invoice and make a new one."))
        wanted = None if is_modify else self._quantities_to_keep()
        context = {key: value for key, value in self.env.context.items() if not key.startswith("default_")}
        wizard = self.with_env(self.env(context=context))
        action = super(AccountMoveReversal, wizard if accountant else wizard.sudo()).reverse_moves(is_modify=is_modify)
        refunds = self.sudo().new_move_ids.filtered(lambda move: move.move_type == "out_refund")
        if wanted is not None:
            self._keep_lines(refunds.filtered(lambda move: move.state == "draft"), wanted)
            refunds = refunds.exists()
        for refund in refunds:
            self.ticket_id._log_document(self.env._("Credit note"), refund)
        return action

    def _quantities_to_keep(self):
        """Return {order line: quantity to credit, in its unit}, or None for the whole invoice.

        Of a return: what was accepted, never more than is still invoiced; of a ticket: the quantity in the wizard.
        """
        back = self.crm_return_id.sudo()
        if not back:
            line = self.ticket_id.sudo().sale_order_line_id
            return {line: self.ticket_quantity} if self.ticket_line_only and line else None
        wanted = {}
        for item in back.line_ids:
            line = item.move_id.sale_line_id
            amount = item.product_uom_id._compute_quantity(item.quantity_accepted, line.product_uom_id)
            wanted[line] = min(wanted.get(line, 0) + amount, max(line.qty_invoiced, 0))
        if not any(wanted.values()):
            raise UserError(self.env._("Nothing is left to credit: it was not accepted, or is credited already."))
        return wanted

    def _keep_lines(self, refunds, wanted):
        """Cut the drafts down to these order lines and quantities; price and taxes stay the invoice's own."""
        left = dict(wanted)
        for refund in refunds:
            kept = refund.invoice_line_ids.filtered(lambda item: item.sale_line_ids & self._lines_of(wanted))
            if not kept:
                if self.crm_return_id:
                    refund.unlink()
                continue
            commands = [(2, item.id) for item in refund.invoice_line_ids - kept]
            for item in kept:
                line = (item.sale_line_ids & self._lines_of(wanted))[:1]
                unit, own = line.product_uom_id, item.product_uom_id
                quantity = min(unit._compute_quantity(left[line], own), item.quantity)
                left[line] -= own._compute_quantity(quantity, unit)
                commands.append((1, item.id, {"quantity": quantity}))
            refund.write({"invoice_line_ids": commands})
            if self.crm_return_id and not any(refund.invoice_line_ids.mapped("quantity")):
                refund.unlink()

    def _lines_of(self, wanted):
        return self.env["sale.order.line"].sudo().union(*wanted)
