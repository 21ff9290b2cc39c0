from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def action_crm_quotation_history(self):
        """Earlier quotations of the product with price and result."""
        self.ensure_one()
        name = self.env._("Quotations: %(product)s", product=self.name)
        return self.env["crm.quotation.history"]._action_for(name, product_tmpl_id=self.id)
