from odoo import fields, models


class ResCompany(models.Model):
    """Settings of customer value."""

    _inherit = "res.company"

    crm_pareto_share = fields.Float(string="Key customers make % of sales", default=80.0, digits=(5, 2), prefetch="crm")

    crm_cost_contact = fields.Float(string="Cost of a contact", default=10.0, digits=(16, 2), prefetch="crm")
    crm_cost_visit = fields.Float(string="Cost of a visit", default=80.0, digits=(16, 2), prefetch="crm")
    crm_cost_delivery = fields.Float(string="Cost of a delivery", default=15.0, digits=(16, 2), prefetch="crm")
    crm_cost_ticket = fields.Float(string="Cost of a ticket", default=25.0, digits=(16, 2), prefetch="crm")
    crm_give_up_months = fields.Integer(string="Months to compare", default=12, prefetch="crm")

    crm_clv_months = fields.Integer(string="Months ahead", default=36, prefetch="crm")
    crm_clv_rate = fields.Float(string="Discount % a year", default=10.0, digits=(5, 2), prefetch="crm")

    _check_crm_clv = models.Constraint(
        "CHECK (crm_clv_months BETWEEN 1 AND 120 AND crm_clv_rate BETWEEN 0 AND 100)",
        "The expected value covers 1 to 120 months, discounted by 0 to 100 % a year.",
    )
    _check_crm_give_up = models.Constraint(
        "CHECK (crm_give_up_months > 0 AND crm_cost_contact >= 0 AND crm_cost_visit >= 0 AND crm_cost_delivery >= 0 "
        "AND crm_cost_ticket >= 0)",
        "Costs cannot be negative, and at least one month is compared.",
    )
    _check_crm_pareto_share = models.Constraint(
        "CHECK (crm_pareto_share > 0 AND crm_pareto_share <= 100)", "The share lies between 0 and 100 %."
    )
