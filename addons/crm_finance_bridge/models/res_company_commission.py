from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_commission_journal_id = fields.Many2one(
        "account.journal", "Commission Journal", domain=[("type", "=", "general")], check_company=True, prefetch="crm"
    )
    crm_commission_account_id = fields.Many2one(
        "account.account",
        "Commission Expense Account",
        domain=[("account_type", "in", ("expense", "expense_direct_cost"))],
        check_company=True,
        prefetch="crm",
    )
