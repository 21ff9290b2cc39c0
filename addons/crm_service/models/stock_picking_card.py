from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def action_customer_card(self):
        """The customer of the order behind a delivery, else who receives it."""
        self.ensure_one()
        contact = self.sudo().sale_id.partner_id or self.partner_id
        return self.env["crm.customer.card"]._open(contact.with_env(self.env), self.company_id)
