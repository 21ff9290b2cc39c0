from odoo import fields, models


class AccountAccount(models.Model):
    _inherit = "account.account"

    campaign_cost_type_id = fields.Many2one(
        "crm.campaign.cost.type",
        index="btree_not_null",
        ondelete="set null",
        help="What a campaign buys when it is charged to this account. A cost type on the product comes first.",
    )
