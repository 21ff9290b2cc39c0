from odoo import fields, models
from odoo.tools import format_date


class SaleOrder(models.Model):
    _inherit = "sale.order"

    crm_ticket_count = fields.Integer("Tickets", compute="_compute_crm_ticket_count")

    def _compute_crm_ticket_count(self):
        Ticket = self.env["crm.ticket"]
        self.crm_ticket_count = 0
        if Ticket.has_access("read"):
            counts = dict(Ticket._read_group([("sale_order_id", "in", self.ids)], ["sale_order_id"], ["__count"]))
            for order in self:
                order.crm_ticket_count = counts.get(order._origin, 0)

    def action_open_crm_tickets(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_ticket_action")
        action["domain"] = [("sale_order_id", "in", self.ids)]
        action["context"] = {"default_sale_order_id": self[:1].id, "default_company_id": self[:1].company_id.id}
        return action

    def action_new_crm_ticket(self):
        """Open a new ticket on this order; on its line when it has only one."""
        self.ensure_one()
        lines = self.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
        if len(lines) == 1:
            return lines.action_new_crm_ticket()
        return self.env["crm.ticket"]._action_new(self.company_id, {"sale_order_id": self.id})

    def action_new_crm_dispute(self):
        return self.env["crm.ticket"]._as_dispute(self.action_new_crm_ticket())

    def _crm_status_sentence(self, line=None):
        """Say where the order (one line of it, when given) stands, for a caller: confirmed, shipped, invoiced, paid."""
        self.ensure_one()
        day = dict(order=self.name, date=format_date(self.env, self.date_order))
        parts = [self.env._("Order %(order)s of %(date)s.", **day)]
        lines = line or self.order_line.filtered(lambda item: not item.display_type and not item.is_downpayment)
        parts += [item._crm_status_sentence() for item in lines[:3]]
        if len(lines) > 3:
            parts.append(self.env._("And %s more lines.", len(lines) - 3))
        return " ".join([*parts, *self._crm_status_documents()])

    def _crm_status_documents(self):
        """Return sentences on the next shipment due and on what is left to pay."""
        sentences = []
        due = self.picking_ids.filtered(lambda p: p.state not in ("done", "cancel") and not p.return_id)
        if due:
            first = min(due, key=lambda picking: picking.scheduled_date)
            sentences.append(
                self.env._(
                    "Next shipment %(picking)s is planned for %(date)s.",
                    picking=first.name,
                    date=format_date(self.env, first.scheduled_date),
                )
            )
        invoices = self.invoice_ids.filtered(lambda move: move.state == "posted" and move.move_type == "out_invoice")
        if invoices:
            left = invoices.filtered(lambda move: move.amount_residual)
            names = ", ".join(left.mapped("name"))
            sentences.append(
                self.env._("Not paid yet: %s.", names) if left else self.env._("All invoices are settled.")
            )
        return sentences
