from odoo import fields, models


class CrmStockOverride(models.Model):
    """Somebody served a delivery before customers of a better class: who, what, over whom, and why.

    Written by the wizard alone and never changed. Quantity in the product's unit.
    """

    _name = "crm.stock.override"
    _description = "Stock Given out of Turn"
    _order = "date desc, id desc"
    _rec_name = "picking_id"

    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", "By", required=True, readonly=True, default=lambda self: self.env.user)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    picking_id = fields.Many2one(
        "stock.picking", "Delivery", readonly=True, index="btree_not_null", ondelete="set null"
    )
    partner_id = fields.Many2one("res.partner", "Customer Served", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True, required=True)
    quantity = fields.Float("Quantity Reserved", digits="Product Unit", readonly=True)
    waiting_partner_ids = fields.Many2many("res.partner", string="Customers Passed Over", readonly=True)
    reason = fields.Char(required=True, readonly=True)
