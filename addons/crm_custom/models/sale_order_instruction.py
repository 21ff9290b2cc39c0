from odoo import models


class SaleOrder(models.Model):
    """An order shows how its customer is to be served."""

    _name = "sale.order"
    _inherit = ["sale.order", "crm.instruction.mixin"]
