from odoo import fields, models


class AccountAccount(models.Model):
    """Which expenses are selling and administrative: R161 compares them with revenue."""

    _inherit = "account.account"

    crm_expense_group = fields.Selection(
        [("selling", "Selling"), ("administrative", "Administrative")],
        "Selling or Administrative",
        help="Expense of this account counts as selling or administrative expense in the marketing years.",
    )
