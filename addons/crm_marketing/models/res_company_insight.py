from odoo import fields, models


class ResCompany(models.Model):
    """Settings of customer insight."""

    _inherit = "res.company"

    crm_rfm_months = fields.Integer("RFM Looks Back (months)", default=24, prefetch="crm")
    crm_insight_months = fields.Integer("Customer Data in Use (months)", default=6, prefetch="crm")

    _check_crm_rfm_months = models.Constraint(
        "CHECK (crm_rfm_months BETWEEN 1 AND 120)", "RFM looks back 1 to 120 months."
    )
    _check_crm_insight_months = models.Constraint(
        "CHECK (crm_insight_months BETWEEN 1 AND 120)", "Customer data count as used for 1 to 120 months."
    )
