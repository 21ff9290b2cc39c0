from odoo import models

# Counted for the form by sale_loyalty and event_sale with the rights of the reader, without a look at the group.
COUNTS = frozenset({"gift_card_count", "attendee_count"})


class SaleOrder(models.Model):
    """Accountants and service agents open the orders of their customers, too: what other apps count there is no bar."""

    _inherit = "sale.order"

    def _compute_field_value(self, field):
        orders = self.sudo() if field.name in COUNTS else self
        return super(SaleOrder, orders)._compute_field_value(field)
