from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    campaign_cost_type_id = fields.Many2one(
        "crm.campaign.cost.type",
        index="btree_not_null",
        ondelete="set null",
        help="What a campaign buys with this product or expense category. Comes before the type of the account.",
    )
