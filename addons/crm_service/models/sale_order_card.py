from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_customer_card(self):
        self.ensure_one()
        return self.env["crm.customer.card"]._open(self.partner_id, self.company_id)
