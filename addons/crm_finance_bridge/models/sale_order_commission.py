from odoo import fields, models

SEE = "sales_team.group_sale_salesman,account.group_account_readonly,account.group_account_invoice"


class SaleOrder(models.Model):
    """Who shares the commission of an order."""

    _inherit = "sale.order"

    crm_split_ids = fields.One2many("crm.commission.split", "order_id", "Commission Split", copy=False, groups=SEE)
