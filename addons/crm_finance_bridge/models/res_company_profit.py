from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_credit_cost_rate = fields.Float(
        "Cost of Money (% a Year)", default=6.0, help="What money tied up in overdue invoices costs.", prefetch="crm"
    )
    crm_profit_baseline_year = fields.Integer(
        "Profit Baseline Year", help="Calendar year to compare with; 0: none yet.", prefetch="crm"
    )
    crm_margin_goal = fields.Float(
        "Goal: Margin Points", default=1.0, help="Above the baseline year's margin.", prefetch="crm"
    )
    crm_rep_goal = fields.Float(
        "Goal: Sales per Salesperson (%)", default=10.0, help="Above the baseline year.", prefetch="crm"
    )

    _crm_credit_cost_rate_range = models.Constraint(
        "CHECK (crm_credit_cost_rate >= 0 AND crm_credit_cost_rate <= 100)", "Money costs 0 to 100 % a year."
    )
    _crm_profit_baseline_year_range = models.Constraint(
        "CHECK (COALESCE(crm_profit_baseline_year, 0) = 0 OR crm_profit_baseline_year BETWEEN 1990 AND 2074)",
        "The baseline is a year like 2025, or 0.",
    )
