from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def action_new_crm_ticket(self):
        """Open a new ticket about this product."""
        self.ensure_one()
        product = self.product_variant_id if self.product_variant_count == 1 else self.env["product.product"]
        return self.env["crm.ticket"]._action_new(self.company_id or self.env.company, {"product_id": product.id})

    def action_open_crm_tickets(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_service.crm_ticket_action")
        action["domain"] = [("product_id.product_tmpl_id", "in", self.ids)]
        return action
