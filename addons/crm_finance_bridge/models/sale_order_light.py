from odoo import api, models


class SaleOrder(models.Model):
    """The light is that of the customer who gets the invoice."""

    _name = "sale.order"
    _inherit = ["sale.order", "crm.money.light"]

    @api.model
    def _crm_light_depends(self):
        return ["partner_invoice_id", *super()._crm_light_depends()]

    def _crm_light_partner(self):
        return self.partner_invoice_id or self.partner_id
