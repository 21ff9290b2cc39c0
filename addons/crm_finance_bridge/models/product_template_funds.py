from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    crm_expense_type_id = fields.Many2one(
        "crm.expense.type",
        "Expense Type",
        index="btree_not_null",
        ondelete="set null",
        help="What money is spent on when this is bought or expensed. Gives the account where the product has none.",
    )

    def _get_product_accounts(self):
        """An item without an expense account of its own takes that of its type."""
        accounts = super()._get_product_accounts()
        if self.crm_expense_type_id and not self.property_account_expense_id:
            company = self.company_id or self.env.company
            # sudo: an employee without accounting rights enters an expense of this type.
            account = self.crm_expense_type_id.sudo().with_company(company).account_id
            accounts["expense"] = account.sudo(self.env.su) or accounts["expense"]
        return accounts
