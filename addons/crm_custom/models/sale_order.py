from odoo import models


class SaleOrder(models.Model):
    """Order-to-cash status on the order itself."""

    _name = "sale.order"
    _inherit = ["sale.order", "crm.flow.status.mixin"]
    _flow_field = "order_id"

    def action_customer_page(self):
        self.ensure_one()
        return self.partner_id.commercial_partner_id.get_formview_action()
