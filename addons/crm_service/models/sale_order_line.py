from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def action_new_crm_ticket(self):
        """Open a new ticket on this line; the ticket takes all else from the line."""
        self.ensure_one()
        return self.env["crm.ticket"]._action_new(self.company_id, {"sale_order_line_id": self.id})

    def _crm_ticket_values(self):
        """Return what a ticket takes from this line: its documents, product, lot and delivered quantity.

        Of several deliveries or invoices the last one counts; the lot is taken only when there is exactly one.
        """
        self.ensure_one()
        moves = self.sudo().move_ids.filtered(
            lambda move: move.state == "done" and move.location_dest_usage == "customer"
        )
        pickings = moves.picking_id.sorted(lambda picking: (picking.date_done, picking.id))
        lots = moves.filtered(lambda move: move.picking_id == pickings[-1:]).move_line_ids.lot_id
        invoices = self.sudo().invoice_lines.move_id.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )
        return {
            "sale_order_id": self.order_id.id,
            "product_id": self.product_id.id,
            "picking_id": pickings[-1:].id,
            "move_id": invoices.sorted(lambda move: (move.invoice_date or move.date, move.id))[-1:].id,
            "lot_id": lots.id if len(lots) == 1 else False,
            "quantity": self.qty_delivered,
        }

    def _crm_status_sentence(self):
        """Say how much of the line was delivered and invoiced."""
        self.ensure_one()
        return self.env._(
            "%(product)s: %(delivered)g of %(ordered)g %(uom)s delivered, %(invoiced)g invoiced.",
            product=self.product_id.display_name,
            delivered=self.qty_delivered,
            ordered=self.product_uom_qty,
            invoiced=self.qty_invoiced,
            uom=self.product_uom_id.name,
        )
