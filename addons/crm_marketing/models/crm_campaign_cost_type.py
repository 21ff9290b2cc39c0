from odoo import fields, models


class CrmCampaignCostType(models.Model):
    """What a campaign spends money on: advertising, publicity, promotion, events ...

    A posted cost finds its type through the product of the line, then through its
    account; without either it has no type, and the reports say so.
    """

    _name = "crm.campaign.cost.type"
    _description = "Campaign Cost Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    account_ids = fields.One2many(
        "account.account",
        "campaign_cost_type_id",
        string="Accounts",
        readonly=True,
        groups="account.group_account_readonly,account.group_account_invoice",
    )
    product_tmpl_ids = fields.One2many(
        "product.template", "campaign_cost_type_id", string="Products and Expense Categories", readonly=True
    )

    _unique_name = models.Constraint("UNIQUE(name)", "A cost type of this name exists already.")
