from odoo import fields, models


class CrmCommissionTier(models.Model):
    """From how much of the base reached in the tier period which rate applies."""

    _name = "crm.commission.tier"
    _description = "Commission Tier"
    _order = "plan_id, amount_from"
    _rec_name = "amount_from"

    plan_id = fields.Many2one("crm.commission.plan", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    amount_from = fields.Float("From", digits=(16, 2), help="Company currency, or percent of the target.")
    rate = fields.Float("Rate (%)", digits=(6, 3))

    _unique_from = models.Constraint("UNIQUE (plan_id, amount_from)", "Two tiers of a plan begin at the same amount.")
    _check_values = models.Constraint(
        "CHECK (rate BETWEEN 0 AND 100 AND amount_from >= 0)",
        "Rates lie between 0 and 100 %, tiers begin at 0 or above.",
    )
