from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    def action_new_crm_ticket(self):
        """Open a new ticket about this piece, for the customer to whom it was delivered last."""
        self.ensure_one()
        company = self.company_id or self.env.company
        moved = (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("lot_id", "=", self.id),
                    ("state", "=", "done"),
                    ("company_id", "=", company.id),
                    ("move_id.sale_line_id", "!=", False),
                ],
                order="date desc, id desc",
                limit=1,
            )
        )
        line = moved.move_id.sale_line_id
        values = {"lot_id": self.id, "product_id": self.product_id.id}
        if line:
            values.update(sale_order_line_id=line.id, partner_id=line.order_id.partner_id.id)
        return self.env["crm.ticket"]._action_new(company, values)

    def action_open_crm_tickets(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_ticket_action")
        action["domain"] = [("lot_id", "in", self.ids)]
        action["context"] = {"default_lot_id": self[:1].id, "default_product_id": self[:1].product_id.id}
        return action
