from odoo import api, fields, models
from odoo.exceptions import AccessError


class AccountMoveReversal(models.TransientModel):
    """Odoo's reversal wizard, started from a ticket: the credit note is a draft and is linked back.

    A service agent has no accounting rights. The wizard makes the draft for him, only of the invoices of a ticket that
    he may write; posting it is left to the accountants.
    """

    _inherit = "account.move.reversal"

    ticket_id = fields.Many2one("crm.ticket", readonly=True)
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
        return values

    def reverse_moves(self, is_modify=False):
        if not self.ticket_id:
            return super().reverse_moves(is_modify=is_modify)
        self.ticket_id._check_may_act(invoice=self.move_ids)
        accountant = self.env["account.move"].has_access("create")
        if is_modify and not accountant:
            raise AccessError(self.env._("Only accountants may reverse an invoice and make a new one."))
        context = {key: value for key, value in self.env.context.items() if not key.startswith("default_")}
        wizard = self.with_env(self.env(context=context))
        action = super(AccountMoveReversal, wizard if accountant else wizard.sudo()).reverse_moves(is_modify=is_modify)
        refunds = self.sudo().new_move_ids.filtered(lambda move: move.move_type == "out_refund")
        if self.ticket_line_only and not is_modify:
            self._keep_ticket_line(refunds)
        for refund in refunds:
            self.ticket_id._log_document(self.env._("Credit note"), refund)
        return action

    def _keep_ticket_line(self, refunds):
        """Cut the drafts down to the ticket's order line and quantity; price and taxes stay the invoice's own."""
        line = self.ticket_id.sudo().sale_order_line_id
        left = self.ticket_quantity
        for refund in refunds.filtered(lambda move: move.state == "draft"):
            kept = refund.invoice_line_ids.filtered(lambda item: line in item.sale_line_ids)
            if not kept:
                continue
            commands = [(2, item.id) for item in refund.invoice_line_ids - kept]
            for item in kept:
                quantity = min(line.product_uom_id._compute_quantity(left, item.product_uom_id), item.quantity)
                left -= item.product_uom_id._compute_quantity(quantity, line.product_uom_id)
                commands.append((1, item.id, {"quantity": quantity}))
            refund.write({"invoice_line_ids": commands})
