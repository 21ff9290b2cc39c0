from odoo import fields, models

from .crm_service_team import OPEN_KINDS


class AccountMove(models.Model):
    _inherit = "account.move"

    ticket_id = fields.Many2one(
        "crm.ticket", "Service Ticket", index="btree_not_null", copy=False, readonly=True, ondelete="set null"
    )
    crm_return_id = fields.Many2one(
        "crm.return", "Customer Return", index="btree_not_null", copy=False, readonly=True, ondelete="set null"
    )
    crm_ticket_count = fields.Integer("Tickets", compute="_compute_crm_ticket_count")
    crm_disputed_amount = fields.Monetary(
        "Disputed",
        compute="_compute_crm_disputed_amount",
        compute_sudo=True,
        help="Amount of the open disputes on this invoice, in its currency.",
    )

    def _compute_crm_ticket_count(self):
        """Count the tickets on each invoice, and the one that this credit note was made for."""
        Ticket = self.env["crm.ticket"]
        self.crm_ticket_count = 0
        if Ticket.has_access("read"):
            counts = dict(Ticket._read_group([("move_id", "in", self.ids)], ["move_id"], ["__count"]))
            for move in self:
                move.crm_ticket_count = counts.get(move._origin, 0) + bool(move.ticket_id)

    def _compute_crm_disputed_amount(self):
        """Sum the open disputes; as superuser, so that finance sees them whoever may read the tickets."""
        disputed = dict(
            self.env["crm.ticket"]._read_group(
                [("move_id", "in", self.ids), ("category_kind", "=", "dispute"), ("stage_kind", "in", OPEN_KINDS)],
                ["move_id"],
                ["disputed_amount:sum"],
            )
        )
        for move in self:
            move.crm_disputed_amount = disputed.get(move._origin, 0)

    def action_open_crm_tickets(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_ticket_action")
        action["domain"] = ["|", ("move_id", "in", self.ids), ("refund_ids", "in", self.ids)]
        action["context"] = {"default_move_id": self[:1].id, "default_company_id": self[:1].company_id.id}
        return action

    def action_new_crm_ticket(self):
        """Open a new ticket on this invoice; on the order line when it bills only one."""
        self.ensure_one()
        lines = self.invoice_line_ids.sale_line_ids
        if len(lines) == 1:
            # All that follows from the line: a default for one of these fields keeps the others from being computed.
            values = lines._crm_ticket_values() | {"sale_order_line_id": lines.id, "move_id": self.id}
        else:
            orders = lines.order_id
            values = {"move_id": self.id, "sale_order_id": orders.id if len(orders) == 1 else False}
            values["partner_id"] = self.partner_id.id
        return self.env["crm.ticket"]._action_new(self.company_id, values)

    def action_new_crm_dispute(self):
        """As a new ticket, in the dispute category: finance sees the open amount as soon as it is saved."""
        return self.env["crm.ticket"]._as_dispute(self.action_new_crm_ticket())
