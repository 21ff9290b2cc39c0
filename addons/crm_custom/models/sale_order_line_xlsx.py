from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _crm_xlsx_row(self):
        """Cells of a line; a section or note is one text."""
        self.ensure_one()
        if self.display_type:
            return self.name or ""
        return [
            self.product_id.default_code or self.product_id.name or "",
            self.name,
            self.product_uom_qty,
            self.product_uom_id.name,
            self.price_unit,
            self.discount,
            self.price_subtotal,
        ]
