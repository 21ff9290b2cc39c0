from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_match_automatic = fields.Boolean(
        "Accept Certain Matches",
        help="The nightly run reconciles receipts whose match is unique and certain.",
        prefetch="crm",
    )
    crm_match_threshold = fields.Float(
        "Confidence Needed", default=0.97, digits=(4, 3), help="0 to 1: below it a person decides.", prefetch="crm"
    )
    crm_match_tolerance = fields.Monetary(
        "Difference Tolerated",
        help="Company currency. A receipt this much short of the invoices it names pays them.",
        prefetch="crm",
    )
    crm_match_fee_limit = fields.Monetary(
        "Largest Fee Learned",
        help="Company currency. What a customer kept back at least twice, and a person accepted, is known from then "
        "on, up to this much; above it a person decides. 0: five times the difference tolerated.",
        prefetch="crm",
    )
    crm_match_judged_at = fields.Datetime(
        "Receipts Matched On",
        readonly=True,
        copy=False,
        help="The nightly run begins with the company that has waited longest.",
        prefetch="crm",
    )
    crm_match_fee_account_id = fields.Many2one(
        "account.account",
        "Account of Fees Kept Back",
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_other', 'income', 'income_other'))]",
        help="Without one, the account of early-payment discounts; without both, the difference stays open.",
        prefetch="crm",
    )

    _crm_match_threshold_range = models.Constraint(
        "CHECK (crm_match_threshold BETWEEN 0.5 AND 1)", "The confidence needed is between 0.5 and 1."
    )
    _crm_match_fee_limit_positive = models.Constraint(
        "CHECK (crm_match_fee_limit >= 0)", "The largest fee learned is not negative."
    )
