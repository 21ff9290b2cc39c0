from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def action_new_crm_ticket(self):
        """Open a new ticket about this variant."""
        self.ensure_one()
        return self.env["crm.ticket"]._action_new(self.company_id or self.env.company, {"product_id": self.id})

    def action_open_crm_tickets(self):
        action = self.product_tmpl_id.action_open_crm_tickets()
        action["domain"] = [("product_id", "in", self.ids)]
        return action
