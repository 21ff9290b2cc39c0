from odoo import Command, models
from odoo.exceptions import UserError


class CrmReturnLine(models.Model):
    """Where the bad goods go, by Odoo's own records: scrap, repair order, delivery to the vendor. Good ones stay."""

    _inherit = "crm.return.line"

    def _dispose(self):
        for line in self.sudo():
            if line.product_uom_id.is_zero(line.quantity_bad):
                continue
            if line.disposition == "scrap":
                line._scrap()
            elif line.disposition == "repair":
                line._repair()
            elif line.disposition == "vendor":
                line._send_to_vendor()

    def _scrap(self):
        """Scrap what the inspector holds in his hands, from where it came in; whatever the stock there says."""
        receipt = self.return_id.receipt_id
        scrap = self.env["stock.scrap"].create(
            {
                "company_id": self.company_id.id,
                "origin": self.return_id.name,
                "product_id": self.product_id.id,
                "product_uom_id": self.product_uom_id.id,
                "scrap_qty": self.quantity_bad,
                "lot_id": self.lot_id.id,
                "picking_id": receipt.id,
                "location_id": receipt.location_dest_id.id,
            }
        )
        scrap.do_scrap()
        self.scrap_id = scrap

    def _repair(self):
        """A repair order of the goods that came; whether parts are charged is decided there."""
        receipt, ticket = self.return_id.receipt_id, self.return_id.ticket_id
        self.repair_id = (
            self.env["repair.order"]
            .with_company(self.company_id)
            .create(
                {
                    "company_id": self.company_id.id,
                    "partner_id": ticket.partner_id.id,
                    "picking_id": receipt.id,
                    "product_id": self.product_id.id,
                    "product_uom": self.product_uom_id.id,
                    "product_qty": self.quantity_bad,
                    "lot_id": self.lot_id.id,
                    "product_location_src_id": receipt.location_dest_id.id,
                    "product_location_dest_id": receipt.location_dest_id.id,
                    "under_warranty": self.result == "fault",
                    "ticket_id": ticket.id,
                }
            )
        )

    def _send_to_vendor(self):
        vendor = self.vendor_id
        if not vendor:
            raise UserError(self.env._("%s: choose the vendor it goes back to.", self.product_id.display_name))
        receipt = self.return_id.receipt_id
        source, target = receipt.location_dest_id, vendor.with_company(self.company_id).property_stock_supplier
        warehouse = receipt.picking_type_id.warehouse_id
        values = {"location_id": source.id, "location_dest_id": target.id, "company_id": self.company_id.id}
        picking = self.env["stock.picking"].create(
            {
                **values,
                "picking_type_id": warehouse.out_type_id.id,
                "partner_id": vendor.id,
                "origin": self.return_id.name,
                "move_ids": [
                    Command.create(
                        {
                            **values,
                            "product_id": self.product_id.id,
                            "product_uom": self.product_uom_id.id,
                            "product_uom_qty": self.quantity_bad,
                            "picking_type_id": warehouse.out_type_id.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        self.vendor_picking_id = picking
