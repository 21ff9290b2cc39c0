from odoo import fields, models


class ResCompany(models.Model):
    """Settings of campaign return: reference values shown beside measured ones, and how money is attributed."""

    _inherit = "res.company"

    crm_attribution_days = fields.Integer(
        "Attribution Window (days)",
        default=90,
        help="Touches so many days before a sale share its money.",
        prefetch="crm",
    )
    crm_attribution_half_life = fields.Float(
        "Attribution Half-Life (days)",
        default=7.0,
        help="Time decay: a touch counts half for every so many days.",
        prefetch="crm",
    )
    crm_attribution_channel = fields.Selection(
        [("medium", "Medium"), ("source", "Source"), ("campaign", "Campaign"), ("kind", "Kind of touch")],
        "Attribution Channel",
        default="medium",
        required=True,
        help="What Markov and Shapley tell touches apart by.",
        prefetch="crm",
    )
    crm_response_benchmark = fields.Float(
        "Response Benchmark (%)", default=2.0, help="The average response rate that others report.", prefetch="crm"
    )
    crm_response_target = fields.Float("Response Target (%)", default=5.0, prefetch="crm")
    crm_response_min = fields.Integer(
        "Deliveries Needed", default=30, help="Below so many deliveries a response rate is not judged.", prefetch="crm"
    )
    crm_marketing_baseline_year = fields.Integer(
        "Baseline Year",
        help="Marketing years are compared with this one. 0: the first year with figures.",
        prefetch="crm",
    )
    crm_reach_goal_pct = fields.Float(
        "Cost per Reached Customer Goal (%)",
        default=-20.0,
        help="Change against the baseline year; -20 is 20 % less.",
        prefetch="crm",
    )
    crm_expense_goal_pct = fields.Float(
        "Selling and Administrative Expense Goal (%)",
        default=-5.0,
        help="Change of the expense per revenue against the baseline year.",
        prefetch="crm",
    )
    crm_acquisition_reference = fields.Float(
        "New to Kept Reference",
        default=5.0,
        help="Others report that winning a customer costs so many times keeping one.",
        prefetch="crm",
    )
    crm_acquisition_reference_high = fields.Float("New to Kept Reference, High", default=8.0, prefetch="crm")

    _check_crm_attribution_days = models.Constraint(
        "CHECK (crm_attribution_days BETWEEN 1 AND 3650)", "The attribution window is 1 to 3650 days."
    )
    _check_crm_attribution_half_life = models.Constraint(
        "CHECK (crm_attribution_half_life > 0)", "The half-life is longer than zero days."
    )
