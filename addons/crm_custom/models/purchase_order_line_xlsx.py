from odoo import models


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    def _crm_xlsx_row(self):
        """Cells in the order of the document's columns; the text alone for a section or a note."""
        if self.display_type:
            return self.name or ""
        return [
            self.product_id.default_code or self.product_id.name or "",
            self.name,
            self.order_id._crm_xlsx_day(self.date_planned),
            self.product_qty,
            self.product_uom_id.name,
            self.price_unit,
            self.discount,
            self.price_subtotal,
        ]
