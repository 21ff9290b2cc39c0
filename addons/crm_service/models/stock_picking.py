from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    ticket_id = fields.Many2one(
        "crm.ticket", "Service Ticket", index="btree_not_null", copy=False, readonly=True, ondelete="set null"
    )
    crm_ticket_count = fields.Integer("Tickets", compute="_compute_crm_ticket_count")

    def _crm_ticket_domain(self):
        return ["|", ("picking_id", "in", self.ids), ("return_ids", "in", self.ids)]

    def _compute_crm_ticket_count(self):
        """Count the tickets about this delivery, and the one that this return was made for."""
        Ticket = self.env["crm.ticket"]
        self.crm_ticket_count = 0
        if Ticket.has_access("read"):
            counts = dict(Ticket._read_group([("picking_id", "in", self.ids)], ["picking_id"], ["__count"]))
            for picking in self:
                own = bool(picking.ticket_id and picking.ticket_id.sudo().picking_id != picking)
                picking.crm_ticket_count = counts.get(picking._origin, 0) + own

    def action_open_crm_tickets(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_ticket_action")
        action["domain"] = self._crm_ticket_domain()
        action["context"] = {"default_picking_id": self[:1].id, "default_company_id": self[:1].company_id.id}
        return action

    def action_new_crm_ticket(self):
        """Open a new ticket on this delivery; on the order line when it ships only one."""
        self.ensure_one()
        lines = self.move_ids.sale_line_id
        if len(lines) == 1:
            return lines.action_new_crm_ticket()
        values = {"picking_id": self.id, "sale_order_id": self.sale_id.id, "partner_id": self.partner_id.id}
        return self.env["crm.ticket"]._action_new(self.company_id, values)
