from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_campaign_warn_pct = fields.Float(
        "Campaign Budget Warning (%)",
        default=80.0,
        help="The owner of a campaign is warned once when this share of its budget is spent. 0: never.",
    )

    _check_crm_campaign_warn_pct = models.Constraint(
        "CHECK (crm_campaign_warn_pct BETWEEN 0 AND 100)", "The share of the budget is between 0 and 100 %."
    )
